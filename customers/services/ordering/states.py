"""What becomes of an order: placed, paid, handed over, or cancelled. One table says which moves there are, one function
makes them."""

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from customers.choices import OrderState
from customers.models import Order
from customers.models.orders import AGREED
from customers.services.ordering import approving, by_hand, listeners
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

PLACED, PAID, FULFILLED, CANCELLED = OrderState
NEXT: dict[OrderState, frozenset[OrderState]] = {
    PLACED: frozenset({PAID, CANCELLED}),
    # Cancelled only when all of the money went back.
    PAID: frozenset({FULFILLED, CANCELLED}),
    FULFILLED: frozenset(),
    CANCELLED: frozenset(),
}
# That money came in is vouched for like an approval; goods are handed over by whoever serves her.
MAY = {PAID: approving.DECIDE, FULFILLED: by_hand.ENTER, CANCELLED: approving.DECIDE}
ACTS = {PAID: "order.paid", FULFILLED: "order.fulfilled", CANCELLED: "order.cancelled"}


def doors(order: Order, by: Any) -> set[OrderState]:
    """What `by` may make of it now; the scope is the caller's to ask."""
    return {
        to for to in NEXT[OrderState(order.state)] if by.has_perm(MAY[to]) and _ready(Order.objects.all(), order, to).exists()
    }


def move(order: Order, *, to: OrderState, by: Any) -> Order:
    """Paid is all that is due, now. Of two at once, and of a form sent twice, one moves it and the other is told.

    Raises Refused: "order.not_yours_to_move"; "order.state" where it does not stand so that it could be moved there.
    """
    if not by.has_perm(MAY[to]) or not Order.objects.visible_to(by).filter(pk=order.pk).exists():
        raise Refused("order.not_yours_to_move", _("You may not do this with this order."))
    now = clock.now()
    values: dict[str, Any] = {}
    if to == PAID:
        values = {"paid_at": now, "paid_fen": F("goods_fen") - F("discount_fen") + F("freight_fen")}
    elif to == FULFILLED:
        values = {"fulfilled_at": now}
    with transaction.atomic():
        # Without a join: the condition has to be read again from the row that another one has just changed.
        if not _ready(Order.objects.all(), order, to).update(state=to, updated_at=now, **values):
            order.refresh_from_db()
            raise Refused("order.state", _why_not(order, to))
        audit.record(ACTS[to], by=by, on=order)
        listeners.tell([order.pk])
    order.refresh_from_db()
    return order


def _ready(rows: QuerySet[Order], order: Order, to: OrderState) -> QuerySet[Order]:
    rows = rows.filter(pk=order.pk, state__in=[state for state, after in NEXT.items() if to in after])
    if to == CANCELLED:
        return rows.filter(refunded_fen=F("paid_fen"))
    return rows.filter(approval__in=AGREED)


def _why_not(order: Order, to: OrderState) -> str:
    state = OrderState(order.state)
    if state == to:
        return {
            PAID: _("This order is paid already."),
            FULFILLED: _("This order is handed over already."),
            CANCELLED: _("This order is cancelled already."),
        }[to]
    if state == CANCELLED:
        return _("This order is cancelled.")
    if to == CANCELLED:
        return _("This order is paid: give the money back instead.")
    if state == FULFILLED:
        return _("This order is paid and handed over already.")
    if order.approval not in AGREED:
        return _("This order waits for approval, or is not approved. Decide on that first.")
    return _("This order is not paid yet.")
