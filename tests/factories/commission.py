"""Rules that pay, and credits as attribution would write them. What is not said: 5 % by links, in force for a year."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from campaigns.choices import Basis, Model
from campaigns.models import Conversion, Credit, Link, PayRule
from customers.models import Order, Refund
from customers.services.ordering import refunding
from scrm.kit import clock, money


def make_rule(campaign: Any = None, **fields: Any) -> PayRule:
    if "fixed_fen" not in fields:
        fields.setdefault("rate_bp", 500)
    fields.setdefault("basis", Basis.CREDIT if campaign else Basis.SERVED)
    fields.setdefault("valid_from", clock.now() - timedelta(days=365))
    return PayRule.objects.create(campaign=campaign, **fields)


def credit_links(order: Order, weights: Mapping[Link, int], model: str = Model.LAST) -> None:
    """The order's net amount over these links, as attribution splits it; what was there under this model goes."""
    order.refresh_from_db()
    Credit.objects.filter(order=order, model=model).delete()
    Conversion.objects.filter(order=order).exclude(credits__isnull=False).delete()
    links = sorted(weights, key=lambda link: link.pk)
    day = timezone.localdate(order.ordered_at)
    for link, share in zip(links, money.split(order.net_fen, [weights[link] for link in links]), strict=True):
        conversion, _new = Conversion.objects.update_or_create(
            order=order, campaign=link.campaign,
            defaults={"customer": order.customer, "net_fen": order.net_fen, "at": order.ordered_at, "day": day},
        )  # fmt: skip
        Credit.objects.create(
            conversion=conversion, order=order, link=link, model=model, share_fen=share, campaign=link.campaign,
            employee=link.employee, channel=link.channel, day=day,
        )  # fmt: skip


def give_back(order: Order, amount_fen: int, *, by: Any = None, at: datetime | None = None) -> Refund:
    return refunding.refund(order, amount_fen=amount_fen, by=by, at=at)
