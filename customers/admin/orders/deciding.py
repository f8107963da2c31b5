"""Approving, rejecting; paid, handed over, cancelled: what the buttons of an order's page do."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.orders import page
from customers.choices import OrderState
from customers.models import Order
from customers.services.ordering import approving, states
from scrm.kit import money
from scrm.kit.errors import Refused


def decide(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    order = page.find(model_admin, request, object_id)
    if not approving.may_decide(request.user, order):
        raise PermissionDenied
    note = request.POST.get("note", "")
    act, done = (
        (approving.reject, _("The order is not approved. It is in no figure; whoever entered it sees your note."))
        if request.POST.get("decision") == "reject"
        else (approving.approve, _("The order is approved and counts from now on."))
    )
    try:
        act(order, by=request.user, note=note)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, done)
    return redirect(page.PAGE, order.pk)


def turn(model_admin: Any, request: HttpRequest, object_id: str, to: OrderState) -> HttpResponse:
    """Asks, then moves it; what cannot be moved any more says why."""
    order = page.find(model_admin, request, object_id)
    if not request.user.has_perm(states.MAY[to]):  # type: ignore[union-attr]
        raise PermissionDenied
    title, line, button, done = _words(order, to)
    if request.method == "POST" or to not in states.doors(order, request.user):
        try:
            states.move(order, to=to, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, done)
        return redirect(page.PAGE, order.pk)
    request.crumb = button  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": order,
        "title": title,
        "lines": [line],
        "button": button,
        "danger": to == OrderState.CANCELLED,
        "back": reverse(page.PAGE, args=[order.pk]),
    }
    return TemplateResponse(request, "admin/confirm.html", context)


def _words(order: Order, to: OrderState) -> tuple[str, str, str, str]:
    """(title, what it means, button, done)"""
    due = money.show(order.due_fen)
    if to == OrderState.PAID:
        return (
            _("Was this order paid?"), _("%(due)s came in. From now on the order counts in all figures.") % {"due": due},
            _("Paid: %(due)s") % {"due": due}, _("%(due)s is paid.") % {"due": due},
        )  # fmt: skip
    if to == OrderState.FULFILLED:
        return (
            _("Hand this order over?"), _("The customer has got everything that she paid for."), _("Yes, handed over"),
            _("The order is handed over."),
        )  # fmt: skip
    nothing = _("Nothing was paid for it. It stays in the list as cancelled, and cannot be opened again.")
    all_back = _("All of the money was given back. It stays in the list as cancelled, and cannot be opened again.")
    return (
        _("Cancel this order?"), all_back if order.paid_fen else nothing, _("Cancel the order"), _("The order is cancelled."),
    )  # fmt: skip
