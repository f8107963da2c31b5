"""When a birthday comes round. 29 February falls on the 28th in common years; a lunar birthday is expanded to the
solar day of its month in that lunar year (never of a leap month), and the 30th of a short month is its 29th."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Q
from lunardate import LunarDate

from customers.birthdays import Birthday

# What the calendar library knows.
LAST_LUNAR_YEAR = 2099


@lru_cache(maxsize=4096)
def solar(year: int, month: int, day: int) -> date | None:
    """The day of a lunar date, None outside the years that are known."""
    for wanted in (day, 29) if day == 30 else (day,):
        try:
            found: date = LunarDate(year, month, wanted).to_solar_date()
        except ValueError:
            continue
        back = LunarDate.from_solar_date(found.year, found.month, found.day)
        if (back.month, back.day) == (month, wanted):
            return found
    return None


def next_on(birthday: Birthday, today: date) -> date | None:
    """Today or the first day after it on which the birthday falls."""
    if birthday.lunar:
        now = LunarDate.from_solar_date(today.year, today.month, today.day).year
        days = (solar(year, birthday.month, birthday.day) for year in (now - 1, now, now + 1))
    else:
        days = (_solar_day(year, birthday.month, birthday.day) for year in (today.year, today.year + 1))
    return min((day for day in days if day is not None and day >= today), default=None)


def _solar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28) if (month, day) == (2, 29) else None


def falling_on(days: Iterable[date]) -> Q:
    """Customers whose birthday falls on one of `days`; index-friendly: month·100+day is one of a few numbers."""
    plain: set[int] = set()
    lunar: set[int] = set()
    for day in days:
        plain.add(day.month * 100 + day.day)
        if (day.month, day.day) == (2, 28) and _solar_day(day.year, 2, 29) == day:
            plain.add(229)
        if day.year > LAST_LUNAR_YEAR:
            continue
        there = LunarDate.from_solar_date(day.year, day.month, day.day)
        if there.is_leap_month:
            continue
        lunar.add(there.month * 100 + there.day)
        if there.day == 29:
            after = day + timedelta(days=1)
            if LunarDate.from_solar_date(after.year, after.month, after.day).day == 1:
                lunar.add(there.month * 100 + 30)
    return Q(birth_lunar=False, birth_md__in=sorted(plain)) | Q(birth_lunar=True, birth_md__in=sorted(lunar))
