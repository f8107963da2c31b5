"""The timeline's sources about what she bought."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.choices import (
    Approval,
    OrderState,
)
from customers.models import (
    Order,
    Refund,
)
from customers.queries import orders
from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from customers.queries.timeline_words import moment, name_of
from scrm.kit import money


def _orders(reader: Reader, _group: str) -> QuerySet[Order] | None:
    if not reader.viewer.has_perm("customers.view_order"):
        return None
    return Order.objects.filter(customer=reader.customer, ordered_at__isnull=False)


def _tell_orders(rows: Sequence[Order], reader: Reader) -> Iterable[Entry]:
    beside = orders.beside([order.pk for order in rows])
    for order in rows:
        known = beside[order.pk]
        first = reader.text(known.first) or _("(no product)")
        what = first if known.lines < 2 else _("%(first)s and %(more)d more") % {"first": first, "more": known.lines - 1}
        told = []
        if order.approval in (Approval.PENDING, Approval.REJECTED):
            told.append(str(order.get_approval_display()))
        if order.state in (OrderState.CANCELLED, OrderState.PLACED):
            told.append(str(order.get_state_display()))
        if known.served:
            told.append(_("served by %(names)s") % {"names": "、".join(known.served)})
        yield Entry(
            at=moment(order.ordered_at), icon="receipt_long", tone="" if told and order.state == OrderState.CANCELLED else "good",
            title=_("Bought for %(yuan)s") % {"yuan": money.show(order.paid_fen)}, text=what, more=" · ".join(told),
            about=f"order:{order.pk}",
        )  # fmt: skip


def _refunds(reader: Reader, _group: str) -> QuerySet[Refund] | None:
    if not reader.viewer.has_perm("customers.view_order"):
        return None
    rows = Refund.objects.filter(order__customer=reader.customer, at__isnull=False)
    return rows.select_related("order", "recorded_by")


def _tell_refunds(rows: Sequence[Refund], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        number = reader.text(row.order.number)
        yield Entry(
            at=moment(row.at), icon="undo", tone="bad", by=name_of(row.recorded_by), about=f"order:{row.order_id}",
            title=_("Given back %(yuan)s") % {"yuan": money.show(row.amount_fen)},
            text=reader.text(row.reason), more=_("of order %(number)s") % {"number": number},
        )  # fmt: skip


def register() -> None:
    sources.register("orders", Source(("orders",), "ordered_at", _orders, _tell_orders))
    sources.register("refunds", Source(("orders",), "at", _refunds, _tell_refunds))
