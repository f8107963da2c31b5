"""What goes with a change of owner: its row and the newly-assigned task.

All rows of one act carry the same moment `at`: that is how an act in slices is counted, told and repeated safely.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from customers.choices import OwnerHow, TaskReason
from customers.models import Customer, OwnerChange, Task
from customers.queries import owners
from customers.services.owning import work
from scrm.kit import clock

# More at once are no list of things to do today: they stand under "new to me" in the list of customers.
TASKS_AT_ONCE = 20
KEY = "assigned:"
NOTE_LENGTH = 200


def write(
    pairs: Mapping[int, tuple[int | None, int | None]], *, how: str, by: Any, note: str, at: datetime
) -> list[OwnerChange]:
    """One row a customer, {customer: (before, after)}; nothing where the two are equal."""
    rows = [
        OwnerChange(
            customer_id=pk, before_id=before, after_id=after, how=how, note=note, by_id=by.pk if by else None, at=at
        )
        for pk, (before, after) in pairs.items()
        if before != after
    ]
    return OwnerChange.objects.bulk_create(rows)


def announce(changes: Sequence[OwnerChange], *, by: Any) -> None:
    """A task for each customer somebody else put into her hands by one act, unless they are more than TASKS_AT_ONCE."""
    got = Counter(change.after_id for change in changes)
    me = by.pk if by else None
    make_tasks([row for row in changes if row.after_id != me and got[row.after_id] <= TASKS_AT_ONCE], by=by)


def announce_later(at: datetime, *, to: Iterable[int], by: Any, before: int | None = None) -> None:
    """The same for an act in slices, known by its moment. Repeated it makes no task twice."""
    few = [pk for pk, people in owners.given_at(at, to=to, before=before).items() if people <= TASKS_AT_ONCE]
    rows = OwnerChange.objects.filter(at=at, after__in=few, customer__archived_at=None).order_by("pk")
    announce(list(rows if before is None else rows.filter(before=before)), by=by)


def make_tasks(changes: Sequence[OwnerChange], *, by: Any) -> list[Task]:
    if not changes:
        return []
    due = clock.end_of(clock.today()) - timedelta(seconds=1)
    return Task.objects.bulk_create(
        [
            Task(
                customer_id=change.customer_id,
                employee_id=change.after_id,
                reason=TaskReason.ASSIGNED,
                about=change.note,
                due_at=due,
                key=f"{KEY}{change.pk}",
                created_by=by,
            )
            for change in changes
            if change.after_id is not None
        ],
        ignore_conflicts=True,
    )


def new_person(customer: Customer, *, by: Any) -> None:
    """Entered for a colleague: she learns of it. Entered for oneself there is nothing to tell."""
    if customer.owner_id is not None and (by is None or customer.owner_id != by.pk):
        _one(customer, None, by)


def edited(customer: Customer, *, before: int | None, by: Any) -> None:
    """The form of a person changed who looks after her; in the transaction that saved it."""
    _one(customer, before, by)


def _one(customer: Customer, before: int | None, by: Any) -> None:
    at, pairs = clock.now(), {customer.pk: (before, customer.owner_id)}
    how = OwnerHow.ASSIGNED if customer.owner_id else OwnerHow.RELEASED
    changes = write(pairs, how=how, by=by, note="", at=at)
    work.carry(pairs, by=by)
    announce(changes, by=by)


def clean_note(note: str) -> str:
    plain = " ".join(note.replace("\x00", "").split())
    return plain[:NOTE_LENGTH]

