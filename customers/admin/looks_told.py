"""What other pages say of who looked at whom: a line on the owner's home, a link on a customer's page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.looks_page import PAGE, SPANS
from customers.admin.panels import Panel, panels
from customers.queries import looks
from customers.queries.person import Reader
from scrm.kit import clock


def over_said(line: looks.Day) -> str:
    """"今天 许静 看了 53 个号码（上限 50）", for the owner's home."""
    day = _("Today") if line.day == clock.today() else _("Yesterday")
    said = {
        "day": day, "name": line.employee.name, "count": line.wanted, "limit": settings.DAILY_PHONE_LIMIT,
        "refused": line.refused,
    }  # fmt: skip
    if line.refused:
        return _("%(day)s %(name)s asked for %(count)d numbers (limit %(limit)d, %(refused)d were refused)") % said
    return _("%(day)s %(name)s looked at %(count)d numbers (limit %(limit)d)") % said


def panel(request: HttpRequest, reader: Reader) -> dict[str, Any] | None:
    return {"link": f"{reverse(PAGE)}?customer={reader.customer.pk}&days={SPANS[-1]}"} if looks.may_see(request.user) else None


def register() -> None:
    panels.register("looks", Panel("identities", "customers/people/looks_link.html", panel))
