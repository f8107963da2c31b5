"""The page of one order opens to be read."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.admin.orders.listing import state_of
from customers.choices import Approval, OrderState
from customers.models import Order
from customers.queries.order import BESIDE, Reader
from customers.services.ordering import approving, states
from customers.services.people import ARCHIVE

PAGE = "admin:customers_order_change"


def find(model_admin: Any, request: HttpRequest, object_id: str) -> Order:
    """Inside the viewer's scope, or 404."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    rows: Any = Order.objects.visible_to(request.user).select_related(*BESIDE)
    try:
        order: Order = rows.get(pk=int(object_id))
    except (ValueError, OverflowError, Order.DoesNotExist):
        raise Http404 from None
    return order


def read(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    order = find(model_admin, request, object_id)
    return TemplateResponse(request, "customers/orders/page.html", context(model_admin, request, order))


def context(model_admin: Any, request: HttpRequest, order: Order) -> dict[str, Any]:
    viewer: Any = request.user
    reader = Reader(order, viewer)
    her = order.customer
    doors = states.doors(order, viewer)
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": order,
        "title": _("Order %(number)s") % {"number": reader.number},
        "order": order,
        "reader": reader,
        "state": state_of(order),
        "lines": reader.lines(),
        "refunds": reader.refunds(),
        "served": reader.served(),
        "may_open_customer": her.is_living or (viewer.has_perm(ARCHIVE) and not her.merged_into_id and not her.erased_at),
        "may_open_import": order.batch_id is not None and viewer.has_perm("customers.view_importbatch"),
        "may_refund": viewer.has_perm("customers.add_refund") and reader.counts and order.net_fen > 0,
        "may_be_paid": OrderState.PAID in doors,
        "may_be_handed_over": OrderState.FULFILLED in doors,
        "may_cancel": OrderState.CANCELLED in doors,
        "may_enter_again": order.approval == Approval.REJECTED and her.is_living and viewer.has_perm("customers.add_order"),
        "waits": order.approval == Approval.PENDING,
        "may_decide": order.approval == Approval.PENDING and approving.may_decide(viewer, order),
        "media": model_admin.media,
    }
