"""The two steps of a page: what it is made from, and the form beside a phone that shows it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.pages import warnings
from campaigns.admin.pages.forms import PageForm, QuestionSet, rows_of
from campaigns.choices import CampaignState, Landing
from campaigns.models import Campaign, LandingPage, Link
from campaigns.page_form import JoinForm, context
from campaigns.services import page_questions, page_templates, paging
from scrm.kit import uploads
from scrm.kit.errors import Refused

LIST, CHANGE = "admin:campaigns_landingpage_changelist", "admin:campaigns_landingpage_change"


def without_page(viewer: Any) -> Any:
    """Campaigns that want a page and have none."""
    rows = Campaign.objects.visible_to(viewer).filter(landing=Landing.PAGE, page=None)
    return rows.exclude(state__in=(CampaignState.ENDED, CampaignState.SETTLED)).order_by("-pk")


def new(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    campaign = _chosen(request)
    template = request.GET.get("template", "")
    if campaign is None or (template not in page_templates.TEMPLATES and template != "blank"):
        return _choose(model_admin, request, campaign)
    if (there := LandingPage.objects.filter(campaign=campaign).first()) is not None:
        return redirect(CHANGE, there.pk)
    page = page_templates.fill(campaign, template)
    return _edit(model_admin, request, page)


def change(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    page = model_admin.object_or_404(request, object_id)
    if not model_admin.has_change_permission(request, page):
        if request.method == "POST":
            raise PermissionDenied
        return _draw(model_admin, request, page, {"preview_of": page})
    return _edit(model_admin, request, page)


def _chosen(request: HttpRequest) -> Campaign | None:
    said = request.GET.get("campaign", "")
    if not said:
        return None
    rows = Campaign.objects.visible_to(request.user).filter(landing=Landing.PAGE)
    found = rows.filter(pk=int(said)).first() if said.isascii() and said.isdecimal() and len(said) < 19 else None
    if found is None:
        raise Http404
    return found


def _choose(model_admin: Any, request: HttpRequest, campaign: Campaign | None) -> HttpResponse:
    request.crumb = _("Make a page")  # type: ignore[attr-defined]
    shell = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("Make a page"),
        "campaign": campaign,
        "campaigns": without_page(request.user),
        "templates": page_templates.TEMPLATES.values(),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/pages/choose.html", shell)


def _edit(model_admin: Any, request: HttpRequest, page: LandingPage) -> HttpResponse:
    sent = request.method == "POST"
    data, files = (request.POST, request.FILES) if sent else (None, None)
    # The form writes into its instance as it is checked; what is saved is compared with what was.
    shown = LandingPage.objects.select_related("campaign", "coupon").get(pk=page.pk) if page.pk else page
    form = PageForm(data, files, instance=shown)
    questions = QuestionSet(data, prefix="questions", initial=rows_of(page))
    if sent and uploads.too_large(request):
        form.add_error("picture", _("The picture is larger than %(limit)d MB.") % {"limit": 10})
    if sent and all([form.is_valid(), questions.is_valid()]):
        asked = [row.row() for row in questions if row.cleaned_data]
        if request.POST.get("step") == "preview":
            _look(form, questions, shown, asked)
        elif (saved := _save(form, questions, page, asked, request.user)) is not None:
            messages.success(request, _("The page is saved."))
            return redirect(CHANGE, saved.pk)
    if sent and "picture" in request.FILES and "picture" not in form.errors:
        form.add_error("picture", _("Choose the picture again: browsers do not keep it."))
    more = {"form": form, "questions": questions, "preview_of": shown}
    return _draw(model_admin, request, page, more)


def _look(form: PageForm, questions: Any, shown: LandingPage, asked: list[dict[str, Any]]) -> None:
    """What it would look like; nothing is saved."""
    for name, value in form.values().items():
        setattr(shown, name, value)
    try:
        shown.questions = page_questions.cleaned(asked)
    except Refused as no:
        questions.refused = str(no)


def _save(
    form: PageForm, questions: Any, page: LandingPage, asked: list[dict[str, Any]], by: Any
) -> LandingPage | None:
    """None when the service refuses, with its sentence at the part it is about."""
    values = form.values() | {"questions": asked}
    picture = form.cleaned_data.get("picture")
    try:
        if page.pk is None:
            return paging.create_page(campaign=page.campaign, template=page.template, by=by, picture=picture, **values)
        without = bool(form.cleaned_data.get("without_picture"))
        paging.change_page(page, by=by, picture=picture, without_picture=without, **values)
    except Refused as no:
        if no.code.startswith("questions."):
            questions.refused = str(no)
        else:
            form.add_error("picture" if no.code.startswith("picture.") else None, str(no))
        return None
    return page


def _draw(model_admin: Any, request: HttpRequest, page: LandingPage, more: dict[str, Any]) -> HttpResponse:
    shown = more["preview_of"]
    title = _("Page of %(campaign)s") % {"campaign": page.campaign}
    if page.pk is None:
        request.crumb = title  # type: ignore[attr-defined]
    shell = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "original": page if page.pk else None,
        "title": title,
        "edited": page,
        "made_from": page_templates.name_of(page),
        "warnings": warnings.of(shown),
        "look": context(shown, JoinForm(page=shown)) | {"preview": True},
        "open_link": _a_link(page, request.user),
        "publish_link": _publish_link(page, request.user),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/pages/edit.html", shell | more)


def _a_link(page: LandingPage, viewer: Any) -> Link | None:
    """One to see the page by as customers do: the viewer's own, else any she sees."""
    if page.pk is None:
        return None
    rows = Link.objects.visible_to(viewer).filter(campaign=page.campaign_id)
    return rows.filter(employee=viewer.pk).first() or rows.order_by("employee", "pk").first()


def _publish_link(page: LandingPage, viewer: Any) -> str:
    """Where the campaign of a kept page goes out, for whoever may do it; "" when it is out already."""
    waits = page.pk is not None and page.campaign.state == CampaignState.DRAFT
    if not (waits and viewer.has_perm("campaigns.change_campaign")):
        return ""
    return reverse("admin:campaigns_campaign_publish", args=[page.campaign.pk])
