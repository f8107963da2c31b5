"""What the buttons of a campaign's page do: a GET asks, a POST does."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.campaigns import words
from campaigns.admin.campaigns.form_page import PAGE
from campaigns.choices import CampaignState, Verdict
from campaigns.models import Campaign
from campaigns.services import reviewing, states
from scrm.kit.errors import Refused


def move(model_admin: Any, request: HttpRequest, object_id: str, state: str) -> HttpResponse:
    campaign = model_admin.object_or_404(request, object_id)
    if not model_admin.has_change_permission(request, campaign):
        raise PermissionDenied
    if state not in words.MOVES or state == CampaignState.SCHEDULED:
        raise Http404
    to = CampaignState(state)
    if request.method == "POST" or to not in states.doors(campaign, request.user):
        try:
            states.move(campaign, to=to, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("The campaign is “%(state)s” now.") % {"state": campaign.get_state_display()})
        return redirect(PAGE, campaign.pk)
    request.crumb = words.MOVES[to]  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name,
        "lines": [_means(campaign, to)],
        "button": words.MOVES[to],
        "danger": to == CampaignState.ENDED,
        "back": reverse(PAGE, args=[campaign.pk]),
    }
    return TemplateResponse(request, "admin/confirm.html", context)


def _means(campaign: Campaign, to: CampaignState) -> str:
    if to == CampaignState.DRAFT:
        return _("It can be changed in everything again. Its links stay, and lead nowhere else than before.")
    if to == CampaignState.RUNNING:
        return _("It runs from now on: touches of its links count.")
    if to == CampaignState.ENDED:
        return _("Its last day is today. Links that are opened later still lead on, and no longer count.")
    return _("Everything about it is settled: costs are entered, commission is paid. It stays to be read.")


def review(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = model_admin.object_or_404(request, object_id)
    if not model_admin.has_change_permission(request, campaign):
        raise PermissionDenied
    verdict, said = campaign.verdict, campaign.verdict_words
    if request.method == "POST":
        verdict, said = request.POST.get("verdict", ""), request.POST.get("words", "")
        try:
            reviewing.review(campaign, verdict=verdict, words=said, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("The review is filed."))
            return redirect(PAGE, campaign.pk)
    elif not reviewing.may_review(campaign, request.user):
        messages.error(request, _("The campaign is not over yet."))
        return redirect(PAGE, campaign.pk)
    request.crumb = _("Review")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name,
        "verdicts": [(value, label) for value, label in Verdict.choices if value],
        "verdict": verdict,
        "words": said,
        "longest": reviewing.LONGEST,
        "back": reverse(PAGE, args=[campaign.pk]),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/campaigns/review.html", context)
