"""What a template looks like, with a link that leads nowhere."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from campaigns.choices import CampaignState
from campaigns.models import Campaign
from campaigns.services.drawing import kept, posters
from scrm.kit import files
from scrm.kit.errors import Refused

PREVIEW_WIDTH, SMALL_WIDTH = 540, 160


def live(model_admin: Any, request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form as it stands, drawn and not saved. What is wrong with it comes as {"said": …}."""
    obj = model_admin.object_or_404(request, pk) if pk is not None else None
    may = model_admin.has_change_permission(request, obj) if obj else model_admin.has_add_permission(request)
    if not may:
        raise PermissionDenied
    form = model_admin.get_form(request, obj, change=obj is not None)(request.POST, request.FILES, instance=obj)
    form.fields["name"].required = False
    if not form.is_valid():
        said = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"said": said[0]})
    poster, data = form.instance, form.cleaned_data
    if data.get("without_picture") and not data.get("upload"):
        poster.picture = ""
    try:
        image = posters.drawn(poster, example(poster, request.user), picture=data.get("upload"))
    except Refused as no:
        return JsonResponse({"said": str(no)})
    image.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH * 3))
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(posters.jpeg(image), content_type="image/jpeg", headers=headers)


def picture(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponseBase:
    """As it is saved, small for a list; 404 where it cannot be drawn, which the page says in words."""
    poster = model_admin.object_or_404(request, pk)
    width = PREVIEW_WIDTH if request.GET.get("large") else SMALL_WIDTH
    try:
        path = kept.example_of(poster, example(poster, request.user), width=width)
    except Refused as no:
        return HttpResponse(str(no), status=404, content_type="text/plain; charset=utf-8")
    response = FileResponse(files.full_path(path).open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def example(poster: Any, viewer: Any) -> posters.Content:
    """Of nobody's link, with the viewer's own name."""
    title = poster.title or (poster.campaign.name if poster.campaign else _("Name of the campaign"))
    return posters.example(title=title, words=poster.words, name=viewer.name, by_customer="employee" not in poster.slots)


def campaigns_for(viewer: Any) -> QuerySet[Campaign]:
    """For which a poster can be made: all that are not over for good."""
    return Campaign.objects.visible_to(viewer).exclude(state=CampaignState.SETTLED).order_by("-id")
