"""The private files of campaigns, behind the scope of their link or campaign."""

from typing import Any

from django.http import HttpRequest

from campaigns.models import Campaign, LandingPage, Material
from campaigns.queries import showing
from campaigns.services.drawing import kept, naming
from scrm.kit import files
from scrm.kit.errors import Refused


def poster(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """That of a link on the template `?poster=`; drawn now if it is not kept."""
    viewer: Any = request.user
    said = request.GET.get("poster", "")
    if not viewer.has_perm("campaigns.view_poster") or not (said.isascii() and said.isdecimal() and len(said) < 19):
        return None
    link = showing.links(viewer).filter(pk=pk).first()
    template = showing.posters(link.campaign).filter(pk=int(said)).first() if link is not None else None
    if link is None or template is None:
        return None
    try:
        return kept.path_of(template, link), naming.of([link])[link.pk]
    except Refused:  # the page says why
        return None


def material(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    viewer: Any = request.user
    if not viewer.has_perm("campaigns.view_material"):
        return None
    found = Material.objects.visible_to(viewer).filter(pk=pk).exclude(picture="").first()
    return (found.picture, f"{found.pk}.jpg") if found is not None else None


def landing_picture(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """For whoever may see the page in the admin; everybody else gets it through the page itself."""
    viewer: Any = request.user
    if not viewer.has_perm("campaigns.view_landingpage"):
        return None
    seen = Campaign.objects.visible_to(viewer).values("pk")
    page = LandingPage.objects.filter(pk=pk, campaign__in=seen).exclude(picture="").first()
    return (page.picture, f"page-{page.pk}.jpg") if page else None


def register() -> None:
    files.downloads.register("landing-picture", landing_picture)
    files.downloads.register("poster", poster)
    files.downloads.register("material", material)
