"""Sums of the rollups: by day, by link's employee and channel, by campaign; the whole is the sum of its days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from campaigns.choices import Model
from campaigns.models import BoardCredit, BoardDay, Credit
from campaigns.queries.board.rows import Cut

# What a key of a cut is: an employee, a channel, a campaign, a day; where a link has none, None.
type Key = int | date | None

TOUCHED = ("raw", "views", "uniques", "visitors", "leads", "newcomers", "arrivals")
BOUGHT = ("orders", "buyers", "repeats")
NET = "net_fen"
# Under these an order belongs to one link, so that orders add up over links.
SINGLE = (Model.LAST, Model.FIRST)
# Under the others several links share it: it is counted once in each part that it is found in.
DISTINCT = {
    "orders": Count("conversion", distinct=True),
    "buyers": Count("conversion", distinct=True, filter=Q(conversion__number=1)),
    "repeats": Count("conversion", distinct=True, filter=Q(conversion__number__gt=1)),
}


@dataclass
class Sums:
    """Counts, and the net amount after refunds in fen."""

    raw: int = 0
    views: int = 0
    uniques: int = 0
    visitors: int = 0
    leads: int = 0
    newcomers: int = 0
    arrivals: int = 0
    buyers: int = 0
    orders: int = 0
    repeats: int = 0
    net_fen: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def __add__(self, other: Sums) -> Sums:
        return Sums(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


def whole(cut: Cut, *, model: str = Model.LAST) -> Sums:
    """No order has two days: what is counted once a day is counted once."""
    return sum(by_day(cut, model=model).values(), Sums())


def by_day(cut: Cut, *, model: str = Model.LAST) -> dict[Any, Sums]:
    return {key: sums for (key,), sums in _by(("day",), cut, model).items()}


def by_campaign(cut: Cut, *, model: str = Model.LAST) -> dict[Any, Sums]:
    return {key: sums for (key,), sums in _by(("campaign",), cut, model).items()}


@dataclass
class Links:
    """By employee, by channel, and by both."""

    employees: dict[Any, Sums]
    channels: dict[Any, Sums]
    both: dict[tuple[Any, ...], Sums]


def by_link(cut: Cut, *, model: str = Model.LAST) -> Links:
    if model not in SINGLE:
        both = _by(("employee", "channel"), cut, model)
        employees = {key: sums for (key,), sums in _by(("employee",), cut, model).items()}
        channels = {key: sums for (key,), sums in _by(("channel",), cut, model).items()}
        return Links(employees, channels, both)
    both = _by(("employee", "channel"), cut, model)
    employees, channels = defaultdict(Sums), defaultdict(Sums)
    for (employee, channel), sums in both.items():
        employees[employee] += sums
        channels[channel] += sums
    return Links(dict(employees), dict(channels), both)


def _by(names: tuple[str, ...], cut: Cut, model: str) -> dict[tuple[Any, ...], Sums]:
    found: dict[tuple[Any, ...], Sums] = defaultdict(Sums)
    single = model in SINGLE
    days = cut.narrow(BoardDay.objects.all(), link="")
    credits = cut.narrow(BoardCredit.objects.filter(model=model), link="")
    _collect(found, names, days, {name: Sum(name) for name in TOUCHED})
    _collect(found, names, credits, {name: Sum(name) for name in ((*BOUGHT, NET) if single else (NET,))})
    if not single:
        _collect(found, names, cut.narrow(Credit.objects.filter(model=model, share_fen__gt=0), link=""), DISTINCT)
    return dict(found)


def _collect(found: dict[tuple[Any, ...], Sums], names: tuple[str, ...], rows: Any, sums: dict[str, Any]) -> None:
    asked = rows.order_by().values_list(*names).annotate(**{f"sum_{name}": value for name, value in sums.items()})
    for row in asked:
        key, values = row[: len(names)], row[len(names) :]
        found[key] += Sums(**{name: value or 0 for name, value in zip(sums, values, strict=True)})

