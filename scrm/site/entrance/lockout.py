"""The page after five failures."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from scrm.kit import addresses, clock
from scrm.staff.queries import locks


def locked_out(
    request: HttpRequest, response: Any = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: says until when, and who can help. 429, so that a program understands it too."""
    ends_at = locks.ends_at(locks.username_of(request, credentials), addresses.for_throttle(request))
    seconds = max((ends_at - clock.now()).total_seconds(), 0) if ends_at else 0
    context = admin.site.each_context(request) | {
        "title": _("Too many failed logins"),
        "ends_at": timezone.localtime(ends_at) if ends_at else None,
        "minutes": int(-(-seconds // 60)),
        "limit": settings.AXES_FAILURE_LIMIT,
        "has_permission": False,
    }
    page = TemplateResponse(request, "admin/locked_out.html", context, status=429)
    if seconds:
        page["Retry-After"] = str(int(seconds) + 1)
    page["Cache-Control"] = "no-store"
    return page.render()
