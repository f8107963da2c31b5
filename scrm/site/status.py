"""System status, for the owner: does everything run."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


def page(request: HttpRequest) -> HttpResponse:
    from scrm.site import health

    if not request.user.has_perm("kit.view_jobrun"):  # type: ignore[union-attr]
        raise PermissionDenied
    checks = health.checks()
    context = admin.site.each_context(request) | {
        "title": _("System status"),
        "checks": checks,
        "all_well": all(check.ok for check in checks),
    }
    return TemplateResponse(request, "admin/status.html", context)
