"""新建活动 and its changes: one form; saved as a draft it leads on to what is missing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from campaigns.admin.campaigns.form import CampaignForm
from campaigns.choices import CampaignState, Landing
from campaigns.models import Campaign, LandingPage
from campaigns.queries import workers
from campaigns.services import setting_up
from customers.services import channels
from scrm.kit.errors import Refused

PAGE = "admin:campaigns_campaign_change"
# To which field a refusal of the services belongs.
BESIDE = {
    "assign.nobody": "nobody_too", "assign.left": "nobody_too", "assign.not_yours": "nobody_too",
    "channel.too_long": "new_channels", "channel.not_allowed": "new_channels", "channel.inactive": "new_channels",
    "link.channel_inactive": "channels", "pay.rate": "rate", "pay.fixed": "fixed",
}  # fmt: skip


def add(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    return _form(model_admin, request, None)


def edit(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = model_admin.object_or_404(request, object_id)
    if not model_admin.has_change_permission(request, campaign):
        raise PermissionDenied
    return _form(model_admin, request, campaign)


def _form(model_admin: Any, request: HttpRequest, campaign: Campaign | None) -> HttpResponse:
    form = CampaignForm(request.POST if request.method == "POST" else None, viewer=request.user, campaign=campaign)
    if form.is_valid():
        saved = _save(form, campaign, request.user)
        if saved is not None:
            _say_who_stays(request, form, saved)
            return _onwards(request, saved)
    request.crumb = _("Edit") if campaign else _("Add %s") % model_admin.opts.verbose_name  # type: ignore[attr-defined]
    branches, agencies = workers.tree(request.user)
    chosen = form["employees"].value() or []
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name if campaign else _("New campaign"),
        "form": form,
        "branches": branches,
        "agencies": agencies,
        "chosen": {int(pk) for pk in chosen if str(pk).isdecimal()},
        "chosen_places": {int(pk) for pk in form["departments"].value() or [] if str(pk).isdecimal()},
        "is_draft": form.state == CampaignState.DRAFT,
        "people_fixed": form.fields["employees"].disabled,
        "back": reverse(PAGE, args=[campaign.pk]) if campaign else reverse("admin:campaigns_campaign_changelist"),
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "campaigns/campaigns/form.html", context)


def _save(form: CampaignForm, campaign: Campaign | None, by: Any) -> Campaign | None:
    """None when the services refuse, with their sentence where it is put right."""
    data = form.cleaned_data
    try:
        new = channels.find_or_add(form.channel_names(), by=by)
        return setting_up.save(
            campaign or Campaign(),
            values=form.values(),
            products=data["products"],
            channels=[*data["channels"], *new],
            people=form.people(),
            pay=form.pay_said(),
            by=by,
        )
    except Refused as no:
        part = BESIDE.get(no.code)
        form.add_error(part, str(no))
    return None


def _say_who_stays(request: HttpRequest, form: CampaignForm, campaign: Campaign) -> None:
    """Of what is out the form takes nobody off: whoever unticks somebody learns where that is done."""
    if campaign.state == CampaignState.DRAFT or form.fields["employees"].disabled:
        return
    unticked = workers.assignable_by(request.user).filter(pk__in=form.initial.get("employees", []))
    unticked = unticked.exclude(pk__in=form.cleaned_data["employees"]).exclude(workers.below(form.cleaned_data["departments"]))
    names = [one.name for one in unticked]
    if names:
        said = _("Still on it: %(names)s. The form takes nobody off a published campaign; “Take off” on this page does.")
        messages.warning(request, said % {"names": "、".join(names)})


def _onwards(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """A draft goes on to its own page, which is made next, or to the summary; what is out goes back to be read."""
    if campaign.state != CampaignState.DRAFT:
        messages.success(request, _("Saved."))
        return redirect(PAGE, campaign.pk)
    if campaign.landing == Landing.PAGE and not LandingPage.objects.filter(campaign=campaign).exists():
        link = landing_link(campaign)
        if link:
            messages.info(request, _("The draft is saved. Next: the page that its links lead to."))
            return redirect(link)
    return redirect("admin:campaigns_campaign_publish", campaign.pk)


def landing_link(campaign: Campaign) -> str:
    """Where the page of the campaign is made or changed; "" where that is not built."""
    page = LandingPage.objects.filter(campaign=campaign).first()
    try:
        if page is not None:
            return reverse("admin:campaigns_landingpage_change", args=[page.pk])
        return reverse("admin:campaigns_landingpage_add", query={"campaign": campaign.pk})
    except NoReverseMatch:
        return ""
