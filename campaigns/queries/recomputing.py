"""Credits worked out once more from the raw rows, one order at a time and with fractions: slow, and sharing nothing with the
job but the facts. What the job has written must be the same."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils import timezone

from campaigns.choices import Model, TouchKind
from campaigns.models import Campaign, Conversion, Credit, OrderWork, TouchReading
from customers.models import Order

CHUNK = 2_000
WEEK = timedelta(days=7)
_exact = Context(prec=60)


class Counted(NamedTuple):
    customer: int
    net_fen: int
    at: datetime
    day: date
    number: int


class Share(NamedTuple):
    fen: int
    campaign: int
    employee: int | None
    channel: int | None
    day: date


Conversions = dict[tuple[int, int], Counted]
Credits = dict[tuple[int, int, str], Share]


def recompute() -> tuple[Conversions, Credits]:
    """{(order, campaign): …}, {(order, link, model): …}, as they should be."""
    campaigns = Campaign.objects.in_bulk()
    orders: dict[int, list[Order]] = {}
    for order in Order.objects.counting().filter(ordered_at__isnull=False).iterator(CHUNK):
        orders.setdefault(order.customer_id, []).append(order)
    touches: dict[int, list[TouchReading]] = {}
    known = TouchReading.objects.filter(unique=True, visitor__customer__isnull=False).select_related("visitor", "link")
    for touch in known.iterator(CHUNK):
        if touch.visitor.customer_id in orders:
            touches.setdefault(touch.visitor.customer_id, []).append(touch)
    conversions: Conversions = {}
    credits: Credits = {}
    for customer, hers in touches.items():
        numbers: dict[int, int] = {}
        for order in sorted(orders[customer], key=lambda one: (one.ordered_at, one.pk)):
            assert order.ordered_at is not None
            at, day = order.ordered_at, timezone.localdate(order.ordered_at)
            before = [touch for touch in hers if eligible(touch, at, campaigns[touch.campaign_id])]
            for campaign in sorted({touch.campaign_id for touch in before}):
                numbers[campaign] = numbers.get(campaign, 0) + 1
                conversions[order.pk, campaign] = Counted(customer, order.net_fen, at, day, numbers[campaign])
            for model in Model:
                links = {touch.link_id: touch.link for touch in before}
                for link, fen in split(model, order.net_fen, at, before).items():
                    of = links[link]
                    credits[order.pk, link, model.value] = Share(fen, of.campaign_id, of.employee_id, of.channel_id, day)
    return conversions, credits


def eligible(touch: TouchReading, ordered_at: datetime, campaign: Campaign) -> bool:
    days = {
        TouchKind.VIEW: campaign.view_days,
        TouchKind.SCAN: campaign.scan_days,
        TouchKind.FRIEND: campaign.scan_days,
        TouchKind.REFERRAL: campaign.referral_days,
    }[TouchKind(touch.kind)]
    return touch.at <= ordered_at <= touch.at + timedelta(days=days)


def split(model: Model, net_fen: int, ordered_at: datetime, touches: Sequence[TouchReading]) -> dict[int, int]:
    way = sorted(touches, key=lambda touch: (touch.at, touch.pk))
    weights: dict[int, Fraction] = {}
    for nth, touch in enumerate(way):
        weight = _weight(model, nth, len(way), ordered_at - touch.at)
        if weight:
            weights[touch.link_id] = weights.get(touch.link_id, Fraction(0)) + weight
    whole = sum(weights.values())
    exact = {link: net_fen * weight / whole for link, weight in weights.items()}
    parts = {link: int(share) for link, share in exact.items()}
    by_remainder = sorted(exact, key=lambda link: (parts[link] - exact[link], link))
    for link in by_remainder[: net_fen - sum(parts.values())]:
        parts[link] += 1
    return parts


def _weight(model: Model, nth: int, count: int, age: timedelta) -> Fraction:
    ends = nth in (0, count - 1)
    match model:
        case Model.LAST:
            return Fraction(nth == count - 1)
        case Model.FIRST:
            return Fraction(nth == 0)
        case Model.LINEAR:
            return Fraction(1)
        case Model.POSITION if count < 3:
            return Fraction(1)
        case Model.POSITION:
            return Fraction(40, 100) if ends else Fraction(20, 100) / (count - 2)
        case Model.DECAY:
            lives = _exact.divide(Decimal(age // timedelta(microseconds=1)), Decimal(WEEK // timedelta(microseconds=1)))
            return Fraction(_exact.power(Decimal(2), -lives))


def compared() -> Iterator[tuple[str, Any, Any]]:
    """(which row, as stored, as it should be) of every row that is there or should be; None for one that is not. People
    of whom an order waits to be credited are left out."""
    conversions, credits = recompute()
    counted = {
        (row.order_id, row.campaign_id): Counted(row.customer_id, row.net_fen, row.at, row.day, row.number)
        for row in Conversion.objects.order_by().iterator(CHUNK)
    }
    stored = {
        (row.order_id, row.link_id, row.model): Share(row.share_fen, row.campaign_id, row.employee_id, row.channel_id, row.day)
        for row in Credit.objects.order_by().iterator(CHUNK)
    }
    people = Order.objects.filter(pk__in=OrderWork.objects.values("order")).order_by().values("customer")
    waiting = set(Order.objects.filter(customer__in=people).order_by().values_list("pk", flat=True))
    for order, campaign in sorted(counted.keys() | conversions.keys()):
        if order not in waiting:
            key = order, campaign
            yield f"order {order} of campaign {campaign}:", counted.get(key), conversions.get(key)
    for order, link, model in sorted(stored.keys() | credits.keys()):
        if order not in waiting:
            part = order, link, model
            yield f"credit of order {order}, link {link}, {model}:", stored.get(part), credits.get(part)


def differences() -> list[str]:
    """A line for every stored row that is not as it should be, or is missing; none when all is well."""
    return [f"{what} {stored} should be {right}" for what, stored, right in compared() if stored != right]
