"""Accounts: adding, changing, leaving, coming back. There is always one active owner."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from scrm.kit import audit, clock, phones
from scrm.kit.errors import Refused
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee
from scrm.staff.services import login_links


@transaction.atomic
def add_employee(
    *, name: str, phone: str, role: Role, department: Department | None, by: Employee | None
) -> Employee:
    """Without a password: a login link is the way in. Raises Refused("employee.phone") for a number that is
    no mobile number, Refused("employee.exists") for one that somebody here, or somebody who left, has."""
    number = phones.normalise(phone)
    if number is None:
        raise Refused("employee.phone", _("Please enter a mobile number of 11 digits."))
    if Employee.objects.filter(phone=number).exists():
        raise Refused(
            "employee.exists",
            _("Somebody with this phone number is already here. If they left, reactivate the account."),
        )
    employee = Employee.objects.create_user(
        number, name=name, role=role, department=department, joined_on=clock.today()
    )
    audit.record("staff.add", by=by, on=employee, role=role)
    return employee


@transaction.atomic
def change_employee(employee: Employee, *, by: Employee | None, **values: Any) -> Employee:
    """Writes the given fields. A change of role is logged. Raises Refused("employee.last_owner")."""
    role_before = _locked(employee).role
    if "role" in values:
        guard_last_owner(employee, role=values["role"], is_active=employee.is_active)
    for field, value in values.items():
        setattr(employee, field, value)
    employee.save(update_fields=list(values))
    if employee.role != role_before:
        audit.record("staff.role", by=by, on=employee, before=role_before, after=employee.role)
    return employee


def may_deactivate(employee: Employee, *, by: Employee) -> None:
    """Raises Refused("employee.self") or Refused("employee.last_owner"). Inside the transaction that writes."""
    if employee.pk == by.pk:
        raise Refused("employee.self", _("You cannot deactivate your own account."))
    guard_last_owner(employee, role=employee.role, is_active=False)


@transaction.atomic
def deactivate(employee: Employee, *, by: Employee) -> Employee:
    """They left: sessions end with their next request, the password is gone, open login links are void.
    Nothing they did is touched. Refuses as `may_deactivate` does."""
    may_deactivate(employee, by=by)
    employee.is_active = False
    employee.left_on = clock.today()
    # A new password hash ends every session for good, also after a return.
    employee.set_unusable_password()
    employee.save(update_fields=["is_active", "left_on", "password"])
    login_links.revoke(employee)
    audit.record("staff.deactivate", by=by, on=employee)
    return employee


@transaction.atomic
def reactivate(employee: Employee, *, by: Employee) -> Employee:
    """They are back, with the role they had; the way in is a new login link."""
    employee.is_active = True
    employee.left_on = None
    employee.save(update_fields=["is_active", "left_on"])
    audit.record("staff.reactivate", by=by, on=employee)
    return employee


def guard_last_owner(employee: Employee, *, role: str, is_active: bool) -> None:
    """Raises Refused("employee.last_owner") if nobody would own the shop afterwards. Call inside the
    transaction that writes: the owners' rows stay locked until then, so that two owners cannot remove each
    other."""
    owners = Employee.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("pk")
    remaining = {owner.pk for owner in owners}
    if employee.pk not in remaining or (role == Role.OWNER and is_active):
        return
    if remaining == {employee.pk}:
        raise Refused(
            "employee.last_owner",
            _("This is the last owner. Make somebody else an owner first."),
        )


def _locked(employee: Employee) -> Employee:
    return Employee.objects.select_for_update().get(pk=employee.pk)
