"""How many came from one address in one hour of the clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from campaigns.models import OriginHour, Touch
from campaigns.services.reading.judging import hour_of, numbered
from scrm.kit import clock

# Addresses are salted by the day: older rows never meet one of today's.
KEPT = timedelta(days=2)


def number(rows: Sequence[Touch]) -> list[int]:
    """Which one of its address in its hour each is, 0 without an address; counts them. Held against a second reader by
    the watermark's lock."""
    held = [(row.origin, hour_of(row.at)) for row in rows if row.origin]
    if not held:
        return [0] * len(rows)
    known: dict[tuple[str, datetime], int] = {
        (one.origin, one.hour): one.touches
        for one in OriginHour.objects.filter(
            hour__in={hour for _origin, hour in held}, origin__in={origin for origin, _hour in held}
        )
    }
    numbers = list(numbered(((row.origin, row.at) for row in rows), known))
    OriginHour.objects.bulk_create(
        [OriginHour(origin=origin, hour=hour, touches=known[origin, hour]) for origin, hour in sorted(set(held))],
        update_conflicts=True, unique_fields=["hour", "origin"], update_fields=["touches"],
    )  # fmt: skip
    return numbers


def forget() -> None:
    OriginHour.objects.filter(hour__lt=clock.now() - KEPT).delete()
