"""Orders: the list, and the doors to what is done with one."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from customers.admin import export_action
from customers.admin.orders import deciding, entry_page, filters, page, refund_page
from customers.admin.orders.listing import OrderColumns, OrderList
from customers.choices import OrderState
from customers.models import Order
from customers.queries import orders
from customers.services.exporting import running as exporting
from scrm.kit.admin import PAGE, BigTableAdmin


@admin.register(Order)
class OrderAdmin(OrderColumns, BigTableAdmin):
    list_display = (
        "shown_number", "buyer", "when", "shown_bought", "paid", "refunded", "shown_state", "shown_served", "shown_source",
    )  # fmt: skip
    list_filter = (
        filters.DaysFilter,
        filters.WaitingFilter,
        filters.StateFilter,
        filters.SourceFilter,
        filters.ChannelFilter,
        filters.ServedFilter,
        filters.ProductFilter,
        filters.StoreFilter,
        filters.CustomerFilter,
        filters.BatchFilter,
    )
    list_filter_submit = True
    list_before_template = "customers/orders/before.html"
    ordering = ("-ordered_at", "-id")
    # Only switches the search box on; orders.matching does the work.
    search_fields = ("number",)
    search_help_text = _("Order number, customer's name or phone number")
    empty_value_display = ""
    actions = ("export",)

    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css"]}
        js = ["customers/orders.js"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*self.list_filter, *filters.more_filters]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._url("products/", self.suggest_view, "suggest"),
            self._url("enter/<path:customer_id>/", self.enter_view, "enter"),
            self._url("<path:object_id>/refund/", self.refund_view, "refund"),
            self._url("<path:object_id>/paid/", self.paid_view, "paid"),
            self._url("<path:object_id>/handed-over/", self.handed_over_view, "handed_over"),
            self._url("<path:object_id>/cancel/", self.cancel_view, "cancel"),
            self._url("<path:object_id>/decide/", require_POST(self.decide_view), "decide"),
            *super().get_urls(),
        ]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(view)(*args, **kwargs), view)
        return path(route, wrapped, name=f"customers_order_{name}")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not from here: an order by hand begins with the customer."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An order is read; what is done with it has doors of its own."""
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return page.read(self, request, object_id)

    def refund_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return refund_page.give_back(self, request, object_id)

    def paid_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return deciding.turn(self, request, object_id, OrderState.PAID)

    def handed_over_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return deciding.turn(self, request, object_id, OrderState.FULFILLED)

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return deciding.turn(self, request, object_id, OrderState.CANCELLED)

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return deciding.decide(self, request, object_id)

    def enter_view(self, request: HttpRequest, customer_id: str) -> HttpResponse:
        return entry_page.enter(self, request, customer_id)

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        return entry_page.suggest(self, request)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    @admin.action(description=_("Export"), permissions=["export"])
    def export(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return export_action.ask(self, request, queryset, "orders")

    def has_export_permission(self, request: HttpRequest) -> bool:
        return exporting.may_export(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OrderList]:
        return OrderList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return Order.objects.visible_to(request.user)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Order], bool]:
        rows, request.people_cut = orders.matching(queryset, request.user, search_term)  # type: ignore[attr-defined]
        return rows, False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Nothing but the filters: ?customer__phone__startswith=1380 would spell masked numbers out."""
        shown = {shown.parameter_name for shown in (*self.list_filter, *filters.more_filters)}
        return lookup in shown | {PAGE, filters.FROM, filters.TO}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """A foreign order and one that never was look alike."""
        raise Http404
