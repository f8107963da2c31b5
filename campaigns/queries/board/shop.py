"""The board of all campaigns of a period: a line each, and what no link brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from campaigns.choices import CampaignState, Model
from campaigns.models import Campaign
from campaigns.queries import crediting, margins
from campaigns.queries.board import figures, freshness, standings, worth
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import Days, Span
from campaigns.queries.board.standing import Standing
from campaigns.queries.returns import CAMPAIGN, Return


@dataclass(frozen=True)
class Line:
    campaign: Campaign
    sums: Sums
    worth: Return
    standing: Standing


@dataclass(frozen=True)
class Rest:
    """What no link brought: orders of the days that no campaign had a part in, and all money that none of their links
    got under the model."""

    orders: int
    net_fen: int
    of_fen: int


@dataclass(frozen=True)
class Shop:
    cut: Cut
    span: Span
    model: str
    lines: list[Line]
    sums: Sums
    before: Sums | None
    rest: Rest | None
    # Costs of the days that serve several campaigns.
    shared_fen: int
    as_of: datetime

    @property
    def money(self) -> bool:
        return self.cut.sight.money


def of(*, sight: Sight, span: Span, model: str = Model.LAST) -> Shop:
    cut = Cut(sight, days=span.days)
    sums = figures.by_campaign(cut, model=model)
    spent = worth.by_campaign(cut) if sight.money else worth.Spent()
    campaigns = _shown(sight, {*sums, *spent.keys(CAMPAIGN)})
    known = margins.of(campaigns) if sight.money else {}
    said = standings.of(campaigns, sight)
    lines = [
        Line(
            one,
            sums.get(one.pk, Sums()),
            worth.made(
                sums.get(one.pk, Sums()),
                spent.costs.get(CAMPAIGN, {}).get(one.pk, 0),
                spent.commission.get(CAMPAIGN, {}).get(one.pk, 0),
                known[one.pk].bp if sight.money else None,
            ),
            said[one.pk][0],
        )
        for one in campaigns
    ]
    whole = sum(sums.values(), Sums())
    before = figures.whole(cut.of(days=span.against), model=model) if span.against else None
    return Shop(
        cut, span, model, lines, whole, before, rest(span.days, whole) if sight.whole else None,
        spent.costs.get(CAMPAIGN, {}).get(None, 0), freshness.as_of(),
    )  # fmt: skip


def _shown(sight: Sight, found: set[Any]) -> list[Campaign]:
    """Those that run or wait, and those on which something happened in the days; the running ones first, then the last
    to begin."""
    rows = sight.campaigns.filter(Q(state__in=[CampaignState.RUNNING, CampaignState.SCHEDULED]) | Q(pk__in=found - {None}))
    order = [CampaignState.RUNNING, CampaignState.SCHEDULED, CampaignState.ENDED, CampaignState.SETTLED, CampaignState.DRAFT]
    newest = sorted(rows, key=lambda one: one.pk, reverse=True)
    return sorted(newest, key=lambda one: order.index(CampaignState(one.state)))


def rest(days: Days, sums: Sums) -> Rest | None:
    """Of the whole shop; None where no days bound it."""
    if days.first is None or days.last is None:
        return None
    net = crediting.net_of(crediting.orders_within(days.first, days.last))
    return Rest(crediting.unattributed_orders(days.first, days.last).count(), net - sums.net_fen, net)
