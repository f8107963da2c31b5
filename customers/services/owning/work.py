"""Open tasks when somebody else comes to look after a customer."""

from collections.abc import Mapping
from typing import Any

from customers.choices import TaskReason, TaskState
from customers.models import Task
from scrm.kit import clock

# What an owner does for her customer. A call-back after a bad feeling stays with whoever was asked for it.
OWNERS_WORK = (TaskReason.FOLLOW_UP, TaskReason.NO_SHOW, TaskReason.WIN_BACK, TaskReason.BIRTHDAY, TaskReason.OTHER)


def carry(pairs: Mapping[int, tuple[int | None, int | None]], *, by: Any) -> None:
    """Open tasks of the one who had her go to the one who has her. Out of the pool comes with what the owner has to
    do; into the pool goes with nobody's work: it falls to whoever gave her back, so that nothing agreed is lost.
    "Newly assigned" is no longer needed by who has her no more."""
    going: dict[int, list[int]] = {}
    dropped: list[int] = []
    tasks = Task.objects.open().filter(customer__in=list(pairs)).order_by("pk")
    for pk, customer, employee, reason in tasks.values_list("pk", "customer_id", "employee_id", "reason"):
        before, after = pairs[customer]
        hers = employee == before
        heir = after or (by.pk if by else None)
        if hers and reason == TaskReason.ASSIGNED:
            dropped.append(pk)
        elif heir is not None and employee != heir and (hers or (before is None and reason in OWNERS_WORK)):
            going.setdefault(heir, []).append(pk)
    for employee, pks in going.items():
        Task.objects.open().filter(pk__in=pks).update(employee=employee)
    if dropped:
        drop(Task.objects.filter(pk__in=dropped), by=by)


def drop(tasks: Any, *, by: Any) -> int:
    """No longer needed; who has them done already keeps them so."""
    return int(tasks.open().update(state=TaskState.DROPPED, done_at=clock.now(), done_by=by.pk if by else None))
