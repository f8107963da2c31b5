"""查看记录: who looked at whose number, by employee and day. Each figure opens the customers, under the viewer's scope."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from customers.queries import looks, people
from scrm.kit import clock
from scrm.staff.models import Employee

# Among the settings, not below the customers: the site gives it its address.
PAGE = "admin:site_looks"
SPANS = (1, 7, 31)
FOUND = 20


def page(request: HttpRequest) -> HttpResponse:
    viewer: Any = request.user
    if not looks.may_see(viewer):
        raise PermissionDenied
    names = list(looks.watched(viewer))
    employee = next((one for one in names if str(one.pk) == request.GET.get("employee")), None)
    day = _day(request.GET.get("day", ""))
    context = {
        **admin.site.each_context(request),
        "title": _("Looks at numbers"),
        "limit": settings.DAILY_PHONE_LIMIT,
        "employees": names,
        "employee": employee,
        "url": reverse(PAGE),
        "media": admin.site.get_model_admin(Customer).media,
    }
    if employee is not None and day is not None:
        found, elsewhere = looks.people_on(viewer, employee, day)
        context |= {"day": day, "looks": found, "elsewhere": elsewhere}
        return TemplateResponse(request, "customers/people/looks_of_day.html", context)
    span = next((n for n in SPANS if str(n) == request.GET.get("days")), SPANS[1])
    text = request.GET.get("q", "").strip()[: people.LONGEST]
    persons = _persons(viewer, text, request.GET.get("customer", ""))
    asked = bool(text or request.GET.get("customer"))
    context |= {
        "spans": [(n, ngettext("last %(count)d day", "last %(count)d days", n) % {"count": n} if n > 1 else _("today")) for n in SPANS],
        "span": span,
        "text": text,
        "asked": asked,
        "persons": persons,
        "lines": _lines(viewer, span, employee, persons if asked else None),
    }  # fmt: skip
    return TemplateResponse(request, "customers/people/looks.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _persons(viewer: Any, text: str, pk: str) -> list[Customer]:
    """Whom the filter names: one by a link, or those whom a name or number finds, inside the viewer's scope."""
    if pk.isascii() and pk.isdecimal() and len(pk) <= 18:
        return list(Customer.everyone.visible_to(viewer).filter(pk=int(pk), erased_at=None))
    return people.search(viewer, text, limit=FOUND) if text else []


def _lines(viewer: Any, span: int, employee: Employee | None, persons: list[Customer] | None) -> list[looks.Day]:
    days = {"first": clock.days_ago(span - 1), "last": clock.today()}
    who = employee.pk if employee else None
    return looks.by_day(viewer, **days, employee=who, customers=None if persons is None else [one.pk for one in persons])
