"""Which months have a statement, which one is to be closed next."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from campaigns.models import ClosedMonth, CommissionEntry
from campaigns.reckoning import month_before, month_of, next_month
from scrm.kit import clock


@dataclass(frozen=True)
class Months:
    """`first`: the first in which something stands; None in an empty ledger. `to_close`: the oldest that is over and open."""

    first: date | None
    last_closed: date | None
    this: date

    @property
    def to_close(self) -> date | None:
        month = next_month(self.last_closed) if self.last_closed else self.first
        return month if month is not None and month < self.this else None

    def is_closed(self, month: date) -> bool:
        return self.last_closed is not None and month <= self.last_closed

    def listed(self, most: int = 36) -> list[date]:
        """The newest first, no gap."""
        found = [self.this]
        while self.first is not None and found[-1] > self.first and len(found) < most:
            found.append(month_before(found[-1]))
        return found


def months() -> Months:
    first = CommissionEntry.objects.aggregate(first=Min("month"))["first"]
    last = ClosedMonth.objects.aggregate(last=Max("month"))["last"]
    return Months(first, last, month_of(clock.today()))
