"""What credits are worked out from: a slice of orders with the touches that count for them, in four queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import F
from django.utils import timezone

from campaigns.choices import TouchKind
from campaigns.models import Campaign, Link, TouchReading
from campaigns.services.crediting.splitting import Touched
from customers.models import Order
from scrm.kit.among import Among

WINDOWS = {
    TouchKind.VIEW: "view_days",
    TouchKind.SCAN: "scan_days",
    TouchKind.FRIEND: "scan_days",
    TouchKind.REFERRAL: "referral_days",
}


@dataclass
class Fact:
    """An order with a time that counts, and the touches before it that do."""

    order: int
    customer: int
    at: datetime
    net_fen: int
    touches: list[Touched] = field(default_factory=list)
    campaigns: set[int] = field(default_factory=set)

    @cached_property
    def day(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Whose:
    """What a credit says of its link."""

    campaign: int
    employee: int | None
    channel: int | None


def gather(order_ids: Sequence[int]) -> list[Fact]:
    """Those of the orders that count, by id; whatever has no eligible touch has none here."""
    orders = Order.objects.counting().filter(Among("pk", order_ids), ordered_at__isnull=False).order_by("pk")
    found = {
        pk: Fact(pk, customer, at, paid - refunded)
        for pk, customer, at, paid, refunded in orders.values_list(
            "pk", "customer_id", "ordered_at", "paid_fen", "refunded_fen"
        )
        if at is not None
    }
    if found:
        _touches(found)
    return list(found.values())


def _touches(found: dict[int, Fact]) -> None:
    """Joined from the order over her visitors to their touches, no further back than the longest window; the window of
    each campaign is looked at here, since no two databases subtract days from a column alike."""
    windows = _windows()
    rows = TouchReading.objects.filter(
        Among("visitor__customer__orders", list(found)),
        unique=True,
        at__lte=F("visitor__customer__orders__ordered_at"),
        at__gte=F("visitor__customer__orders__ordered_at") - max(windows.values(), default=timedelta(0)),
    )
    for order, campaign, kind, at, touch, link in rows.order_by().values_list(
        "visitor__customer__orders", "campaign_id", "kind", "at", "touch_id", "link_id"
    ):
        fact = found[order]
        if fact.at - at <= windows[campaign, kind]:
            fact.touches.append(Touched(at, touch, link))
            fact.campaigns.add(campaign)


def _windows() -> dict[tuple[int, str], timedelta]:
    names = sorted(set(WINDOWS.values()))
    return {
        (row["pk"], str(kind)): timedelta(days=row[name])
        for row in Campaign.objects.values("pk", *names).order_by()
        for kind, name in WINDOWS.items()
    }


def links_of(facts: Iterable[Fact]) -> dict[int, Whose]:
    links = sorted({touch.link for fact in facts for touch in fact.touches})
    rows = Link.objects.filter(Among("pk", links)).order_by()
    return {pk: Whose(*whose) for pk, *whose in rows.values_list("pk", "campaign_id", "employee_id", "channel_id")}
