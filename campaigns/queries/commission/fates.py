"""What has become of each entry: held, under way, payable, paid with which month's statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from campaigns.choices import EntryKind, HoldDecision
from campaigns.models import ClosedMonth, CommissionEntry, CommissionHold, Receipt
from campaigns.reckoning import last_day
from scrm.kit import clock

PAID, PAYABLE, PENDING, HELD = "paid", "payable", "pending", "held"


@dataclass(frozen=True)
class Fate:
    """`payable_on`: None while nobody knows; `paid_with`: the month of the statement that settled it."""

    state: str
    payable_on: date | None
    holds: tuple[CommissionHold, ...]
    paid_with: date | None = None


def fates(entries: Iterable[CommissionEntry]) -> dict[int, Fate]:
    """Of entries of any kind, by the accrual that each belongs to; a payout has none. Three queries."""
    chosen = [entry for entry in entries if entry.kind != EntryKind.PAYOUT]
    roots = {entry.reverses_id or entry.pk for entry in chosen}
    arrived = {row.entry_id: row for row in Receipt.objects.filter(entry__in=roots)}
    holds: dict[int, list[CommissionHold]] = {}
    for hold in CommissionHold.objects.filter(entry__in=roots).select_related("decided_by").order_by("pk"):
        holds.setdefault(hold.entry_id, []).append(hold)
    months = list(ClosedMonth.objects.order_by("month").values_list("month", "closed_at"))
    found = {}
    for entry in chosen:
        root = entry.reverses_id or entry.pk
        found[entry.pk] = _fate(entry, arrived.get(root), tuple(holds.get(root, ())), months)
    return found


def _fate(
    entry: CommissionEntry, arrived: Receipt | None, holds: tuple[CommissionHold, ...], months: list[tuple[date, datetime]]
) -> Fate:
    day = entry.payable_on or (arrived.payable_on if arrived else None)
    known = arrived.at if arrived and entry.payable_on is None else None
    for month, closed_at in months:
        in_time = month >= entry.month and day is not None and day <= last_day(month) and (known is None or known <= closed_at)
        if in_time and not any(_was_open(hold, closed_at) for hold in holds):
            return Fate(PAID, day, holds, month)
    if any(hold.decision == HoldDecision.OPEN for hold in holds):
        return Fate(HELD, day, holds)
    return Fate(PAYABLE if day is not None and day <= clock.today() else PENDING, day, holds)


def _was_open(hold: CommissionHold, moment: datetime) -> bool:
    return hold.at <= moment and (hold.decided_at is None or hold.decided_at > moment)
