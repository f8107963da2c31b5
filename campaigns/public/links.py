"""GET /l/<code>: stored, then sent on. Nothing in the request but the code says where to."""

import re

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from campaigns.choices import TouchKind
from campaigns.models import Link
from campaigns.public import noting, visitors
from campaigns.queries import links
from campaigns.queries.links import Found
from scrm.kit import logs

log = logs.get_logger("touches")
SAFE = ("GET", "HEAD")
# What a QR code adds to its address, whatever a chat adds to that.
SCANNED = re.compile(r"(?:^|&)s(?:[=&]|$)")


def at_once(request: HttpRequest, code: str) -> HttpResponseBase | None:
    """The redirect; None where there is more to say than that."""
    if request.method not in SAFE:
        return None
    try:
        found = links.find(code.removesuffix("/"))
    except Error:
        return None
    return _send(request, found, code) if found is not None and found.target else None


@csrf_exempt  # a POST is told that there is none, not that its token is missing
def open_link(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same with a page for whatever is no redirect."""
    if request.method not in SAFE:
        return HttpResponseNotAllowed(SAFE)
    try:
        found = links.find(code.removesuffix("/"))
    except Error as error:
        log.error("link.not_found_out", error=type(error).__name__)
        return _page(request, "try_again", 503)
    if found is None:
        return _page(request, "no_such_link", 404)
    if found.target:
        return _send(request, found, code)
    if not found.mini_program:
        log.warning("link.leads_nowhere", link=found.link)
    name = "mini_program" if found.mini_program else "no_such_link"
    campaign = Link.objects.select_related("campaign").get(pk=found.link).campaign
    return _noted(request, found, _page(request, name, 200 if found.mini_program else 404, campaign=campaign))


def _send(request: HttpRequest, found: Found, code: str) -> HttpResponseBase:
    answer = HttpResponse(status=302, headers={"Location": found.target, "Cache-Control": "no-store", "Content-Length": "0"})
    if found.target.startswith(noting.PAGES):
        noting.mark(request, answer, code.removesuffix("/"))
    return _noted(request, found, answer)


def _noted(request: HttpRequest, found: Found, answer: HttpResponseBase) -> HttpResponseBase:
    who = visitors.seen(request, hint=visitors.hint_of(request), agent=visitors.agent_of(request))
    scanned = SCANNED.search(request.META.get("QUERY_STRING", ""))
    noting.note(request, found.link, who, TouchKind.SCAN if scanned else TouchKind.VIEW)
    visitors.remember(request, answer, who)
    return answer


def _page(request: HttpRequest, name: str, status: int, **context: object) -> HttpResponse:
    answer = render(request, f"campaigns/public/{name}.html", context, status=status)
    add_never_cache_headers(answer)
    return answer
