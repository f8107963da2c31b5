"""Who has whom as a friend in WeChat, and under which remark name. simple-history keeps each version."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import RelationHow, Side
from customers.models import Customer, Relation
from customers.queries import owners
from scrm.kit import clock
from scrm.kit.errors import Refused

REMARK_LENGTH = 100


def befriend(
    customer: Customer,
    employee: Any,
    *,
    remark: str = "",
    at: datetime | None = None,
    how: str = RelationHow.UNKNOWN,
    by: Any = None,
) -> Relation:
    """Added, or added again after one lost the other: the same row, whose history keeps what was. Without `remark` the
    name stays. Two who have each other already keep their date.

    Raises Refused: relation.not_allowed (by somebody who may not write of this colleague), person.not_living,
    relation.future.
    """
    _check(customer, employee, by, at)
    when, name = at or clock.now(), _remark(remark)
    with transaction.atomic():
        relation, new = Relation.objects.select_for_update(of=("self",)).get_or_create(
            customer=customer, employee=employee, defaults={"remark": name, "added_at": when, "how": how}
        )
        if new:
            return relation
        wanted: dict[str, Any] = {"remark": name or relation.remark}
        if relation.deleted_by or relation.blocked_by:
            wanted |= {"deleted_by": "", "deleted_at": None, "blocked_by": "", "blocked_at": None, "added_at": when}
            wanted["how"] = how or relation.how
        return _write(relation, wanted)


def rename(relation: Relation, *, remark: str, by: Any = None) -> Relation:
    """The remark name as it stands in her WeChat now; "" takes it away. Raises Refused like `befriend`."""
    _check(relation.customer, relation.employee, by, None)
    with transaction.atomic():
        return _write(_locked(relation), {"remark": _remark(remark)})


def lost(relation: Relation, *, side: str, blocked: bool = False, at: datetime | None = None, by: Any = None) -> Relation:
    """`side` deleted the other, or blocked her. A contact may be both; said again of the same side the first date
    stays.

    Raises Refused like `befriend`, and: relation.side, relation.before_added.
    """
    _check(relation.customer, relation.employee, by, at)
    if side not in (Side.CUSTOMER, Side.EMPLOYEE):
        raise Refused("relation.side", _("Say who did it: the customer or we."))
    when, what = at or clock.now(), "blocked" if blocked else "deleted"
    with transaction.atomic():
        relation = _locked(relation)
        if relation.added_at is not None and when < relation.added_at:
            raise Refused("relation.before_added", _("They were no contacts yet on that day. Choose a later one."))
        if getattr(relation, f"{what}_by") == side:
            return relation
        return _write(relation, {f"{what}_by": side, f"{what}_at": when})


def _check(customer: Customer, employee: Any, by: Any, at: datetime | None) -> None:
    if by is not None and not owners.may_write_contact(by, employee):
        raise Refused("relation.not_allowed", _("You may not write down this colleague's WeChat contacts."))
    if not customer.is_living:
        raise Refused("person.not_living", _("This customer is archived or was merged; nothing was written."))
    if at is not None and at > clock.now():
        raise Refused("relation.future", _("This day is still to come. Choose today or an earlier one."))


def _locked(relation: Relation) -> Relation:
    return Relation.objects.select_for_update(of=("self",)).select_related("customer", "employee").get(pk=relation.pk)


def _write(relation: Relation, wanted: dict[str, Any]) -> Relation:
    """Only what differs: a form saved twice makes no second version."""
    changed = [name for name, value in wanted.items() if getattr(relation, name) != value]
    for name in changed:
        setattr(relation, name, wanted[name])
    if changed:
        relation.save(update_fields=changed)
    return relation


def _remark(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:REMARK_LENGTH]
