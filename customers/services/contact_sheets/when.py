"""When an appointment is, as booking systems write it: one cell or two, a moment or a span of time."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from customers.services.importing import cells, dates
from customers.services.ordering import moments

_AT = r"(?:上午|早上|中午|下午|晚上)?\s*[0-9]{1,2}\s*[:点时]\s*(?:[0-9]{1,2})?\s*分?(?::[0-9]{2})?"
# 14:00-15:30, 14:00~15:30, 14点至15点半 is not understood.
_SPAN = re.compile(rf"({_AT})\s*(?:-|–|—|~|至|到)+\s*(?:次日)?({_AT})\s*\Z")
_CLOCK = re.compile(
    r"(上午|早上|中午|下午|晚上)?\s*([0-9]{1,2})\s*[:点时]\s*([0-9]{1,2})?\s*分?(?::[0-9]{2}(?:\.[0-9]+)?)?\s*([AaPp]\.?[Mm]\.?)?\Z"
)
_WRITTEN = re.compile(r"[0-9]\s*[:点时]")
_MOST = timedelta(hours=24)


def parse(
    cell: Any, clock: Any, *, latest: date, since_1904: bool = False
) -> tuple[datetime | None, int | None]:
    """(moment, minutes); None for what the cells do not say. `clock` is the cell of the time where the day has one of
    its own. Raises dates.NotADate as `parse_moment` does, also for a time that is none."""
    cell, minutes = _without_end(cell)
    moment = moments.parse_moment(cell, today=latest, since_1904=since_1904)
    if clock == "" or clock is None:
        return moment, minutes
    clock, longer = _without_end(clock)
    try:
        at = _clock(clock)
    except dates.NotADate:
        # The column of times may tell the day once more.
        return moments.parse_moment(clock, today=latest, since_1904=since_1904), longer or minutes
    if moment is None or at is None:
        return moment, longer or minutes
    day = timezone.localtime(moment).date()
    return timezone.make_aware(datetime.combine(day, at)), longer or minutes


def has_no_time(cell: Any, clock: Any, moment: datetime) -> bool:
    """Whether the midnight of `moment` is one that nobody wrote."""
    if timezone.localtime(moment).time() != time(0) or clock not in ("", None):
        return False
    return not (isinstance(cell, str) and _WRITTEN.search(unicodedata.normalize("NFKC", cell)))


def _without_end(cell: Any) -> tuple[Any, int | None]:
    """The cell up to the beginning of the span, and how long the span is."""
    if not isinstance(cell, str):
        return cell, None
    text = unicodedata.normalize("NFKC", cell).strip()
    span = _SPAN.search(text)
    if span is None:
        return cell, None
    try:
        begins, ends = _clock(span[1].strip()), _clock(span[2].strip())
    except dates.NotADate:
        return cell, None
    if begins is None or ends is None:
        return cell, None
    half_day = re.match("下午|晚上", span[1])
    if half_day and ends < begins and ends.hour < 12:
        ends = ends.replace(hour=ends.hour + 12)  # 下午2:00-3:30
    return text[: span.end(1)], _minutes(begins, ends)


def _minutes(begins: time, ends: time) -> int | None:
    length = datetime.combine(date.min, ends) - datetime.combine(date.min, begins)
    if length < timedelta(0):
        length += _MOST  # over midnight
    return int(length.total_seconds()) // 60 or None


def between(begins: datetime, cell: Any, *, latest: date, since_1904: bool = False) -> int | None:
    """Minutes up to the end that a further column tells; None where it tells none, or one before the beginning."""
    if cell == "":
        return None
    try:
        at = _clock(cell)
        ends = timezone.make_aware(datetime.combine(timezone.localtime(begins).date(), at)) if at else None
    except dates.NotADate:
        try:
            ends = moments.parse_moment(cell, today=latest, since_1904=since_1904)
        except dates.NotADate:
            return None
    if ends is None or not timedelta(0) < ends - begins <= _MOST:
        return None
    return int((ends - begins).total_seconds()) // 60


def _clock(cell: Any) -> time | None:
    if isinstance(cell, datetime):
        return cell.time() if cell.year < 1901 else _no_clock()
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, timedelta):
        return (datetime.min + cell).time() if timedelta(0) <= cell < _MOST else _no_clock()
    if isinstance(cell, float) and 0 <= cell < 1:
        return (datetime.min + timedelta(seconds=round(cell * 86_400))).time().replace(second=0)
    text = unicodedata.normalize("NFKC", cells.to_text(cell)).strip()
    if not text:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        return _no_clock()
    hour = int(match[2])
    late = match[1] in ("下午", "晚上") or (match[4] or "").lower().startswith("p")
    if late and hour < 12:
        hour += 12
    elif (match[4] or "").lower().startswith("a") and hour == 12:
        hour = 0
    if hour > 23 or int(match[3] or 0) > 59:
        return _no_clock()
    return time(hour, int(match[3] or 0))


def _no_clock() -> time:
    raise dates.NotADate(dates.UNREADABLE)


def minutes_of(cell: Any) -> int | None:
    """60, "60分钟", "1.5小时", "1小时30分"; None for what is none of these."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if 0 < cell <= 1_440 else None
    text = unicodedata.normalize("NFKC", cells.to_text(cell)).replace(" ", "").lower()
    match = re.fullmatch(r"(?:([0-9]+(?:\.[0-9]+)?)(?:个?小时|h))?(?:([0-9]{1,4})(?:分钟?|min|m)?)?", text)
    if match is None or not (match[1] or match[2]):
        return None
    found = round(float(match[1] or 0) * 60) + int(match[2] or 0)
    return found if 0 < found <= 1_440 else None
