"""The list of orders: what one viewer may read of each row, in a constant number of queries."""

from typing import Any

from django.contrib.admin import display as plain
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.people_list import import_url
from customers.choices import Approval, source_label
from customers.models import Order
from customers.queries import disclosure, orders
from scrm.kit import money
from scrm.kit.admin import HouseList

APPROVALS = {
    Approval.PENDING: gettext_lazy("waits for approval"),
    Approval.REJECTED: gettext_lazy("not approved"),
}


class OrderList(HouseList):
    """Marks every row with what this viewer may read, as PeopleList does."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Who bought comes in a query of its own: with a join all orders of an import would be joined to be sorted."""
        return super().get_queryset(request, *args, **kwargs).prefetch_related("customer")

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        full = disclosure.sees_full_phones(request.user)
        self.masked = not full
        self.cut = getattr(request, "people_cut", False)
        self.import_url = import_url(request.user)
        self.may_enter = request.user.has_perm("customers.add_order")  # type: ignore[union-attr]
        self.mistakes = [said for spec in self.filter_specs for said in getattr(spec, "mistakes", [])]
        chosen = [spec.lookup_choices for spec in self.filter_specs if spec.parameter_name == "customer"]
        self.of_customer = chosen[0][0] if chosen and chosen[0] else None
        known = orders.beside([order.pk for order in self.result_list])
        for order in self.result_list:
            beside = known[order.pk]
            order.shown_number = disclosure.text_for(full, order.number)
            order.buyer_name = disclosure.text_for(full, order.customer.name) or str(_("(no name)"))
            order.buyer_phone = order.customer.masked_phone
            order.shown_source = disclosure.text_for(full, source_label(order.source))
            order.shown_bought = bought(disclosure.text_for(full, beside.first), beside.lines)
            order.shown_served = "、".join(beside.served)


def bought(first: str, lines: int) -> str:
    """The first product and how many lines more."""
    first = first or (gettext("(no product)") if lines else "")
    if lines < 2:
        return first
    return gettext("%(first)s and %(more)s more") % {"first": first, "more": lines - 1}


def state_of(order: Order) -> str:
    """What became of it; an order that nobody agreed to is that before all else."""
    return str(APPROVALS.get(Approval(order.approval), order.get_state_display()))


class OrderColumns:
    """Mixin of the ModelAdmin: the columns, each from what OrderList put on the row."""

    @display(description=_("order number"))
    def shown_number(self, order: Any) -> str:
        return order.shown_number

    @display(description=_("customer"))
    def buyer(self, order: Any) -> SafeString:
        return format_html(
            '<span class="order-buyer">{} <span class="order-phone">{}</span></span>', order.buyer_name, order.buyer_phone
        )

    @display(description=_("ordered at"))
    def when(self, order: Any) -> str:
        at = order.ordered_at
        return date_format(localtime(at), "Y-m-d H:i") if at else gettext("not known")

    @display(description=_("bought"))
    def shown_bought(self, order: Any) -> str:
        return order.shown_bought

    @plain(description=_("paid"))
    def paid(self, order: Any) -> str:
        return money.show(order.paid_fen)

    @plain(description=_("refunded"))
    def refunded(self, order: Any) -> str:
        return money.show(order.refunded_fen) if order.refunded_fen else ""

    @display(description=_("state"))
    def shown_state(self, order: Any) -> SafeString:
        kind = "order-waits" if order.approval == Approval.PENDING else f"order-{order.approval or order.state}"
        return format_html('<span class="scrm-tag {}">{}</span>', kind, state_of(order))

    @display(description=_("who served"))
    def shown_served(self, order: Any) -> str:
        return order.shown_served

    @display(description=_("where from"))
    def shown_source(self, order: Any) -> str:
        return order.shown_source
