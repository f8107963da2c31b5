"""The board of one campaign, assembled: its funnel, its parts, its days; before whose eyes, decides what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.choices import AssignmentState, Model, PrimaryMetric
from campaigns.models import Assignment, Campaign
from campaigns.queries.board import figures, worth
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.rows import NOBODY, Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import Days, Span
from campaigns.queries.board.worth import Spent
from campaigns.queries.returns import CHANNEL, DAY, EMPLOYEE, Return
from customers.models import Channel
from scrm.staff import naming
from scrm.staff.models import Employee

# By what employees are put in order: what the campaign is judged by, then money, then whatever else moves.
JUDGED_BY = {
    PrimaryMetric.REVENUE: "net_fen",
    PrimaryMetric.ORDERS: "orders",
    PrimaryMetric.LEADS: "leads",
    PrimaryMetric.NEW_CUSTOMERS: "newcomers",
}
NO_CHANNEL: str | Promise = _("no channel")
NO_EMPLOYEE: str | Promise = _("Links of nobody, and of customers who recommend")


@dataclass(frozen=True)
class Line:
    """A channel, an employee or a day, with what it brought and what it cost. `key` as a list is asked for it; `rank`
    where there is one; `state` of her assignment."""

    key: int
    label: str
    sums: Sums
    worth: Return
    rank: int = 0
    state: str = ""
    left: bool = False

    @property
    def idle(self) -> bool:
        """Asked to work on it, and not a single visit so far."""
        return self.state in (AssignmentState.ASSIGNED, AssignmentState.ACCEPTED) and not self.sums


@dataclass(frozen=True)
class Day:
    day: date
    sums: Sums
    worth: Return


@dataclass(frozen=True)
class Board:
    campaign: Campaign
    cut: Cut
    span: Span
    model: str
    sums: Sums
    worth: Return
    before: Sums | None
    days: list[Day]
    channels: list[Line]
    employees: list[Line]
    as_of: datetime

    @property
    def money(self) -> bool:
        return self.cut.sight.money


def of(
    campaign: Campaign, *, sight: Sight, span: Span, model: str = Model.LAST, margin_bp: int | None = None, as_of: datetime
) -> Board:
    """`margin_bp` as `queries.margins` knows it."""
    cut = Cut(sight, campaign.pk, span.days)
    days = figures.by_day(cut, model=model)
    links = figures.by_link(cut, model=model)
    spent = worth.spent(cut, margin_bp) if sight.money else Spent()
    before = figures.whole(cut.of(days=span.against), model=model) if span.against else None
    sums = sum(days.values(), Sums())
    return Board(
        campaign, cut, span, model, sums, spent.whole(sums), before, _days(days, spent),
        _channels(links.channels, spent), _employees(campaign, sight, links.employees, spent), as_of,
    )  # fmt: skip


def _days(days: dict[Any, Sums], spent: Spent) -> list[Day]:
    keys = sorted(days.keys() | spent.keys(DAY))
    return [Day(day, sums, spent.of(DAY, day, sums)) for day in keys for sums in [days.get(day, Sums())]]


def _channels(channels: dict[Any, Sums], spent: Spent) -> list[Line]:
    """What brought most money first."""
    keys = channels.keys() | spent.keys(CHANNEL)
    names = dict(Channel.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))
    lines = [
        Line(key or NOBODY, names.get(key) or str(NO_CHANNEL), sums, spent.of(CHANNEL, key, sums))
        for key in keys
        for sums in [channels.get(key, Sums())]
    ]
    return sorted(lines, key=lambda line: (-line.sums.net_fen, -line.sums.visitors, line.key == NOBODY, line.key))


def _employees(campaign: Campaign, sight: Sight, found: dict[Any, Sums], spent: Spent) -> list[Line]:
    """Whoever brought something, and whoever was asked to: the best first, who has not begun last."""
    asked = Assignment.objects.standing().filter(sight.of(), campaign=campaign).order_by()
    states = dict(asked.values_list("employee", "state"))
    keys = found.keys() | states.keys() | spent.keys(EMPLOYEE)
    people = Employee.objects.only("name", "phone", "is_active").in_bulk([key for key in keys if key])
    names = naming.labels(people.values())
    judged = JUDGED_BY[PrimaryMetric(campaign.primary_metric)]

    def order(key: Any) -> tuple[Any, ...]:
        sums = found.get(key, Sums())
        return (key is None, -getattr(sums, judged), -sums.net_fen, -sums.leads, -sums.visitors, key or 0)

    ordered = sorted(keys, key=order)
    ranks = _ranks([(key, getattr(found[key], judged)) for key in ordered if key and found.get(key)])
    return [
        Line(
            key or NOBODY,
            names[key] if key else str(NO_EMPLOYEE),
            sums,
            spent.of(EMPLOYEE, key, sums),
            ranks.get(key, 0),
            states.get(key, ""),
            bool(key) and not people[key].is_active,
        )
        for key in ordered
        for sums in [found.get(key, Sums())]
    ]


def _ranks(values: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """Equals share a place, and the next is passed over: 1, 1, 3."""
    ordered = list(values)
    places = [value for _key, value in ordered]
    return {key: places.index(value) + 1 for key, value in ordered}


def days_shown(board: Board) -> Days:
    """The first and the last day that anything happened on, where none were chosen."""
    days = [one.day for one in board.days]
    return Days(board.span.days.first or min(days, default=None), board.span.days.last or max(days, default=None))
