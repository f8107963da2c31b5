"""Orders counted for campaigns, and their shares, as the crediting job would write them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.choices import Model
from campaigns.models import Conversion, Credit, Link, Referral
from customers.models import Customer
from scrm.kit import clock
from tests.factories.orders import make_order


def convert(link: Link, customer: Customer, net_fen: int = 10_000, *, number: int = 1, **fields: Any) -> Conversion:
    """One order of hers, wholly credited to the link under every model, yesterday."""
    at = fields.pop("at", clock.now() - timedelta(days=1))
    order = make_order(customer, paid_fen=net_fen, ordered_at=at, **fields)
    day = timezone.localdate(at)
    made = Conversion.objects.create(
        order=order, campaign=link.campaign, customer=customer, net_fen=net_fen, at=at, day=day, number=number
    )
    for model in Model:
        share(made, link, net_fen, model=model)
    return made


def share(conversion: Conversion, link: Link, share_fen: int, *, model: str = Model.LAST) -> Credit:
    return Credit.objects.create(
        conversion=conversion, order=conversion.order, link=link, model=model, share_fen=share_fen, campaign=link.campaign,
        employee=link.employee, channel=link.channel, day=conversion.day,
    )  # fmt: skip


def bring(link: Link, inviter: Customer, invitee: Customer, **fields: Any) -> Referral:
    at = fields.setdefault("at", clock.now())
    return Referral.objects.create(
        campaign=link.campaign, inviter=inviter, invitee=invitee, root=inviter, link=link, day=timezone.localdate(at), **fields
    )
