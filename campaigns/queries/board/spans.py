"""Which days a board shows, and which other days it holds them against."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from scrm.kit import clock

ALL, TODAY, YESTERDAY, WEEK, MONTH_LONG, MONTH, LAST_MONTH, OWN = (
    "all", "today", "yesterday", "7", "30", "month", "last_month", "own",
)  # fmt: skip
NAMES: dict[str, str | Promise] = {
    ALL: _("from its beginning"),
    TODAY: _("today"),
    YESTERDAY: _("yesterday"),
    WEEK: _("last 7 days"),
    MONTH_LONG: _("last 30 days"),
    MONTH: _("this month"),
    LAST_MONTH: _("last month"),
    OWN: _("days of my choice"),
}
# No day of a shop lies outside these; a year of one digit is a slip of the hand.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
NONE, BEFORE = "none", "before"


@dataclass(frozen=True)
class Days:
    """Both included; without a first day from the beginning, without a last one until whenever."""

    first: date | None = None
    last: date | None = None

    def narrow[Rows: QuerySet[Any]](self, rows: Rows, field: str = "day") -> Rows:
        if self.first is not None:
            rows = rows.filter(**{f"{field}__gte": self.first})
        if self.last is not None:
            rows = rows.filter(**{f"{field}__lte": self.last})
        return rows

    def before(self) -> Days | None:
        """As many days right before; of a month from its first day, the same days of the month before. One day is held
        against the day before."""
        if self.first is None or self.last is None:
            return None
        if self.first.day == 1 and self.first != self.last and (self.first.year, self.first.month) == (self.last.year, self.last.month):
            end = self.first - timedelta(days=1)
            whole = self.last.day == monthrange(self.last.year, self.last.month)[1]
            return Days(end.replace(day=1), end if whole else end.replace(day=min(self.last.day, end.day)))
        return Days(self.first - (self.last - self.first) - timedelta(days=1), self.first - timedelta(days=1))

    def from_day(self, first: date) -> Days | None:
        """As many days from another one on."""
        if self.first is None or self.last is None:
            return None
        return Days(first, first + (self.last - self.first))

    def query(self, first: str = "first", last: str = "last") -> dict[str, str]:
        """As a list is asked for them."""
        days = {first: self.first, last: self.last}
        return {name: day.isoformat() for name, day in days.items() if day is not None}


@dataclass(frozen=True)
class Span:
    """What was chosen: its name, the days, and those it is held against."""

    name: str
    days: Days
    against: Days | None = None

    @property
    def label(self) -> str:
        return str(NAMES[self.name])


def choose(asked: dict[str, str], *, campaign: Campaign | None = None) -> Span:
    """From an address; whatever makes no sense is as if it were not there. A campaign is shown as a whole, the shop by
    last thirty days: on the first of a month that month would say nothing."""
    first, last = _day(asked.get("first", "")), _day(asked.get("last", ""))
    name = asked.get("span", "")
    if not name and (first or last):
        name = OWN
    if name not in NAMES or (name == ALL and campaign is None) or (name == OWN and not (first or last)):
        name = ALL if campaign is not None else MONTH_LONG
    days = _own(first, last) if name == OWN else _days(name)
    return Span(name, days, _against(name, days, asked))


def _days(name: str) -> Days:
    today = clock.today()
    before = today.replace(day=1) - timedelta(days=1)
    return {
        ALL: Days(None, None),
        TODAY: Days(today, today),
        YESTERDAY: Days(today - timedelta(days=1), today - timedelta(days=1)),
        WEEK: Days(today - timedelta(days=6), today),
        MONTH_LONG: Days(today - timedelta(days=29), today),
        MONTH: Days(today.replace(day=1), today),
        LAST_MONTH: Days(before.replace(day=1), before),
    }[name]


def _own(first: date | None, last: date | None) -> Days:
    if first and last and first > last:
        first, last = last, first
    return Days(first, last or clock.today() if first else last)


def _against(name: str, days: Days, asked: dict[str, str]) -> Days | None:
    chosen = asked.get("against", "")
    if chosen == NONE:
        return None
    other = _day(chosen)
    if other is None and name == MONTH and days.first is not None and days.first == days.last:
        # On the first of a month, its one day is held against the first of the month before, not against yesterday.
        other = (days.first - timedelta(days=1)).replace(day=1)
    return days.from_day(other) if other is not None else days.before()


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and EARLIEST <= day <= LATEST else None
