"""业绩归属 in figures: the net amount of a period by whom or what brought it, and what nobody brought.

Whose a figure is: `None` is what no link had a part in, NOBODY the links that have no employee, or no channel. Over all of a
grouping they sum to the net amount of the period, to the fen, under each model.
"""

from datetime import date
from typing import Any, Literal

from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.functions import Coalesce

from campaigns.choices import Model
from campaigns.models import Campaign, Conversion, Credit
from campaigns.models.credits import CreditQuerySet
from customers.models import Order
from customers.models.orders import OrderQuerySet

NOBODY = 0
By = Literal["link", "employee", "channel", "campaign"]


def credits_within(
    model: str, first: date, last: date, *, campaign: Campaign | None = None, viewer: Any = None
) -> CreditQuerySet:
    """The rows behind a figure: those of one model, of orders of these days. `viewer`: only what she may see of them."""
    rows = Credit.objects.by(model).filter(day__range=(first, last))
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    return rows if viewer is None else rows.visible_to(viewer)


def net_by(
    model: str = Model.LAST, *, by: By, first: date, last: date, campaign: Campaign | None = None, viewer: Any = None
) -> dict[int | None, int]:
    """{whose: fen}. What is unattributed is the whole shop's, so that it stands there only where neither a campaign nor a
    viewer narrows the rest."""
    rows = credits_within(model, first, last, campaign=campaign, viewer=viewer)
    sums = rows.order_by().values_list(Coalesce(F(f"{by}_id"), NOBODY)).annotate(fen=Sum("share_fen"))
    found: dict[int | None, int] = dict(sums)
    if campaign is None and viewer is None:
        found[None] = net_of(orders_within(first, last)) - sum(found.values())
    return found


def orders_within(first: date, last: date) -> OrderQuerySet:
    return Order.objects.counting().ordered_within(first, last)


def unattributed_orders(first: date, last: date) -> OrderQuerySet:
    """Counting orders of these days that no campaign had a part in."""
    return orders_within(first, last).filter(~Exists(Conversion.objects.filter(order=OuterRef("pk"))))


def net_of(orders: OrderQuerySet) -> int:
    return orders.order_by().aggregate(net=Sum(F("paid_fen") - F("refunded_fen")))["net"] or 0
