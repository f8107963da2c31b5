"""Whose rows an employee sees: one method for lists, autocompletes, actions, exports, boards and the API alike."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from scrm.kit.registry import Registry
from scrm.staff.choices import Role, Scope

# Apps above add rows for an employee (an agency's assigned campaigns): model label → Q to OR in.
scope_providers: Registry[Callable[[Any, Any], Q | None]] = Registry("scope provider")


def rule(employee: Any, *, owner: str = "owner", department: str = "store", model: Any = None) -> Q | None:
    """The filter for one employee, or None for "every row".

    `owner` and `department` are lookups from the model to the employee and to the store.
    DEPARTMENT shows the store's rows and those owned by its people; BELOW the same for the subtree.
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
        place = employee.department if row_scope != Scope.SELF else None
        if place is not None and row_scope == Scope.DEPARTMENT:
            seen |= Q(**{department: place.pk}) | Q(**{f"{owner}__department": place.pk})
        elif place is not None:
            seen |= Q(**{f"{department}__path__startswith": place.path}) | Q(
                **{f"{owner}__department__path__startswith": place.path}
            )
    for provider in scope_providers:
        more = provider(employee, model)
        if more is not None:
            seen |= more
    return seen


def limit[Q_: QuerySet[Any]](
    rows: Q_, employee: Any, *, owner: str = "owner", department: str = "store"
) -> Q_:
    """`rows` cut down to what the employee may see."""
    seen = rule(employee, owner=owner, department=department, model=rows.model)
    return rows if seen is None else rows.filter(seen)
