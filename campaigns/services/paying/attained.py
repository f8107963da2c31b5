"""Which rate of a rule with steps pays for an order: by what its employee had reached in the campaign before it."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum

from campaigns.choices import PrimaryMetric
from campaigns.models import Assignment, Credit, Participation, Referral
from campaigns.queries import attainment, facts
from campaigns.reckoning import WHOLE
from campaigns.services.paying.by_service import SERVING
from campaigns.services.paying.claiming import Claim
from campaigns.services.paying.sold import Sold
from customers.models import OrderCredit

# (campaign, employee)
Pair = tuple[int, int]
# When and which order: the order in which orders are taken.
Moment = tuple[datetime, int]
# Figures that orders bring.
MONEY = ("net_fen", "orders")


def rates(claims: Iterable[Claim], sold: Mapping[int, Sold]) -> dict[Claim, int]:
    """{claim: rate}, of those for which a step is reached."""
    chosen = [claim for claim in claims if claim.rule.tiers and claim.person.employee is not None and claim.slot.campaign]
    found: dict[Claim, int] = {}
    for served in (False, True):
        some = [claim for claim in chosen if claim.slot.served == served]
        if some:
            found |= _rates(some, sold, served)
    return found


def _rates(claims: Sequence[Claim], sold: Mapping[int, Sold], served: bool) -> dict[Claim, int]:
    targets = _targets({_pair(claim) for claim in claims})
    found: dict[Claim, int] = {}
    for figure in {figure for figure, _target in targets.values()}:
        some = [claim for claim in claims if targets.get(_pair(claim), ("", 0))[0] == figure]
        ways = _ways(figure, some, sold, served)
        for claim in some:
            reached = ways[_pair(claim)].before(_moment(sold[claim.order])) * WHOLE // targets[_pair(claim)][1]
            if served and figure == "net_fen":
                reached //= WHOLE
            steps = [(step["from_bp"], step["rate_bp"]) for step in claim.rule.tiers if step["from_bp"] <= reached]
            if steps:
                found[claim] = max(steps)[1]
    return found


def _pair(claim: Claim) -> Pair:
    return claim.slot.campaign or 0, claim.person.employee or 0


def _moment(sold: Sold) -> Moment:
    return sold.ordered_at or sold.created_at, sold.order


def _targets(pairs: set[Pair]) -> dict[Pair, tuple[str, int]]:
    """{pair: (figure, target)}: of what the campaign is judged by, else the first figure with a target. 0 is none."""
    rows = Assignment.objects.filter(
        campaign__in={campaign for campaign, _who in pairs}, employee__in={who for _campaign, who in pairs}
    )
    found = {}
    for row in rows.select_related("campaign").order_by("pk"):
        judged = attainment.JUDGED_BY[PrimaryMetric(row.campaign.primary_metric)]
        known = [(name, attainment.target_of(row, name)) for name in dict.fromkeys((judged, *attainment.METRICS))]
        chosen = next(((name, target) for name, target in known if target), None)
        if chosen is not None and (row.campaign_id, row.employee_id) in pairs:
            found[row.campaign_id, row.employee_id] = chosen
    return found


class Way:
    """What one employee reached in one campaign, step by step; shares of who served count in 1/10,000 fen."""

    def __init__(self) -> None:
        self.base = 0
        self.steps: list[tuple[Moment, int]] = []

    def before(self, moment: Moment) -> int:
        at = bisect_left(self.steps, moment, key=lambda step: step[0])
        return self.steps[at - 1][1] if at else self.base

    def sum_up(self) -> None:
        sums = accumulate((own for _moment, own in sorted(self.steps)), initial=self.base)
        self.steps = [(moment, so_far) for (moment, _own), so_far in zip(sorted(self.steps), list(sums)[1:], strict=True)]


def _ways(figure: str, claims: Sequence[Claim], sold: Mapping[int, Sold], served: bool) -> dict[Pair, Way]:
    """Everything before the slice as one sum, then each order (or lead) of its time."""
    first, last = (edge(_moment(sold[claim.order])[0] for claim in claims) for edge in (min, max))
    rows, (campaign, who, at, order), sum_ = _rows(figure, claims, served)
    found = {_pair(claim): Way() for claim in claims}
    earlier = rows.filter(**{f"{at}__lt": first}).order_by().values_list(campaign, who).annotate(reached=sum_)
    for one, employee, reached in earlier:
        if (one, employee) in found:
            found[one, employee].base = reached
    now = rows.filter(**{f"{at}__gte": first, f"{at}__lte": last}).order_by().values_list(campaign, who, at, order)
    for one, employee, moment, number, reached in now.annotate(reached=sum_):
        if (one, employee) in found:
            # A lead of the very moment of an order came with it, and before it.
            found[one, employee].steps.append(((moment, number if figure in MONEY else 0), reached))
    for way in found.values():
        way.sum_up()
    return found


def _rows(figure: str, claims: Sequence[Claim], served: bool) -> tuple[QuerySet[Any], tuple[str, str, str, str], Aggregate]:
    """(rows, their campaign, employee, moment and id, what is added up)"""
    people = {claim.person.employee for claim in claims}
    campaigns = {claim.slot.campaign for claim in claims}
    if figure == "referrals":
        brought = Referral.objects.filter(campaign__in=campaigns).annotate(counts_for=facts.counts_for())
        return brought.filter(counts_for__in=people), ("campaign_id", "counts_for", "at", "pk"), Count("pk")
    if figure not in MONEY:
        joined = Participation.objects.filter(campaign__in=campaigns, link__employee__in=people)
        joined = joined.filter(is_new=True) if figure == "new_leads" else joined
        return joined, ("campaign_id", "link__employee_id", "at", "pk"), Count("pk")
    if served:
        rows = OrderCredit.objects.filter(
            role__in=SERVING, share_bp__gt=0, employee__in=people, order__conversions__campaign__in=campaigns
        )
        fen = Sum(F("share_bp") * F("order__conversions__net_fen"))
        names = ("order__conversions__campaign_id", "employee_id", "order__conversions__at", "order_id")
        return rows, names, fen if figure == "net_fen" else Count("order", distinct=True)
    models: dict[str, set[int]] = {}
    for claim in claims:
        models.setdefault(claim.model, set()).add(claim.slot.campaign or 0)
    which = Q()
    for model, those in models.items():
        which |= Q(model=model, campaign__in=those)
    shares = Credit.objects.filter(which, employee__in=people, share_fen__gt=0)
    names = ("campaign_id", "employee_id", "conversion__at", "order_id")
    return shares, names, Sum("share_fen") if figure == "net_fen" else Count("order", distinct=True)
