"""What no link brought, month by month, under each model: the net amount of the orders that no credit names."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone

from campaigns.choices import Model
from campaigns.queries.board import figures, shop
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import Days
from campaigns.queries.verifying.comparing import Checked
from customers.models import Order
from scrm.kit import clock

LEFT_OUT = """
    SELECT COUNT(*), COALESCE(SUM(paid_fen - refunded_fen), 0) FROM customers_order
    WHERE state IN ('paid', 'fulfilled') AND approval IN ('', 'approved') AND ordered_at >= %s AND ordered_at < %s
        AND id NOT IN (SELECT order_id FROM campaigns_credit)
"""


def check() -> Iterator[Checked]:
    for first, last in _months():
        days = Days(first, last)
        with connection.cursor() as cursor:
            # As the database keeps it: SQLite holds UTC as text, and a raw parameter with another offset would be compared as text.
            span = [connection.ops.adapt_datetimefield_value(at) for at in (clock.start_of(first), clock.end_of(last))]
            cursor.execute(LEFT_OUT, span)
            orders, net = cursor.fetchone()
        for model in Model.values:
            said = shop.rest(days, figures.whole(Cut(Sight(None), days=days), model=model))
            assert said is not None
            yield Checked(f"rest {first:%Y-%m}, {model}: orders", said.orders, orders)
            yield Checked(f"rest {first:%Y-%m}, {model}: net_fen", said.net_fen, net)


def _months() -> Iterator[tuple[date, date]]:
    found = Order.objects.filter(ordered_at__isnull=False).aggregate(first=Min("ordered_at"), last=Max("ordered_at"))
    if found["first"] is None:
        return
    first, last = timezone.localdate(found["first"]).replace(day=1), timezone.localdate(found["last"])
    while first <= last:
        end = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        yield first, end
        first = end + timedelta(days=1)
