"""Passing on: words for customers go out with a link of one's own, and afterwards it is told whether they were sent."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.choices import CampaignState, PassedOn
from campaigns.models import Campaign, Link, Material, PassOn
from campaigns.queries import offers
from campaigns.services import linking
from customers.models import Channel, Customer
from scrm.kit import clock
from scrm.kit.errors import Refused


def pass_on(*, material: Material, campaign: Campaign, channel: Channel | None, by: Any) -> Link:
    """Her own link for it, made if there is none.

    Raises Refused: "passing.not_running", "passing.not_offered", and what `linking.make_links` raises."""
    _require_running(campaign)
    offered = offers.materials_for(by).filter(pk=material.pk).exists()
    if not offered or material.campaign_id not in (None, campaign.pk):
        raise Refused("passing.not_offered", _("This material is no longer passed on. Choose another."))
    return linking.make_links(campaign=campaign, employees=[by], channels=[channel], materials=[material], by=by)[0]


def invite(*, customer: Customer, campaign: Campaign, by: Any) -> Link:
    """The link with which a customer recommends, made if there is none. Raises as `pass_on` does."""
    _require_running(campaign)
    return linking.make_links(campaign=campaign, customers=[customer], channels=[None], by=by)[0]


def tell(link: Link, *, outcome: str, by: Any) -> PassOn:
    """What became of it today; said again it is corrected. Raises Refused: "passing.not_yours", "passing.outcome"."""
    if link.employee_id != by.pk or link.material_id is None:
        raise Refused("passing.not_yours", _("Only whoever passes it on can say what became of it."))
    if outcome not in PassedOn.values:
        raise Refused("passing.outcome", _("Choose whether it was sent."))
    today, now = clock.today(), clock.now()
    with transaction.atomic():
        PassOn.objects.bulk_create([PassOn(link=link, day=today, outcome=outcome, at=now)], ignore_conflicts=True)
        PassOn.objects.filter(link=link, day=today).update(outcome=outcome, at=now)
        return PassOn.objects.get(link=link, day=today)


def _require_running(campaign: Campaign) -> None:
    if campaign.state != CampaignState.RUNNING:
        raise Refused("passing.not_running", _("This campaign does not run now, so nothing is passed on for it."))
