"""One link: its QR code and its posters as pictures to press and hold, one a page; the words to pass on with it."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.admin.mine.page import require
from campaigns.choices import PassedOn
from campaigns.models import Link, PassOn
from campaigns.queries import mine, showing
from campaigns.services.drawing import naming, posters, qr
from scrm.kit import clock, phones

QR, OWN = "qr", "material"


def find(request: HttpRequest, pk: int) -> Link:
    require(request)
    link = showing.links(request.user).filter(pk=pk).first()
    if link is None:
        raise Http404
    return link


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    link = find(request, pk)
    viewer: Any = request.user
    pictures = pictures_of(link)
    chosen = next((one for one in pictures if one["key"] == request.GET.get("show")), pictures[0])
    own = link.employee_id == viewer.pk
    if own:
        request.crumb = str(link.campaign)  # type: ignore[attr-defined]
    context = {
        **admin.site.each_context(request),
        "title": _("My links and posters") if own else link.campaign.name,
        "link": link,
        "whose": whose(link),
        "own": own,
        "pictures": pictures,
        "chosen": chosen,
        "words": words_of(link),
        "visits": mine.visits_of([link])[link.pk],
        "outcomes": PassedOn.choices if own and link.material_id else [],
        "today": PassOn.objects.filter(link=link, day=clock.today()).first() if link.material_id else None,
        "back": reverse("admin:campaigns_mine") if own else "",
    }
    return TemplateResponse(request, "campaigns/mine/link.html", context)


@require_safe
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The QR code alone; `?as=svg` for a printer's."""
    link = find(request, pk)
    address = link.scan_address
    if request.GET.get("as") == "svg":
        content, kind = qr.svg(address), "svg"
    else:
        content, kind = qr.png(address), "png"
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    name = naming.of([link], ending=f".{kind}")[link.pk]
    headers["Content-Disposition"] = content_disposition_header(kind == "svg", name) or "inline"
    return HttpResponse(content, content_type="image/svg+xml" if kind == "svg" else "image/png", headers=headers)


def pictures_of(link: Link) -> list[dict[str, Any]]:
    """What can be pressed and held, posters first; `problem` says why one cannot be drawn."""
    drawn = [
        {
            "key": f"p{poster.pk}",
            "label": poster.name,
            "url": reverse("private_file", args=["poster", link.pk]) + f"?poster={poster.pk}",
            "problem": posters.problem(poster),
            "kind": "poster",
        }
        for poster in showing.posters(link.campaign)
    ]
    own = []
    if link.material is not None and link.material.picture:
        url = reverse("private_file", args=["material", link.material.pk])
        own = [{"key": OWN, "label": _("picture of the material"), "url": url, "problem": "", "kind": OWN}]
    code_url = reverse("admin:campaigns_link_qr", args=[link.pk])
    return [*own, *drawn, {"key": QR, "label": _("QR code"), "url": code_url, "problem": "", "kind": QR}]


def words_of(link: Link) -> str:
    """The material's words with the own address below them."""
    if link.material is None or not link.material.body.strip():
        return ""
    return f"{link.material.body.strip()}\n{link.address}"


def whose(link: Link) -> str:
    if link.employee is not None:
        return link.employee.name
    if link.customer is not None:
        return phones.mask_in_text(link.customer.name) or _("(no name)")
    return _("nobody's")
