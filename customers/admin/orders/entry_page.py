"""录单: an order by hand, from the customer's page; and the products it may name."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.admin.orders.entry_form import FIELDS, LineSet, OrderForm, ServedSet
from customers.admin.orders.page import PAGE
from customers.choices import Approval, OrderState
from customers.models import Customer, Order
from customers.queries import colleagues, disclosure, products
from customers.services.ordering import by_hand
from scrm.kit import money, uploads
from scrm.kit.errors import Refused


def enter(model_admin: Any, request: HttpRequest, customer_id: str) -> HttpResponse:
    viewer: Any = request.user
    if not viewer.has_perm(by_hand.ENTER):
        raise PermissionDenied
    try:
        customer = Customer.objects.visible_to(viewer).select_related("store").get(pk=int(customer_id))
    except (ValueError, OverflowError, Customer.DoesNotExist):
        raise Http404 from None
    sent = request.method == "POST"
    data, files = (request.POST, request.FILES) if sent else (None, None)
    people = colleagues.may_have_served(viewer)
    form = OrderForm(data, files, viewer=viewer, customer=customer)
    lines = LineSet(data, prefix="lines")
    served = ServedSet(
        data, prefix="served", form_kwargs={"people": people}, initial=[{"employee": viewer.pk, "share": "100"}]
    )
    if sent and uploads.too_large(request):
        form.add_error("proof", _("The picture is larger than %(limit)d MB.") % {"limit": 10})
    if sent and all([form.is_valid(), lines.is_valid(), served.is_valid()]):
        order = _enter(form, lines, served, customer, viewer)
        if order is not None:
            messages.success(request, _said(order))
            return redirect(PAGE, order.pk)
    if sent and "proof" in request.FILES and "proof" not in form.errors:
        form.add_error("proof", _("Choose the picture again: browsers do not keep it."))
    name = disclosure.text_for(disclosure.sees_full_phones(viewer), customer.name) or _("(no name)")
    request.crumb = _("Enter an order")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Enter an order"),
        "customer": customer,
        "name": name,
        "form": form,
        "amounts": [form[part] for part in ("discount", "freight", "paid", "stored_value")],
        "more": [form[part] for part in ("ordered_at", "store", "proof", "note")],
        "lines": lines,
        "served": served,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "customers/orders/enter.html", context)


def _enter(form: OrderForm, lines: Any, served: Any, customer: Customer, by: Any) -> Order | None:
    """None when the service refuses, with its sentence at the part it is about."""
    data = form.cleaned_data
    try:
        return by_hand.enter(
            customer,
            by=by,
            items=[line.item() for line in lines if line.has_changed()],
            served=[one.credit() for one in served if one.cleaned_data.get("employee")],
            key=data["key"],
            discount_fen=data["discount"] or 0,
            freight_fen=data["freight"] or 0,
            stored_value_fen=data["stored_value"] or 0,
            paid_fen=data["paid"],
            ordered_at=data["ordered_at"],
            store=data["store"],
            proof=data["proof"],
            note=data["note"],
        )
    except Refused as no:
        part = no.code.partition(".")[0]
        if part in ("items", "served"):
            {"items": lines, "served": served}[part].refused = str(no)
        else:
            form.add_error(part if part in FIELDS else None, str(no))
    return None


def _said(order: Order) -> str:
    paid = money.show(order.paid_fen)
    if order.approval == Approval.PENDING:
        return _("The order of %(paid)s is entered. It counts once a colleague has approved it.") % {"paid": paid}
    if order.state == OrderState.PLACED:
        return _("The order is entered. It counts once it is paid.")
    return _("The order of %(paid)s is entered.") % {"paid": paid}


def suggest(model_admin: Any, request: HttpRequest) -> JsonResponse:
    """Products on sale whose name or code holds what is being typed."""
    if not request.user.has_perm(by_hand.ENTER):  # type: ignore[union-attr]
        raise PermissionDenied
    found = products.on_sale(request.GET.get("q", "")[:60])
    full = disclosure.sees_full_phones(request.user)
    return JsonResponse(
        {
            "products": [
                {
                    "id": product.pk,
                    "name": disclosure.text_for(full, product.name),
                    "code": product.code,
                    "price": "" if product.price_fen is None else f"{money.yuan(product.price_fen):.2f}",
                }
                for product in found
            ]
        }
    )
