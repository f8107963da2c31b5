"""Pages behind the buttons of an employee: a GET asks and says what will happen, a POST does it.

Each is reached through an unfold action whose permission method was asked already; each fetches its row
through the admin's own queryset.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from scrm.kit.errors import Refused
from scrm.staff import leaving
from scrm.staff.models import Employee
from scrm.staff.services import employees, locks, login_links

LOOPBACK = ("//127.0.0.1", "//localhost", "//[::1]")


def login_link(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    employee = model_admin.object_or_404(request, object_id)
    if request.method == "POST":
        return show_link(model_admin, request, employee)
    return _ask(
        model_admin,
        request,
        employee,
        title=_("A login link for %(name)s") % {"name": employee.name},
        lines=[
            _(
                "It works once and for 7 days. Whoever opens it is logged in as %(name)s and chooses a new password."
            )
            % {"name": employee.name},
            _("Send it to this person only. Links made earlier and not used yet become void."),
        ],
        button=_("Make the link"),
    )


def show_link(model_admin: Any, request: HttpRequest, employee: Employee) -> HttpResponse:
    """Answers the POST itself: the address is nowhere stored, so a redirect would have nothing to show."""
    try:
        url = login_links.issue(employee, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:staff_employee_change", employee.pk)
    context = {
        "title": _("Login link for %(name)s") % {"name": employee.name},
        "url": url,
        "only_here": any(host in settings.PUBLIC_URL for host in LOOPBACK),
    }
    return _page(model_admin, request, employee, "admin/staff/login_link.html", context)


def unlock(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    employee = model_admin.object_or_404(request, object_id)
    return _do(
        model_admin,
        request,
        employee,
        lambda: locks.unlock([employee], by=request.user),  # type: ignore[arg-type, list-item]
        done=_("%(name)s can log in again."),
        title=_("Unlock %(name)s?"),
        lines=[_("After 5 failed logins there is a pause of 15 minutes. Unlocking ends it now.")],
        button=_("Unlock"),
    )


def deactivate(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    employee = model_admin.object_or_404(request, object_id)
    return _do(
        model_admin,
        request,
        employee,
        lambda: employees.deactivate(employee, by=request.user),  # type: ignore[arg-type]
        done=_("%(name)s is deactivated."),
        title=_("Deactivate %(name)s?"),
        held=leaving.held(request.user, employee),
        lines=[
            _("For somebody who has left. Open pages stop working at once, and login is no longer possible."),
            _("Customers and records keep this name. The account can be reactivated later."),
        ],
        button=_("Deactivate"),
        danger=True,
    )


def reactivate(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    employee = model_admin.object_or_404(request, object_id)
    return _do(
        model_admin,
        request,
        employee,
        lambda: employees.reactivate(employee, by=request.user),  # type: ignore[arg-type]
        done=_("%(name)s works here again. Hand over a login link now."),
        title=_("Reactivate %(name)s?"),
        lines=[
            _(
                "With the role and store on this page. The old password is gone; hand over a login link afterwards."
            )
        ],
        button=_("Reactivate"),
    )


def _do(
    model_admin: Any,
    request: HttpRequest,
    employee: Employee,
    act: Callable[[], object],
    *,
    done: str,
    title: str,
    lines: list[str],
    button: str,
    danger: bool = False,
    held: list[leaving.Held] | None = None,
) -> HttpResponse:
    name = {"name": employee.name}
    if request.method != "POST":
        return _ask(
            model_admin, request, employee, title=title % name, lines=lines, button=button, danger=danger, held=held
        )
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done % name)
    return redirect("admin:staff_employee_change", employee.pk)


def _ask(model_admin: Any, request: HttpRequest, employee: Employee, **context: Any) -> HttpResponse:
    return _page(model_admin, request, employee, "admin/confirm.html", context)


def _page(
    model_admin: Any, request: HttpRequest, employee: Employee, template: str, context: dict[str, Any]
) -> HttpResponse:
    shell = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "original": employee,
        "back": reverse("admin:staff_employee_change", args=[employee.pk]),
    }
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, template, shell | context)
