"""Held, pending or payable, as of a moment. What is taken back of an accrual stands where the accrual stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from campaigns.choices import EntryKind, HoldDecision
from campaigns.models import ClosedMonth, CommissionEntry, CommissionHold
from campaigns.reckoning import last_day
from scrm.kit import clock

# Of rows that were `told`. What was paid out is neither; what is neither of the two can be paid.
HELD = Q(is_held=True)
PENDING = Q(is_held=False, is_ripe=False)


@dataclass(frozen=True)
class AsOf:
    """`day`: what is payable up to it. `moment`: what was known then; None is now."""

    day: date
    moment: datetime | None = None


def as_of(month: date) -> AsOf:
    """A closed month is told as it was closed. Of one that is not over, what is payable today."""
    closed = ClosedMonth.objects.filter(month=month).values_list("closed_at", flat=True).first()
    if closed is not None:
        return AsOf(last_day(month), closed)
    return AsOf(min(last_day(month), max(clock.today(), month)))


def now() -> AsOf:
    return AsOf(clock.today())


def told(rows: QuerySet[CommissionEntry], when: AsOf) -> QuerySet[CommissionEntry, Any]:
    """With `root`, the accrual that a row belongs to; `is_held`, for a decision; `is_ripe`, payable by the day."""
    rows = rows.annotate(root=Coalesce("reverses_id", "id"))
    ripe = Case(When(_ripe(when), then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.annotate(is_held=_held(when), is_ripe=ripe)


def _held(when: AsOf) -> Exists:
    rows = CommissionHold.objects.filter(entry=OuterRef("root"))
    if when.moment is None:
        return Exists(rows.filter(decision=HoldDecision.OPEN))
    return Exists(rows.filter(Q(decision=HoldDecision.OPEN) | Q(decided_at__gt=when.moment), at__lte=when.moment))


def _ripe(when: AsOf) -> Q:
    found = Q(payable_on__lte=when.day) | Q(kind=EntryKind.PAYOUT)
    for arrived in ("receipt", "reverses__receipt"):
        known = Q(**{f"{arrived}__payable_on__lte": when.day})
        if when.moment is not None:
            known &= Q(**{f"{arrived}__at__lte": when.moment})
        found |= known
    return found
