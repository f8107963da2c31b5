"""Numbers that a number format turns into days and times."""

import re
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import NamedTuple

_EPOCH = datetime(1899, 12, 30)
_DAYS_1904 = 1462
MOST_DAYS = 10_000_000  # a longer span is a number in the wrong clothes, a phone number most likely
# 27–36 and 50–58 are dates in the Chinese, Japanese and Korean editions, which do not write them out.
_BUILT_IN = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}
EAST_ASIAN = {*range(27, 37), *range(50, 59)}

_PADDED = re.compile(r"0{2,20}(?:;.*)?\Z")


class Kind(Enum):
    NUMBER = 0
    MOMENT = 1
    DURATION = 2


class Format(NamedTuple):
    """What a cell style makes of a number. `digits`: filled up with noughts to so many, 0 for not at all."""

    kind: Kind
    digits: int

    def read(self, value: float, since_1904: bool) -> float | str | date | datetime | time | timedelta:
        """As people see it, where the difference is one: a day, a time, or "000123", which is a card number."""
        if self.kind is not Kind.NUMBER:
            return to_python(value, self.kind, since_1904)
        if self.digits and 0 <= value < 10 ** (self.digits - 1) and value == int(value):
            return str(int(value)).zfill(self.digits)
        return value


PLAIN = Format(Kind.NUMBER, 0)


def format_of(number: int, code: str | None) -> Format:
    """Of a number format: its id, and its code where the file defines it."""
    return Format(kind_of(number, code), len(code.partition(";")[0]) if code and _PADDED.match(code) else 0)


def kind_of(number: int, code: str | None) -> Kind:
    if code is not None:
        return _kind_of_code(code)
    if number == 46:
        return Kind.DURATION
    return Kind.MOMENT if number in _BUILT_IN else Kind.NUMBER


def _kind_of_code(code: str) -> Kind:
    position, brackets = 0, 0
    lower = code.lower()
    while position < len(lower):
        sign = lower[position]
        if sign in "\\_*":
            position += 1
        elif sign == '"':
            position = lower.find('"', position + 1)
            if position < 0:
                break
        elif sign == ";":
            break
        elif sign == "[":
            inner = lower[position + 1 : lower.find("]", position)]
            if inner and set(inner) in ({"h"}, {"m"}, {"s"}):
                return Kind.DURATION
            brackets += 1
        elif sign == "]":
            brackets -= 1
        elif not brackets and sign in "dmhys":
            return Kind.MOMENT
        position += 1
    return Kind.NUMBER


def to_python(value: float, kind: Kind, since_1904: bool) -> float | date | datetime | time | timedelta:
    """A whole number is a date, one below 1 a time, else a datetime; outside the calendar it stays a number.
    Day 60 of 1900, which never was, reads as 28 February."""
    if kind is Kind.NUMBER or value != value or abs(value) > MOST_DAYS or (value < 0 and kind is Kind.MOMENT):
        return value
    if kind is Kind.DURATION:
        return timedelta(milliseconds=round(value * 86_400_000))
    days = value + _DAYS_1904 if since_1904 else value
    try:
        moment = _EPOCH + timedelta(milliseconds=round((days if days >= 60 else days + 1) * 86_400_000))
    except OverflowError:
        return value
    if value < 1:
        return moment.time()
    return moment.date() if value == int(value) else moment
