"""Stores and owners that an employee may see or choose for a customer."""

from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Customer
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Department, Employee
from scrm.staff.scope import places_of

ASSIGN = "customers.assign_customer"


def stores_of(employee: Any) -> QuerySet[Department]:
    """The whole tree, her branch of it, or her own store. Closed ones last."""
    rows = Department.objects.order_by("-is_active", "path", "id")
    if employee.row_scope == Scope.ALL:
        return rows
    places = places_of(employee)
    return rows.filter(pk=employee.department_id) if places is None else rows.filter(pk__in=places)


def owners_of(employee: Any) -> QuerySet[Employee]:
    """Everyone, the people of her branch, or herself; never an agency. Those who left come last."""
    rows = Employee.objects.exclude(role=Role.AGENCY).order_by("-is_active", "name", "id")
    if employee.row_scope == Scope.ALL:
        return rows
    places = places_of(employee)
    return rows.filter(pk=employee.pk) if places is None else rows.filter(department__in=places)


def may_assign(employee: Any) -> bool:
    """Whether she may choose another owner than herself; whom, says `owners_of`."""
    return bool(employee.has_perm(ASSIGN))


def may_have_served(employee: Any) -> QuerySet[Employee]:
    """Whom she may name as having served: her people, and whoever works in the same store as she does."""
    here = Q(pk__in=owners_of(employee).order_by().values("pk"))
    if employee.department_id is not None:
        here |= Q(department=employee.department_id)
    rows = Employee.objects.filter(here, is_active=True).exclude(role=Role.AGENCY)
    return rows.order_by("name", "id")


def may_choose_owner(by: Any, owner: Employee | None) -> bool:
    """A new owner: herself always, nobody or another only with the right to assign, and only her people."""
    if owner is not None and owner.pk == by.pk:
        return True
    if not may_assign(by):
        return False
    return owner is None or owners_of(by).filter(pk=owner.pk, is_active=True).exists()


def may_choose_store(by: Any, store: Department | None) -> bool:
    return store is None or stores_of(by).filter(pk=store.pk).exists()


def choices_for(by: Any, customer: Customer | None) -> tuple[QuerySet[Department], QuerySet[Employee]]:
    """Stores and owners a form offers: those in use inside her reach, and what the person has already."""
    stores, owners = stores_of(by), owners_of(by)
    active = Q(is_active=True)
    if customer is None or customer.pk is None:
        return stores.filter(active), owners.filter(active)
    return (
        Department.objects.filter(Q(pk__in=stores.filter(active).values("pk")) | Q(pk=customer.store_id)),
        Employee.objects.filter(Q(pk__in=owners.filter(active).values("pk")) | Q(pk=customer.owner_id)),
    )
