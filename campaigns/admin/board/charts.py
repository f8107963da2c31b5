"""Bars by day, drawn by the server as SVG: whole pixels of a picture that stretches, its words beside it in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise

from campaigns.queries.board.one import Day
from campaigns.queries.board.spans import Days
from scrm.kit import money

HEIGHT, WIDTH, GAP = 100, 10, 2
# So many bars fit on a phone; longer times are drawn by the week, then by the month.
BY_DAY, BY_WEEK = 62, 371


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    title: str
    first: date
    last: date
    value: int


@dataclass(frozen=True)
class Chart:
    key: str
    label: str | Promise
    bars: Sequence[Bar]
    most: str
    total: str

    @property
    def first(self) -> date:
        return self.bars[0].first

    @property
    def last(self) -> date:
        return self.bars[-1].last

    @property
    def width(self) -> int:
        return max(len(self.bars), 1) * WIDTH

    @property
    def wide(self) -> int:
        return WIDTH - GAP


def chart(key: str, label: str | Promise, days: Sequence[Day], shown: Days) -> Chart | None:
    """None where nothing is to be drawn."""
    spans = _spans(shown)
    if not spans or not any(getattr(one.sums, key) for one in days):
        return None
    values = [_value(key, days, first, last) for first, last in spans]
    most = max(max(values), 1)
    bars = []
    for number, ((first, last), value) in enumerate(zip(spans, values, strict=True)):
        height = max(round(HEIGHT * value / most), 2) if value > 0 else 0
        title = f"{_day(first)}{f'–{_day(last)}' if last != first else ''}: {_shown(key, value)}"
        bars.append(Bar(number * WIDTH + GAP // 2, HEIGHT - height, height, title, first, last, value))
    return Chart(key, label, bars, _shown(key, most), _shown(key, sum(values)))


def _value(key: str, days: Sequence[Day], first: date, last: date) -> int:
    return sum(getattr(one.sums, key) for one in days if first <= one.day <= last)


def _spans(shown: Days) -> list[tuple[date, date]]:
    """Days, weeks from their Monday, or months, none of them beyond what is shown."""
    if shown.first is None or shown.last is None or shown.last < shown.first:
        return []
    many = (shown.last - shown.first).days + 1
    found, first = [], shown.first
    while first <= shown.last:
        if many <= BY_DAY:
            last = first
        elif many <= BY_WEEK:
            last = first + timedelta(days=6 - first.weekday())
        else:
            last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found.append((first, min(last, shown.last)))
        first = last + timedelta(days=1)
    return found


def _shown(key: str, value: int) -> str:
    return money.show(value) if key.endswith("_fen") else f"{value:,}"


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


