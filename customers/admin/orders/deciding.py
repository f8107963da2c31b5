"""Approving, rejecting, cancelling: what the buttons of an order's page do."""

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
from customers.services.ordering import approving
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


def cancel(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    order = page.find(model_admin, request, object_id)
    if not request.user.has_perm(approving.DECIDE):  # type: ignore[union-attr]
        raise PermissionDenied
    if request.method == "POST" or order.state != OrderState.PLACED:
        try:
            approving.cancel(order, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("The order is cancelled."))
        return redirect(page.PAGE, order.pk)
    request.crumb = _("Cancel the order")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": order,
        "title": _("Cancel this order?"),
        "lines": [_("Nothing was paid for it. It stays in the list as cancelled, and cannot be opened again.")],
        "button": _("Cancel the order"),
        "danger": True,
        "back": reverse(page.PAGE, args=[order.pk]),
    }
    return TemplateResponse(request, "admin/confirm.html", context)
