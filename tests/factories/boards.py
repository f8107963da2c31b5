"""Facts of boards: orders credited, and the rollups brought up to date."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from campaigns.choices import Model
from campaigns.models import BoardWork, Campaign, Conversion, Credit, Link
from campaigns.services import arriving, boarding
from customers.models import Order


def convert(order: Order, campaign: Campaign, *, number: int = 1, **shares: Mapping[Link, int]) -> Conversion:
    """`shares` by model: {"last": {link: fen}}; a conversion with its credits."""
    day = timezone.localdate(order.ordered_at)
    made = Conversion.objects.create(
        order=order, campaign=campaign, customer=order.customer, net_fen=order.net_fen, at=order.ordered_at, day=day, number=number
    )
    Credit.objects.bulk_create(
        [
            Credit(
                conversion=made, order=order, link=link, model=model, share_fen=fen, campaign=link.campaign,
                employee=link.employee, channel=link.channel, day=day,
            )
            for model, parts in shares.items()
            for link, fen in parts.items()
        ]
    )  # fmt: skip
    return made


def sold(order: Order, link: Link, *, number: int = 1) -> Conversion:
    """All of it by one link, under each model."""
    shares: Any = {model: {link: order.net_fen} for model in Model.values}
    return convert(order, link.campaign, number=number, **shares)


def count_all() -> None:
    """Everything there is stands on the boards."""
    BoardWork.objects.all().delete()
    for campaign in Campaign.objects.values_list("pk", flat=True):
        boarding.rebuild(campaign)
    arriving.settle()
    boarding.refresh()
