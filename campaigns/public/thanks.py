"""After it was sent: the coupon, and whom to talk to. For the browser that sent it; whoever else has the address is led
to the page itself."""

from base64 import b64encode
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from campaigns.models import LandingPage, Link, Participation
from campaigns.public import visitors
from campaigns.queries import pages
from campaigns.services import joining
from loyalty.models import CouponGrant
from loyalty.queries import words

SALT = "campaigns.public.thanks"
# Until then the coupon is found again by the same address; afterwards by filling in the page once more.
GOOD_FOR = 90 * 24 * 3600


def address_of(link: Link, participation: Participation, key: UUID) -> str:
    ticket = signing.dumps([participation.pk, key.hex], salt=SALT)
    return f"{reverse('landing_thanks', args=[link.code])}?{urlencode({'t': ticket})}"


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    link = pages.link_of(code)
    shows = pages.page_of(link) if link else None
    participation = _of_ticket(request, link) if link else None
    if link is None or shows is None or participation is None:
        return redirect("landing_page", code=code)
    same = participation.visitor is not None and participation.visitor.key == visitors.held(request)
    return _shown(request, link, shows, joining.coupon_shown(participation, shows, same=same))


def to_nobody(request: HttpRequest, link: Link, shows: LandingPage) -> HttpResponse:
    """What a machine gets that filled in everything: it looks like success, and nothing was written."""
    return _shown(request, link, shows, None)


def _of_ticket(request: HttpRequest, link: Link) -> Participation | None:
    try:
        pk, holder = signing.loads(request.GET.get("t", ""), salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    key = visitors.held(request)
    if key is None or holder != key.hex:
        return None
    return Participation.everyone.filter(pk=pk, campaign=link.campaign_id).select_related("visitor").first()


def _shown(request: HttpRequest, link: Link, shows: LandingPage, grant: CouponGrant | None) -> HttpResponse:
    host = pages.host_of(link)
    context: dict[str, Any] = {
        "link": link,
        "page": shows,
        "campaign": link.campaign,
        "host": host,
        "store": host.department if host else None,
        "grant": grant,
    }
    if grant is not None:
        # The rule and not the day: until when would tell since when she has it.
        rule = " · ".join(filter(None, (words.validity(grant.coupon), grant.coupon.words)))
        context |= {"worth": words.beside_name(grant.coupon), "rule": rule, "qr": qr(grant.code)}
    response = TemplateResponse(request, "campaigns/public/thanks.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def qr(code: str) -> str:
    """A picture in a data address: a phone can keep it by a long press."""
    out = BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=6, border=3)
    return f"data:image/png;base64,{b64encode(out.getvalue()).decode()}"
