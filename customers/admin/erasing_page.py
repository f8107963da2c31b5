"""个人信息删除: what would go and what stays, a box to tick, then it is done for good. The owner's alone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin import person_page
from customers.admin.panels import Panel, panels
from customers.queries.person import Reader
from customers.services.erasing import erasing
from customers.services.erasing.erasers import erasers
from scrm.kit.errors import Refused

PAGE = "admin:customers_customer_erase"
LIST = "admin:customers_customer_changelist"


def page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET shows the plan, POST does exactly that plan."""
    if not request.user.has_perm(erasing.ERASE):  # type: ignore[union-attr]
        raise PermissionDenied
    customer = person_page.find(model_admin, request, object_id)
    made = erasing.plan(customer, by=request.user)
    if request.method == "POST":
        try:
            if request.POST.get("stamp") != made.stamp:
                raise erasing.stale()
            if request.POST.get("sure") != "1":
                raise Refused("erase.not_sure", _("Tick the box first: this cannot be taken back. Nothing was erased."))
            erasing.carry_out(made, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
            return redirect(PAGE, customer.pk)
        messages.success(request, _("The personal data was erased. Orders and amounts stay."))
        return redirect(LIST)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": customer,
        "title": _("Erase personal data"),
        "name": Reader(customer, request.user).name,
        "customer": customer,
        "plan": made,
        "goes": [(name, erasers[name].label, count) for name, count in made.counts.items()],
        "folded": len(made.people) - 1,
        "back": reverse(person_page.PAGE, args=[customer.pk]),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "customers/people/erase.html", context)


def panel(request: HttpRequest, reader: Reader) -> dict[str, Any] | None:
    if not request.user.has_perm(erasing.ERASE):  # type: ignore[union-attr]
        return None
    return {"link": reverse(PAGE, args=[reader.customer.pk])}


def register() -> None:
    panels.register("erase", Panel("identities", "customers/people/erase_link.html", panel))
