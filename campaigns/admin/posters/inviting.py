"""老带新 on the customer page: the links with which she recommends, and new ones for what runs."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from campaigns.choices import CampaignKind, CampaignState
from campaigns.models import Campaign, Link
from campaigns.services import passing
from customers.admin.panels import Panel, panels
from customers.models import Customer
from customers.queries.person import Reader
from scrm.kit.errors import Refused
from scrm.staff.choices import Role

MAY = "campaigns.view_link"
PERSON = "admin:customers_customer_change"
SHOWN = 20


def may_invite(viewer: Any) -> bool:
    return bool(viewer.has_perm(MAY) and viewer.has_perm("customers.view_customer") and viewer.role != Role.AGENCY)


def running() -> Any:
    """What she could recommend, what was made for it first."""
    rows = Campaign.objects.filter(state=CampaignState.RUNNING).order_by("-id")[:SHOWN]
    return sorted(rows, key=lambda campaign: campaign.kind != CampaignKind.REFERRAL)


def context(request: HttpRequest, reader: Reader) -> dict[str, Any] | None:
    """Nothing where she has no link and nothing runs."""
    if not may_invite(request.user):
        return None
    links = list(Link.objects.filter(customer=reader.customer).select_related("campaign").order_by("-id")[:SHOWN])
    had = {link.campaign_id for link in links}
    offered = [campaign for campaign in running() if campaign.pk not in had] if reader.customer.is_living else []
    return {"links": links, "offered": offered} if links or offered else None


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Her link for one campaign: to its page, with the poster to send her."""
    viewer: Any = request.user
    if not may_invite(viewer):
        raise PermissionDenied
    said = request.POST.get("campaign", "")
    customer = Customer.objects.visible_to(viewer).filter(pk=pk).first()
    known = said.isascii() and said.isdecimal() and len(said) < 19
    campaign = Campaign.objects.visible_to(viewer).filter(pk=int(said)).first() if known else None
    if customer is None or campaign is None:
        raise Http404
    try:
        link = passing.invite(customer=customer, campaign=campaign, by=viewer)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(PERSON, customer.pk)
    return redirect("admin:campaigns_mine_link", link.pk)


def register() -> None:
    panels.register("inviting", Panel("benefits", "campaigns/posters/inviting.html", context))
