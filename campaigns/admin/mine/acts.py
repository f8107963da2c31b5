"""What is tapped on the page: a step of a task, passing on, and what became of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.admin.mine.page import ADDRESS, TAPS, require
from campaigns.choices import AssignmentState, PassedOn
from campaigns.models import Assignment, Campaign, Link, Material
from campaigns.queries import mine
from campaigns.services import passing, working
from customers.models import Channel
from scrm.kit.errors import Refused

LINK = "admin:campaigns_mine_link"


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step of one's own task."""
    require(request)
    viewer: Any = request.user
    assignment = Assignment.objects.filter(pk=pk, employee=viewer.pk).select_related("campaign").first()
    if assignment is None:
        raise Http404
    try:
        to = AssignmentState(request.POST.get("to", ""))
        if to not in TAPS:
            raise ValueError(to)
        working.move(assignment, to=to, by=request.user)
    except ValueError:
        messages.error(request, _("Choose one of the buttons."))
    except Refused as no:
        messages.error(request, str(no))
    else:
        said = _("%(campaign)s: %(state)s.") % {"campaign": assignment.campaign, "state": assignment.get_state_display()}
        messages.success(request, said)
    return redirect(ADDRESS)


@require_POST
def pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """A material into one of one's campaigns, by one of its channels ("12-3", 0 for none): to the page of the link."""
    require(request)
    viewer: Any = request.user
    material = Material.objects.visible_to(viewer).filter(pk=pk).first()
    campaign, channel = _way(request.POST.get("way", ""), viewer)
    if material is None or campaign is None:
        raise Http404
    try:
        link = passing.pass_on(material=material, campaign=campaign, channel=channel, by=viewer)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(ADDRESS)
    return redirect(LINK, link.pk)


@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of words that were copied."""
    require(request)
    viewer: Any = request.user
    link = Link.objects.filter(pk=pk, employee=viewer.pk).select_related("material").first()
    if link is None:
        raise Http404
    try:
        told = passing.tell(link, outcome=request.POST.get("outcome", ""), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(LINK, link.pk)
    words = _("%(material)s: %(outcome)s.") % {"material": link.material, "outcome": PassedOn(told.outcome).label}
    messages.success(request, words)
    return redirect(ADDRESS)


def _way(said: str, viewer: Any) -> tuple[Campaign | None, Channel | None]:
    """Only a campaign she works on; a channel that is none, or is gone, is an error of the page."""
    first, _dash, second = said.partition("-")
    if not (first.isascii() and first.isdecimal() and second.isascii() and second.isdecimal() and len(said) < 36):
        return None, None
    mine_too = {card.campaign.pk: card.campaign for card in mine.cards(viewer)}
    campaign = mine_too.get(int(first))
    if second == "0":
        return campaign, None
    channel = Channel.objects.filter(pk=int(second)).first()
    return (campaign, channel) if channel is not None else (None, None)
