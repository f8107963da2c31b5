"""What each employee has brought in each campaign, against what was expected: target, actual, attainment, rank."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, Sum

from campaigns.choices import PrimaryMetric
from campaigns.models import Assignment, Campaign, Credit, Participation, Referral
from campaigns.queries import facts

WHOLE = 10_000
METRICS = ("net_fen", "orders", "leads", "referrals")
TARGETS = {
    "net_fen": "target_fen", "orders": "target_orders", "leads": "target_leads", "referrals": "target_referrals",
}  # fmt: skip
# What a campaign is judged by, as one of the figures.
JUDGED_BY = {
    PrimaryMetric.REVENUE: "net_fen",
    PrimaryMetric.ORDERS: "orders",
    PrimaryMetric.LEADS: "leads",
    PrimaryMetric.NEW_CUSTOMERS: "new_leads",
}


@dataclass(frozen=True)
class Figures:
    """`orders` are those of which a link of hers has a share, each once; `net_fen` is the sum of her shares."""

    leads: int = 0
    referrals: int = 0
    orders: int = 0
    net_fen: int = 0
    new_leads: int = 0


NOTHING = Figures()
Found = dict[tuple[int, int], Figures]


def of(campaigns: Iterable[Campaign], *, viewer: Any = None) -> Found:
    """{(campaign, employee): figures}, of whoever has any: three queries, whatever the number of campaigns. Money by the
    model that each campaign pays by. For a `viewer`, of the rows that she may read; for None of all there are."""
    chosen = list(campaigns)
    found: Found = {}
    if not chosen:
        return found
    pks = [one.pk for one in chosen]
    people = facts.seen(Participation, viewer).filter(campaign__in=pks, link__employee__isnull=False)
    joined = people.order_by().values_list("campaign", "link__employee")
    for campaign, employee, count, new in joined.annotate(n=Count("pk"), new=Count("pk", filter=Q(is_new=True))):
        _put(found, campaign, employee, leads=count, new_leads=new)
    brought = facts.seen(Referral, viewer).filter(campaign__in=pks).annotate(who=facts.counts_for())
    for campaign, employee, count in brought.order_by().values_list("campaign", "who").annotate(n=Count("pk")):
        if employee is not None:
            _put(found, campaign, employee, referrals=count)
    models: dict[str, list[int]] = {}
    for one in chosen:
        models.setdefault(one.pay_model, []).append(one.pk)
    paid = Q()
    for model, those in models.items():
        paid |= Q(model=model, campaign__in=those)
    shares = facts.seen(Credit, viewer).filter(paid, employee__isnull=False).order_by().values_list("campaign", "employee")
    had = Count("conversion", distinct=True, filter=Q(share_fen__gt=0))
    for campaign, employee, net, count in shares.annotate(net=Sum("share_fen"), n=had):
        _put(found, campaign, employee, net_fen=net, orders=count)
    return found


def _put(found: Found, campaign: int, employee: int, **values: int) -> None:
    found[campaign, employee] = replace(found.get((campaign, employee), NOTHING), **values)


def attained_bp(actual: int, target: int | None) -> int | None:
    """In 1/10,000; None where nothing was expected (no target, or 0). Cut, not rounded: 99.999 % is not there yet."""
    return max(actual, 0) * WHOLE // target if target else None


def rate_bp(campaign: Campaign, assignment: Assignment | None, figures: Figures) -> int | None:
    """The attainment by which a tier of pay is chosen: of what the campaign is judged by, else of the first target that she
    has (money, orders, leads, recommendations). None without any."""
    if assignment is None:
        return None
    for name in dict.fromkeys((JUDGED_BY[PrimaryMetric(campaign.primary_metric)], *METRICS)):
        target = target_of(assignment, name)
        if target:
            return attained_bp(getattr(figures, name), target)
    return None


def target_of(assignment: Assignment, figure: str) -> int | None:
    """New customers are expected as leads."""
    name = TARGETS["leads" if figure == "new_leads" else figure]
    value: int | None = getattr(assignment, name)
    return value


def ranks(values: Mapping[int, int]) -> dict[int, int]:
    """{employee: place}, the most first; equals share a place and the next is passed over: 1, 1, 3."""
    ordered = sorted(values.values(), reverse=True)
    return {who: ordered.index(value) + 1 for who, value in values.items()}


def judged(campaign: Campaign, figures: Figures) -> int:
    value: int = getattr(figures, JUDGED_BY[PrimaryMetric(campaign.primary_metric)])
    return value
