"""Rounding and months, for whoever pays."""

from datetime import date, timedelta

WHOLE = 10_000


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers that are not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_of(month_of(month) + timedelta(days=31))


def month_before(month: date) -> date:
    return month_of(month_of(month) - timedelta(days=1))


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)
