"""Times as order sheets hold them: days by the importer's rules, with the time of day where the cell has one."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone

from customers.services.importing import dates

_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?\Z")
_TIME = re.compile(
    r"(上午|早上|中午|下午|晚上)?\s*([0-9]{1,2})[:时点]\s*([0-9]{1,2})?(?:[:分]\s*([0-9]{1,2})?)?(?:秒|\.[0-9]+)?\s*([AaPp])?\.?[Mm]?\.?"
    r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})?\s*\Z"
)
# The time of day behind a day that is written without a mark: 20230501 083000 is none of ours.
_DAY_MS = 86_400_000


def parse_moment(cell: Any, *, today: date, since_1904: bool = False) -> datetime | None:
    """Aware, of the shop's zone unless the cell names another; midnight where it has no time; None when empty.

    Raises dates.NotADate as `dates.parse_day` does: before 1900, after today, 3/4/2023 of which nobody knows.
    """
    if isinstance(cell, datetime):
        return _aware(cell, today)
    if isinstance(cell, str):
        return _from_text(cell, today, since_1904)
    day = dates.parse_day(cell, today=today, since_1904=since_1904)
    if day is None:
        return None
    at = time(0)
    if isinstance(cell, float) and cell % 1:
        at = (datetime.min + timedelta(milliseconds=round(cell % 1 * _DAY_MS))).time().replace(microsecond=0)
    return timezone.make_aware(datetime.combine(day, at))


@lru_cache(65536)
def _from_text(text: str, today: date, since_1904: bool) -> datetime | None:
    if _PLAIN.match(text):
        try:
            return _aware(datetime.fromisoformat(text), today)
        except ValueError:
            raise dates.NotADate(dates.IMPOSSIBLE) from None
    day = dates.parse_day(text, today=today, since_1904=since_1904)
    if day is None:
        return None
    match = _TIME.search(unicodedata.normalize("NFKC", text))
    if match is None:
        return timezone.make_aware(datetime.combine(day, time(0)))
    hour = int(match[2])
    late = match[1] in ("下午", "晚上") or (match[5] or "").lower() == "p"
    if late and hour < 12:
        hour += 12
    elif (match[5] or "").lower() == "a" and hour == 12:
        hour = 0
    try:
        moment = datetime.combine(day, time(hour, int(match[3] or 0), int(match[4] or 0)))
    except ValueError:
        raise dates.NotADate(dates.IMPOSSIBLE) from None
    if zone := match[6]:
        offset = UTC if zone == "Z" else datetime.strptime(zone.replace(":", ""), "%z").tzinfo
        return moment.replace(tzinfo=offset)
    return timezone.make_aware(moment)


def _aware(moment: datetime, today: date) -> datetime:
    if not date(1900, 1, 1) <= moment.date() <= today:
        raise dates.NotADate(dates.OUT_OF_RANGE)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
