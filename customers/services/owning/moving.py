"""The one place that writes an owner for many: lock, decide, write, tell. A slice of at most SLICE people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from customers.models import Customer, OwnerChange
from customers.services.owning import telling
from customers.services.owning import work as tasks
from scrm.staff.choices import DepartmentKind
from scrm.staff.models import Employee

SLICE = 1_000
Choose = Callable[[list[int]], Mapping[int, Employee | None]]


def everyone_to(employee: Employee | None) -> Choose:
    return lambda people: dict.fromkeys(people, employee)


def move(
    rows: QuerySet[Customer], choose: Choose, *, how: str, by: Any, note: str, at: datetime, work: bool = True
) -> list[OwnerChange]:
    """Inside a transaction. `rows` (SLICE at most, without joins) are locked first: two who want the same one come
    after each other, and the second no longer finds her under the condition that `rows` carries. `choose` says for
    the locked ids, in their order, to whom each goes.

    Whoever belongs to no store gets that of the new owner, so that the manager there sees her; a store she has stays:
    it is where she goes, whoever looks after her. `work`: open tasks go along (a hand-over does that at its end).
    """
    locked = dict(
        rows.select_related(None).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", "owner_id")
    )
    wanted = choose(list(locked))
    pairs = {
        pk: (locked[pk], employee.pk if employee else None)
        for pk, employee in wanted.items()
        if locked[pk] != (employee.pk if employee else None)
    }
    groups: dict[Employee | None, list[int]] = {}
    for pk in pairs:
        groups.setdefault(wanted[pk], []).append(pk)
    for employee, pks in groups.items():
        values: dict[str, Any] = {"owner": employee, "updated_at": at}
        if employee is not None and (store := store_of(employee)) is not None:
            values["store"] = Coalesce("store", Value(store))
        Customer.everyone.filter(pk__in=pks).order_by().update(**values)
    if not pairs:
        return []
    changes = telling.write(pairs, how=how, by=by, note=note, at=at)
    if work:
        tasks.carry(pairs, by=by)
    return changes


def store_of(employee: Employee) -> int | None:
    """None for head office: a department that is no store has no visitors."""
    place = employee.department
    return place.pk if place is not None and place.kind == DepartmentKind.STORE else None


def ids_of(rows: QuerySet[Customer], limit: int) -> list[int]:
    """At most `limit`, in their order; whatever the query of a list joins and fetches beside them is left out."""
    plain = rows.select_related(None).prefetch_related(None).order_by("pk")
    return list(dict.fromkeys(plain.values_list("pk", flat=True)[:limit]))
