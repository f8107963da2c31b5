"""Whose rows an employee sees: one method for lists, autocompletes, actions, exports, boards and the API
alike."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from scrm.kit.registry import Registry
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Department, Employee

# Apps above add rows for an employee (an agency's assigned campaigns): (employee, model) → Q to OR in, or
# None.
scope_providers: Registry[Callable[[Any, Any], Q | None]] = Registry("scope provider")


def rule(
    employee: Any, *, owner: str = "owner", department: str = "store", model: Any = None, listed: bool = False
) -> Q | None:
    """The filter for one employee, or None for "every row". Nobody, and nobody who left, sees any row.

    `owner` and `department` are lookups from the model to the employee and to the store.
    DEPARTMENT shows the store's rows and those owned by its people; BELOW the same for the subtree. Without a
    store of their own, both show what SELF shows. `listed` asks for the stores and people beforehand, two short
    queries: behind a join PostgreSQL would not use its indexes for the subqueries.
    """
    row_scope = employee.row_scope if employee is not None and employee.is_active else None
    if row_scope is None:
        return Q(pk__in=[])
    if row_scope == Scope.ALL:
        return None
    if employee.role == Role.AGENCY:
        seen = Q(pk__in=[])
    else:
        seen = Q(**{owner: employee.pk})
        places = places_of(employee)
        if places is not None:
            stores: Any = places.values("pk")
            people: Any = Employee.objects.filter(department__in=stores).order_by().values("pk")
            if listed:
                stores = list(places.values_list("pk", flat=True))
                people = list(Employee.objects.filter(department__in=stores).order_by().values_list("pk", flat=True))
            seen |= Q(**{f"{department}__in": stores}) | Q(**{f"{owner}__in": people})
    for provider in scope_providers:
        more = provider(employee, model)
        if more is not None:
            seen |= more
    return seen


def places_of(employee: Employee) -> QuerySet[Department] | None:
    """The departments whose rows an employee sees beside the own ones; None where there are none."""
    row_scope = employee.row_scope
    if row_scope not in {Scope.DEPARTMENT, Scope.BELOW} or (place := employee.department) is None:
        return None
    here = Q(pk=place.pk)
    if row_scope == Scope.BELOW and place.path:  # a blank path would be a prefix of everything
        here |= Q(path__startswith=place.path)
    return Department.objects.filter(here).order_by()


def limit[Q_: QuerySet[Any]](
    rows: Q_, employee: Any, *, owner: str = "owner", department: str = "store", listed: bool = False
) -> Q_:
    """`rows` cut down to what the employee may see."""
    seen = rule(employee, owner=owner, department=department, model=rows.model, listed=listed)
    return rows if seen is None else rows.filter(seen)
