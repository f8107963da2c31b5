"""What a board's days cost and what is left: the rules are those of `queries.returns`, the touches come from the rollups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum

from campaigns.choices import EntryKind
from campaigns.models import BoardDay, CampaignCost, CommissionEntry
from campaigns.queries import margins, returns
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.rows import Cut
from campaigns.queries.returns import CAMPAIGN, CHANNEL, DAY, EMPLOYEE, Return
from scrm.kit import money


@dataclass(frozen=True)
class Spent:
    """Fen by channel, employee and day, each adding up to the whole; the margin by which net revenue is judged."""

    costs: dict[str, dict[Any, int]] = field(default_factory=dict)
    commission: dict[str, dict[Any, int]] = field(default_factory=dict)
    margin_bp: int | None = None

    def of(self, what: str, key: Any, sums: Sums) -> Return:
        cost = self.costs.get(what, {}).get(key, 0)
        return made(sums, cost, self.commission.get(what, {}).get(key, 0), self.margin_bp)

    def whole(self, sums: Sums) -> Return:
        """The margin is taken once, of the sum."""
        return made(sums, _sum(self.costs.get(DAY)), _sum(self.commission.get(DAY)), self.margin_bp)

    def keys(self, what: str) -> set[Any]:
        return {*self.costs.get(what, ()), *self.commission.get(what, ())}


def made(sums: Sums, cost_fen: int, commission_fen: int, margin_bp: int | None) -> Return:
    earned = sums.net_fen if margin_bp is None else margins.part(sums.net_fen, margin_bp)
    return Return(
        cost_fen=cost_fen, touches=sums.uniques, new_customers=sums.newcomers, net_fen=sums.net_fen, earned_fen=earned,
        commission_fen=commission_fen, on_revenue=margin_bp is None and sums.net_fen != 0,
    )  # fmt: skip


def costs(cut: Cut) -> QuerySet[CampaignCost]:
    """The rows behind a cost."""
    rows = cut.days.narrow(CampaignCost.objects.all())
    if cut.campaign is not None:
        rows = rows.filter(campaign=cut.campaign)
    return rows if cut.channel is None else rows.filter(channel=cut.channel)


def commission(cut: Cut) -> QuerySet[CommissionEntry]:
    """What is earned less what was taken back; a payout moves nothing."""
    rows = cut.days.narrow(CommissionEntry.objects.exclude(kind=EntryKind.PAYOUT))
    return rows.filter(campaign__isnull=False) if cut.campaign is None else rows.filter(campaign=cut.campaign)


def spent(cut: Cut, margin_bp: int | None) -> Spent:
    """Of one campaign."""
    channels: dict[Any, int] = defaultdict(int)
    days: dict[Any, int] = defaultdict(int)
    for channel, day, fen in costs(cut).order_by().values_list(CHANNEL, DAY).annotate(fen=Sum("amount_fen")):
        channels[channel] += fen
        days[day] += fen
    paid = {what: dict(returns.commission_by(what, commission(cut))) for what in (CHANNEL, EMPLOYEE, DAY)}
    return Spent({CHANNEL: channels, EMPLOYEE: _shared(cut, channels), DAY: days}, paid, margin_bp)


def of_whole(cut: Cut, sums: Sums, margin_bp: int | None) -> Return:
    cost = costs(cut).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    paid = commission(cut).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return made(sums, cost, paid, margin_bp)


def by_campaign(cut: Cut) -> Spent:
    """Without margins: each campaign has its own."""
    costed = costs(cut).order_by().values_list(CAMPAIGN).annotate(fen=Sum("amount_fen"))
    return Spent({CAMPAIGN: dict(costed)}, {CAMPAIGN: dict(returns.commission_by(CAMPAIGN, commission(cut)))})


def _shared(cut: Cut, channels: dict[Any, int]) -> dict[Any, int]:
    """Each channel's cost by what each employee's links had of the unique touches of the campaign by that channel, else of
    the campaign, else nobody's."""
    if not any(channels.values()):
        return {}
    touched: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    rows = BoardDay.objects.filter(campaign=cut.campaign, uniques__gt=0, link__isnull=False).order_by()
    for channel, employee, count in rows.values_list(CHANNEL, EMPLOYEE).annotate(n=Sum("uniques")):
        touched[channel][employee] += count
        touched["campaign"][employee] += count
    found: dict[Any, int] = defaultdict(int)
    for channel, fen in channels.items():
        weights = touched.get(channel) or touched.get("campaign") or {None: 1}
        people = sorted(weights, key=lambda pk: pk or 0)
        for employee, part in zip(people, money.split(fen, [weights[pk] for pk in people]), strict=True):
            found[employee] += part
    return dict(found)


def _sum(parts: dict[Any, int] | None) -> int:
    return sum((parts or {}).values())
