"""清空演示数据, asked twice: the owner types the shop's name."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.models import Customer
from scrm.kit.errors import Refused
from scrm.site.demo import building, cast, emptying
from scrm.staff.choices import Role


def may_empty(user: object) -> bool:
    return getattr(user, "role", None) == Role.OWNER


def card(user: object) -> bool:
    """Whether the home page offers to begin with one's own people."""
    return may_empty(user) and emptying.is_possible()


def empty(request: HttpRequest) -> HttpResponse:
    if not may_empty(request.user):
        raise PermissionDenied
    if building.standing() is None:
        raise Http404
    context = admin.site.each_context(request) | {
        "title": _("Empty the demo data"),
        "people": Customer.objects.count(),
        "word": cast.COMPANY,
        "possible": emptying.is_possible(),
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
