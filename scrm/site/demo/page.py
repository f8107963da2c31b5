"""清空演示数据, asked twice: the owner types the shop's name."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from scrm.kit.errors import Refused
from scrm.site.demo import building, cast, emptied, emptying
from scrm.staff.choices import Role


def may_empty(user: object) -> bool:
    return getattr(user, "role", None) == Role.OWNER


def card(user: object) -> dict[str, str] | None:
    """What the home page says of the demo to the owner: how to begin with one's own people, or, in `why`, why it can
    no longer be emptied and what to do instead."""
    if not may_empty(user) or building.standing() is None:
        return None
    work = emptying.own_work()
    return {"why": why_not(work), "link": _mended_at(work)}


def own_shop(user: Any) -> dict[str, bool] | None:
    """What an emptied demo tells its owner on the still empty home page: how it is started from now on, and whether
    she has yet to choose the password that lets her in without a link."""
    if not may_empty(user) or not emptied.was():
        return None
    return {"no_password": not user.has_usable_password()}


def why_not(work: list[str]) -> str:
    """One sentence; blank as long as nothing stands in the way."""
    if "staff.employee" in work:
        return _(
            "The demo data can no longer be emptied as a whole, because you have added colleagues of your own: archive "
            "the demo customers and deactivate the demo staff, or ask whoever installed the system for a fresh one."
        )
    if "customers.importbatch" in work:
        return _(
            "The demo data can no longer be emptied as a whole, because you have imported a sheet of your own: undo "
            "that import and it can be emptied again; the sheet can be imported once more afterwards."
        )
    if "campaigns.campaign" in work:
        return _(
            "The demo data can no longer be emptied as a whole, because you have made a campaign of your own: ask whoever "
            "installed the system for a fresh one, and make it there."
        )
    if work:
        return _(
            "The demo data can no longer be emptied as a whole, because you have added customers of your own: archive "
            "them and it can be emptied again, or ask whoever installed the system for a fresh one."
        )
    return ""


def _mended_at(work: list[str]) -> str:
    """The list where what stands in the way can be taken back."""
    if "staff.employee" in work:
        return reverse("admin:staff_employee_changelist")
    if "customers.importbatch" in work:
        return reverse("admin:customers_importbatch_changelist")
    if "campaigns.campaign" in work:
        return reverse("admin:campaigns_campaign_changelist")
    return reverse("admin:customers_customer_changelist") if work else ""


def empty(request: HttpRequest) -> HttpResponse:
    if not may_empty(request.user):
        raise PermissionDenied
    if building.standing() is None:
        raise Http404
    context = admin.site.each_context(request) | {
        "title": _("Empty the demo data"),
        "people": Customer.objects.count(),
        "word": cast.COMPANY,
        "why": why_not(emptying.own_work()),
    }
    if request.method == "POST":
        if request.POST.get("typed", "").strip() == cast.COMPANY:
            try:
                emptying.empty(by=request.user)  # type: ignore[arg-type]
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("The demo data are gone. The shop is yours now."))
                return redirect("admin:index")
        else:
            context["wrong"] = True
    return TemplateResponse(request, "admin/empty_demo.html", context)
