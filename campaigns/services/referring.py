"""老带新: who brought whom. Once a friend and campaign; nobody brings herself, nor whoever brought her."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from campaigns.models import Campaign, Link, Referral
from customers.models import Customer
from scrm.kit import clock

SELF, LOOP, TWICE, GONE = "self", "loop", "twice", "gone"


@dataclass(frozen=True)
class Referred:
    """`reason` says why there is none: refused quietly, since whoever joins need not know."""

    referral: Referral | None
    reason: str = ""


def refer(
    *, campaign: Campaign, inviter: Customer, invitee: Customer, link: Link | None = None, at: datetime | None = None
) -> Referred:
    """`root` and `depth` of everybody below are kept, also where the head of a chain is brought by somebody herself."""
    now = at or clock.now()
    with transaction.atomic():
        # Two at once could each be right and together make a ring: one at a time in a campaign.
        Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
        bringing = _living(inviter)
        if bringing is None:
            return Referred(None, GONE)
        if bringing.pk == invitee.pk:
            return Referred(None, SELF)
        there = Referral.objects.filter(campaign=campaign, invitee=invitee).first()
        if there is not None:
            return Referred(None, TWICE)
        parent = Referral.objects.filter(campaign=campaign, invitee=bringing).first()
        root = parent.root_id if parent else bringing.pk
        # Whom nobody brought yet can stand above the inviter as the head of her chain only.
        if root == invitee.pk:
            return Referred(None, LOOP)
        made = Referral.objects.create(
            campaign=campaign, inviter=bringing, invitee=invitee, parent=parent, root_id=root,
            depth=parent.depth + 1 if parent else 1, link=link, at=now, day=localdate(now),
        )  # fmt: skip
        _carry(made)
    return Referred(made)


def _carry(made: Referral) -> None:
    """Whom the new one brought before she was brought herself stands below her now."""
    below = Referral.objects.filter(campaign=made.campaign_id, root=made.invitee_id)
    below.filter(inviter=made.invitee_id, parent=None).update(parent=made)
    below.update(root=made.root_id, depth=F("depth") + made.depth)


def _living(customer: Customer) -> Customer | None:
    """Whom a folded record became; nobody for one that was archived or erased."""
    while customer.merged_into_id is not None:
        customer = Customer.everyone.get(pk=customer.merged_into_id)
    return customer if customer.is_living else None
