"""What money brought: cost, cost of a new customer and of a touch, return; by channel, employee, campaign, or day.

Costs are entered for a channel and a campaign. An employee's part of them is what his links had of the unique touches of
that campaign by that channel (else of the whole campaign, else it is nobody's), to the fen: parts sum to the whole.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, When

from campaigns.choices import EntryKind, Model
from campaigns.models import Campaign, CampaignCost, CommissionEntry, Credit, Participation, TouchReading
from campaigns.queries import margins
from scrm.kit import money

CHANNEL, EMPLOYEE, CAMPAIGN, DAY = "channel", "employee", "campaign", "day"
BY = (CHANNEL, EMPLOYEE, CAMPAIGN, DAY)
WHOLE = 10_000
# (campaign, key) of a figure; None for nobody's, no channel's, no campaign's.
Parts = dict[tuple[int | None, Hashable], int]


@dataclass
class Return:
    """In fen. `earned_fen` is net revenue × margin, where the margin is known; else net revenue itself, and `on_revenue`
    says so. What is to be divided by nothing is None, and shown as a dash."""

    cost_fen: int = 0
    touches: int = 0
    new_customers: int = 0
    net_fen: int = 0
    earned_fen: int = 0
    commission_fen: int = 0
    on_revenue: bool = False

    @property
    def cac_fen(self) -> int | None:
        return _over(self.cost_fen, self.new_customers)

    @property
    def per_touch_fen(self) -> int | None:
        return _over(self.cost_fen, self.touches)

    @property
    def gain_fen(self) -> int:
        return self.earned_fen - self.cost_fen - self.commission_fen

    @property
    def roi_bp(self) -> int | None:
        """(earned − cost − commission) ÷ cost, in 1/10,000."""
        return _over(self.gain_fen * WHOLE, self.cost_fen)


def by(
    what: str, *, campaigns: Iterable[Campaign] | None = None, first: date | None = None, last: date | None = None,
    model: str = Model.LAST,
) -> dict[Hashable, Return]:  # fmt: skip
    """{channel, employee or campaign id, or day: its figures}, None for what is of none. Money of orders by `model`, on the
    day they were placed; commission on the day it was earned or taken back."""
    within = _days(first, last)
    if campaigns is not None:
        within &= Q(campaign__in=[one.pk for one in campaigns])
    parts: dict[str, Parts] = {
        "cost_fen": _costs(what, within),
        "touches": _counted(TouchReading.objects.filter(within, unique=True), _key(what, "link__"), Count("pk")),
        "new_customers": _counted(Participation.objects.filter(within, is_new=True), _key(what, "link__"), Count("pk")),
        "net_fen": _counted(Credit.objects.by(model).filter(within), what, Sum("share_fen")),
        "commission_fen": _commission(what, within),
    }
    found: dict[Hashable, Return] = defaultdict(Return)
    for name, values in parts.items():
        for (_campaign, key), value in values.items():
            setattr(found[key], name, getattr(found[key], name) + value)
    known = margins.of(Campaign.objects.filter(pk__in={pk for pk, _key in parts["net_fen"] if pk is not None}))
    for (campaign, key), net in parts["net_fen"].items():
        bp = known[campaign].bp if campaign is not None else None
        found[key].earned_fen += net if bp is None else margins.part(net, bp)
        found[key].on_revenue |= bp is None and net != 0
    return dict(found)


def total(rows: Iterable[Return]) -> Return:
    whole = Return()
    for row in rows:
        for name in ("cost_fen", "touches", "new_customers", "net_fen", "earned_fen", "commission_fen"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
        whole.on_revenue |= row.on_revenue
    return whole


def _over(above: int, below: int) -> int | None:
    """Half up, away from zero; None where there is nothing to divide by."""
    if not below:
        return None
    sign = -1 if above < 0 else 1
    return sign * ((2 * abs(above) + below) // (2 * below))


def _days(first: date | None, last: date | None) -> Q:
    found = Q()
    if first is not None:
        found &= Q(day__gte=first)
    if last is not None:
        found &= Q(day__lte=last)
    return found


def _key(what: str, prefix: str) -> str:
    return what if what in (CAMPAIGN, DAY) else f"{prefix}{what}"


def _counted(rows: QuerySet[Any], key: str, count: Any) -> Parts:
    """By campaign and key."""
    columns = list(dict.fromkeys((CAMPAIGN, key)))
    grouped = rows.order_by().values_list(*columns).annotate(n=count)
    return {(line[0], line[len(columns) - 1]): line[-1] or 0 for line in grouped}


def _costs(what: str, within: Q) -> Parts:
    rows = CampaignCost.objects.filter(within)
    if what != EMPLOYEE:
        return _counted(rows, what, Sum("amount_fen"))
    spent = _counted(rows, CHANNEL, Sum("amount_fen"))
    readings = TouchReading.objects.filter(unique=True, campaign__in={pk for pk, _channel in spent if pk is not None})
    touched: dict[Any, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    columns = ("campaign", "link__channel", "link__employee")
    for campaign, channel, employee, count in readings.order_by().values_list(*columns).annotate(n=Count("pk")):
        touched[campaign, channel][employee] += count
        touched[campaign][employee] += count
    found: Parts = defaultdict(int)
    for (campaign, channel), amount in spent.items():
        weights = touched.get((campaign, channel)) or touched.get(campaign) or {None: 1}
        people = sorted(weights, key=lambda pk: pk or 0)
        for employee, share in zip(people, money.split(amount, [weights[pk] for pk in people]), strict=True):
            found[campaign, employee] += share
    return dict(found)


def _commission(what: str, within: Q) -> Parts:
    return _commission_of(what, CommissionEntry.objects.filter(within).exclude(kind=EntryKind.PAYOUT))


def commission_by(what: str, rows: QuerySet[CommissionEntry]) -> dict[Hashable, int]:
    """What is earned less what was taken back, for rows without payouts, which move nothing."""
    found: dict[Hashable, int] = defaultdict(int)
    for (_campaign, key), fen in _commission_of(what, rows).items():
        found[key] += fen
    return dict(found)


def _commission_of(what: str, rows: QuerySet[CommissionEntry]) -> Parts:
    """By channel: of the link that had most of the order, of his own, or of a customer who recommends."""
    if what != CHANNEL:
        return _counted(rows, what, Sum("amount_fen"))
    shares = Credit.objects.filter(order=OuterRef("order"), model=OuterRef("model")).order_by("-share_fen", "pk")
    mine = shares.filter(employee=OuterRef("employee")).values("channel")[:1]
    theirs = shares.filter(link__customer__isnull=False, campaign=OuterRef("campaign")).values("channel")[:1]
    most = Case(When(promoter=None, then=Subquery(mine)), default=Subquery(theirs))
    return _counted(rows.annotate(channel=most), "channel", Sum("amount_fen"))
