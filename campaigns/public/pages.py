"""活动页: the shop's own page of a link, for anybody with a phone browser. No admin, no script, nothing from elsewhere."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.choices import Hint, VisitorKind
from campaigns.models import LandingPage, Link
from campaigns.page_form import JoinForm, context
from campaigns.public import noting, thanks, visitors
from campaigns.queries import pages
from campaigns.services import joining
from customers.services import tracing
from scrm.kit import addresses, throttle
from scrm.kit.errors import Refused

HOUR = timedelta(hours=1)
# A whole event may sit behind one address; a browser is one person, and a number belongs to one.
MOST = {"address": 300, "visitor": 10, "phone": 5}
# Looks are told for the timeline; more than so many from one address in ten minutes tell nothing any more.
LOOKS, LOOKS_FOR = 300, 600


@require_http_methods(["GET", "HEAD", "POST"])
def landing(request: HttpRequest, code: str) -> HttpResponse:
    link = pages.link_of(code)
    page = pages.page_of(link) if link else None
    if link is None or page is None or (stands := pages.standing(link)) == pages.Standing.NONE:
        return closed(request, None)
    if stands != pages.Standing.OPEN:
        return closed(request, link, stands)
    if request.method == "POST":
        return _sent(request, link, page)
    who = visitors.seen(request, hint=visitors.hint_of(request), agent=visitors.agent_of(request))
    if who.kind == VisitorKind.COOKIE:
        _looked(request, link, page, who.key)
    response = shown(request, link, page, JoinForm(page=page))
    if not noting.is_marked(request, link.code):
        noting.note(request, link.pk, who)
        if who.kind == VisitorKind.COOKIE:
            noting.mark(request, response, link.code)
    visitors.remember(request, response, who)
    return response


def shown(request: HttpRequest, link: Link, page: LandingPage, form: JoinForm) -> HttpResponse:
    response = TemplateResponse(request, "campaigns/public/page.html", context(page, form, link))
    response.headers["Cache-Control"] = "no-store"
    return response


def closed(request: HttpRequest, link: Link | None, stands: pages.Standing = pages.Standing.NONE) -> HttpResponse:
    """A friendly page. Of what was never public it says no more than of a code that nobody has."""
    known: dict[str, Any] = {}
    if link is not None:
        known = {"campaign": link.campaign, "page": pages.page_of(link), "host": pages.host_of(link)}
    response = TemplateResponse(request, "campaigns/public/closed.html", known | {"stands": stands.value}, status=404)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest, link: Link, page: LandingPage) -> HttpResponse:
    """Whoever sends a form is a person with a browser, whatever it calls itself: a key of her own."""
    form, key = JoinForm(request.POST, page=page), visitors.held(request) or uuid4()
    if form.is_from_a_machine:
        return thanks.to_nobody(request, link, page)
    response: HttpResponse | None = None
    if form.is_valid():
        told = form.told()
        try:
            _not_too_often(request, key, told["phone"])
            if not noting.is_marked(request, link.code):
                # Her page was open for long, or she keeps no cookies: whoever joins by a link has touched it.
                noting.note(request, link.pk, visitors.Seen(key, VisitorKind.COOKIE, False))
            joined = joining.join(link=link, visitor_key=key, **told)
        except Refused as no:
            form.add_error("phone" if no.code.startswith("phone.") else None, str(no))
        else:
            key = joined.visitor.key
            response = redirect(thanks.address_of(link, joined.participation, key))
    response = response or shown(request, link, page, form)
    fresh = key != visitors.held(request)
    visitors.remember(request, response, visitors.Seen(key, VisitorKind.COOKIE, fresh))
    noting.mark(request, response, link.code)
    return response


def _not_too_often(request: HttpRequest, key: UUID, phone: str) -> None:
    names = {"address": addresses.for_throttle(request) or "?", "visitor": key.hex, "phone": phone}
    for kind, text in names.items():
        if not throttle.admit(f"page:{kind}:{throttle.veiled(text)}", most=MOST[kind], per=HOUR):
            raise Refused("page.too_often", _("This was sent very often just now. Please wait an hour and try again."))


def _looked(request: HttpRequest, link: Link, page: LandingPage, key: UUID) -> None:
    """The look itself, for her timeline once she is known. What it counts for a campaign is the touch of the link."""
    if visitors.hint_of(request) == Hint.NONE and not _too_many_looks(request):
        trace = tracing.Trace("page.viewed", visitor=key.hex, object=f"link:{link.pk}", properties={"text": page.title})
        tracing.record(events=[trace])


def _too_many_looks(request: HttpRequest) -> bool:
    """Counted by this process alone: nothing hangs on it but room."""
    name = f"campaigns.looks.{visitors.origin_of(request)}"
    if cache.add(name, 1, LOOKS_FOR):
        return False
    try:
        return cache.incr(name) > LOOKS
    except ValueError:  # ran out between the two
        return False
