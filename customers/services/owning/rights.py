"""Who may give customers to whom. Each refusal says what to do instead."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from customers.queries import colleagues, owners
from scrm.kit.errors import Refused
from scrm.staff.choices import Role
from scrm.staff.models import Employee


def require_assign(by: Any) -> None:
    if by is not None and not (by.is_active and colleagues.may_assign(by)):
        raise Refused("owner.assign_not_allowed", _("You may not change who looks after a customer. Ask your manager."))


def require_claim(by: Any) -> None:
    if not owners.may_claim(by):
        raise Refused("owner.claim_not_allowed", _("You may not take customers from the pool. Ask your manager."))


def targets(employees: Iterable[Any], *, by: Any) -> list[Employee]:
    """As they stand now, in the order of their ids; locked until the transaction ends, so that nobody leaves while
    customers are put into her hands. Raises Refused: "owner.nobody", "owner.left", "owner.agency",
    "owner.not_yours"."""
    pks = {getattr(employee, "pk", employee) for employee in employees}
    rows = Employee.objects.filter(pk__in=pks).select_related("department")
    # No key: what others write about her meanwhile does not wait for this.
    found = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    if not pks or len(found) != len(pks):
        raise Refused("owner.nobody", _("Choose at least one colleague who works here."))
    theirs = None if by is None else set(colleagues.owners_of(by).filter(pk__in=pks).values_list("pk", flat=True))
    for employee in found:
        if not employee.is_active:
            said = _("%(name)s has left. Choose a colleague who works here.")
            raise Refused("owner.left", said % {"name": employee.name})
        if employee.role == Role.AGENCY:
            said = _("%(name)s is an agency, which looks after no customers. Choose a colleague.")
            raise Refused("owner.agency", said % {"name": employee.name})
        if theirs is not None and employee.pk not in theirs:
            said = _("%(name)s is not in your department. Choose a colleague of your own, or ask the owner.")
            raise Refused("owner.not_yours", said % {"name": employee.name})
    return found
