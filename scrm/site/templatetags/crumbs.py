"""The way to a page, as the house tells it."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext as _

from scrm.site import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def crumbs(context: template.Context) -> list[dict[str, Any]]:
    """unfold's `parts` without the crumb of Django's app, which has no page here; below the settings they begin
    with those, and a page that adds something says so."""
    request, parts = context["request"], context["parts"]
    shown = parts[1:] or parts
    above = navigation.above(request)
    first = [{"title": above[0], "link": above[1]}] if above else []
    # Saving may answer at the same address with a page about what was added: then that stands last already.
    adds = _what_is_added(request) if len(shown) == 1 else ""
    # A page that does something with a row says what: its view puts `crumb` on the request, all that comes here.
    last = adds or getattr(request, "crumb", "")
    return [*first, *shown, *([{"title": last}] if last else [])]


def _what_is_added(request: HttpRequest) -> str:
    match = request.resolver_match
    model_admin = getattr(match.func, "model_admin", None) if match else None
    if match is None or model_admin is None or not (match.url_name or "").endswith("_add"):
        return ""
    return _("Add %s") % model_admin.opts.verbose_name
