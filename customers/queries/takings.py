"""What came in: net of what was given back, of orders that count, by the day on which they were placed."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, Sum

from customers.models import Order
from scrm.kit import clock


@dataclass(frozen=True)
class Month:
    """This month so far, and the last one up to the same day (its end, where it is shorter). In fen."""

    first: date
    today: date
    net_fen: int
    before_fen: int


def this_month(viewer: Any) -> Month:
    """One query over the days of two months, under the viewer's scope."""
    today = clock.today()
    first = today.replace(day=1)
    before_first = (first - timedelta(days=1)).replace(day=1)
    same_day = min(today.day, monthrange(before_first.year, before_first.month)[1])
    net = F("paid_fen") - F("refunded_fen")
    rows = Order.objects.visible_to(viewer).counting().ordered_within(before_first, today).order_by()
    now = Q(ordered_at__gte=clock.start_of(first))
    before = Q(ordered_at__lt=clock.end_of(before_first.replace(day=same_day)))
    found = rows.aggregate(now=Sum(net, filter=now), before=Sum(net, filter=before))
    return Month(first, today, found["now"] or 0, found["before"] or 0)
