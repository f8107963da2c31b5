"""The one door into the ledger: one writer at a time, and no month that is closed."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max

from campaigns.models import ClosedMonth, CommissionEntry, Place
from campaigns.reckoning import month_of, next_month

LOCK = "campaigns.ledger"


def lock() -> None:
    """Until the caller's transaction ends nobody else writes an entry, decides on one or closes a month: what was read after
    it stays true. Taken last, so that whoever waits for it holds nobody up who has it."""
    Place.objects.bulk_create([Place(name=LOCK)], ignore_conflicts=True)
    Place.objects.select_for_update().get(name=LOCK)


class Months:
    """On which statement a day stands: its own month's, or the first one that is open, if that is closed."""

    def __init__(self) -> None:
        last = ClosedMonth.objects.aggregate(last=Max("month"))["last"]
        self.first_open: date | None = next_month(last) if last else None

    def of(self, day: date) -> date:
        month = month_of(day)
        return max(month, self.first_open) if self.first_open else month


def write(entries: Sequence[CommissionEntry]) -> list[CommissionEntry]:
    """With their ids. A key that is taken is an error, since everything is worked out under the lock."""
    return CommissionEntry.objects.bulk_create(entries, batch_size=500)
