"""What a colleague says to an order entered by hand."""

from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.choices import Approval
from customers.models import Order
from customers.services.ordering import listeners
from scrm.kit import audit, clock
from scrm.kit.errors import Refused
from scrm.staff.choices import Role

DECIDE = "customers.change_order"
HEAD_OFFICE = (Role.OWNER, Role.OPERATOR)


def needs_nobody(by: Any) -> bool:
    """Whoever may approve enters orders that count at once."""
    return bool(by.has_perm(DECIDE))


def may_decide(by: Any, order: Order) -> bool:
    """Nobody decides on what they entered themselves, but head office; the scope is the caller's to ask."""
    return bool(by.has_perm(DECIDE)) and (order.entered_by_id != by.pk or by.role in HEAD_OFFICE)


def approve(order: Order, *, by: Any, note: str = "") -> Order:
    """From now on it counts. Raises Refused: "order.not_yours_to_decide"; "order.decided" for the second of two."""
    return _decide(order, Approval.APPROVED, by, note)


def reject(order: Order, *, by: Any, note: str) -> Order:
    """It never counts. Raises Refused like `approve`, and "order.no_reason" without a note."""
    if not note.strip():
        raise Refused("order.no_reason", _("Write why, so that whoever entered it knows what to do."))
    return _decide(order, Approval.REJECTED, by, note)


def _decide(order: Order, to: Approval, by: Any, note: str) -> Order:
    if not may_decide(by, order) or not _sees(by, order):
        raise Refused("order.not_yours_to_decide", _("Somebody else has to decide on this order."))
    with transaction.atomic():
        # Without a join: the condition has to be read again from the row that another one has just changed.
        changed = Order.objects.filter(pk=order.pk, approval=Approval.PENDING).update(
            approval=to, approved_by=by, approved_at=clock.now(), approval_note=note.strip()[:200], updated_at=clock.now()
        )
        if not changed:
            raise Refused("order.decided", _decided(order.pk))
        audit.record("order.approved" if to == Approval.APPROVED else "order.rejected", by=by, on=order)
        listeners.tell([order.pk])
    order.refresh_from_db()
    return order


def _sees(by: Any, order: Order) -> bool:
    return Order.objects.visible_to(by).filter(pk=order.pk).exists()


def _decided(pk: int) -> str:
    now = Order.objects.select_related("approved_by").get(pk=pk)
    if now.approval == Approval.NONE or now.approved_by is None or now.approved_at is None:
        return _("This order does not wait for approval.")
    said = {
        Approval.APPROVED: _("%(name)s has approved this order already, on %(at)s."),
        Approval.REJECTED: _("%(name)s has rejected this order already, on %(at)s."),
    }[Approval(now.approval)]
    at = date_format(localtime(now.approved_at), "Y-m-d H:i")
    return said % {"name": now.approved_by.name, "at": at}
