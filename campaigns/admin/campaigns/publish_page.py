"""The last look before a campaign goes out: what is missing, what it takes to pay for itself, what like ones brought."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.campaigns import words
from campaigns.admin.campaigns.form_page import PAGE, landing_link
from campaigns.admin.campaigns.page import MONEY, landing_of
from campaigns.admin.pages import warnings
from campaigns.choices import CampaignState, Landing
from campaigns.models import Campaign, LandingPage
from campaigns.queries import breaking_even, estimating, readiness
from campaigns.services import states
from campaigns.services.paying import rules
from scrm.kit import clock, money
from scrm.kit.errors import Refused
from scrm.staff import naming


def publish(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = model_admin.object_or_404(request, object_id)
    if not model_admin.has_change_permission(request, campaign):
        raise PermissionDenied
    if request.method == "POST":
        try:
            states.publish(campaign, by=request.user, no_pay="no_pay" in request.POST)
        except Refused as no:
            messages.error(request, str(no))
            return redirect("admin:campaigns_campaign_publish", campaign.pk)
        messages.success(request, _published(campaign))
        return redirect(PAGE, campaign.pk)
    if campaign.state != CampaignState.DRAFT:
        return redirect(PAGE, campaign.pk)
    request.crumb = _("Publish")  # type: ignore[attr-defined]
    return TemplateResponse(request, "campaigns/campaigns/publish.html", _context(model_admin, request, campaign))


def _context(model_admin: Any, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    viewer: Any = request.user
    lacking = readiness.missing(campaign)
    rule, even = rules.of_campaign(campaign), breaking_even.of(campaign)
    people = list(campaign.assignments.standing().select_related("employee").order_by("employee__name", "pk"))
    channels = [str(channel) for channel in campaign.channels.order_by("name")]
    estimate = estimating.of(campaign) if viewer.has_perm(MONEY) else None
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name,
        "campaign": campaign,
        "when": words.when(campaign),
        "landing": landing_of(campaign, viewer),
        "people": list(naming.labels(one.employee for one in people).values()),
        "channels": channels,
        "links": (len(people) + campaign.nobody_too) * max(len(channels), 1),
        "lacking": [
            {"code": one.code, "words": one.words, "link": _where(campaign, one.part)} for one in lacking if one.code != "pay"
        ],
        "warnings": _warnings(campaign),
        "asks_pay": any(one.code == "pay" for one in lacking),
        "pay": words.pay(campaign, rule),
        "worth": words.worth(campaign),
        "sees_money": viewer.has_perm(MONEY),
        "even": even,
        "even_words": words.how(even),
        "status": words.ahead(even),
        "estimate": estimate,
        "estimate_net": money.show(estimate.net_fen) if estimate else "",
        "begins_now": campaign.starts_on is not None and campaign.starts_on <= clock.today(),
        "media": model_admin.media,
    }


def _warnings(campaign: Campaign) -> list[str]:
    """What its page is better thought over for, before strangers see it."""
    page = LandingPage.objects.filter(campaign=campaign).select_related("coupon").first()
    return warnings.of(page) if page is not None and campaign.landing == Landing.PAGE else []


def _where(campaign: Campaign, part: str) -> str:
    """Where what is missing is put right."""
    if part == "page":
        return landing_link(campaign)
    return f"{reverse('admin:campaigns_campaign_edit', args=[campaign.pk])}#part-{part}"


def _published(campaign: Campaign) -> str:
    if campaign.state == CampaignState.RUNNING:
        return _("The campaign runs. Its links are ready.")
    return _("The campaign is published and begins on %(day)s. Its links are ready.") % {"day": campaign.starts_on}
