"""What one customer has bought: the figures of her page, and her last orders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.models import Customer, Opening, Order
from customers.queries import orders
from scrm.kit import clock, money

LAST = 5
HABIT_OF, GONE_AFTER = 3, 3


@dataclass(frozen=True)
class Last:
    """One of the last orders, as the viewer may read it."""

    order: Order
    number: str
    first: str
    lines: int


@dataclass(frozen=True)
class Figures:
    """Over orders that count; net of what was given back. Opening figures are in the totals of a lifetime (and said
    there), never in a period. `days` are the days on which she bought."""

    net_fen: int = 0
    orders: int = 0
    year_fen: int = 0
    first: date | None = None
    last: date | None = None
    days: int = 0

    @property
    def interval(self) -> int | None:
        """Days between one purchase and the next, in the mean; two orders of one day are one purchase."""
        if self.days < 2 or self.first is None or self.last is None:
            return None
        apart = self.days - 1
        return (2 * (self.last - self.first).days + apart) // (2 * apart)


    def rhythm(self, today: date) -> int | None:
        """The interval where it is a habit: three visits at least (two make a mean and no habit), and she has not stayed
        away for so long that she no longer has it."""
        if self.interval is None or self.last is None or self.days < HABIT_OF:
            return None
        return self.interval if (today - self.last).days <= GONE_AFTER * max(self.interval, 7) else None


@dataclass(frozen=True)
class Totals:
    """What stands on the page; "" where nothing is known."""

    spend: str
    of_it_opening: str
    year: str
    orders: str
    orders_before: str
    last: str
    interval: str
    level: str


def figures(customer: Customer) -> Figures:
    """One query, from the index on her orders."""
    year = clock.start_of(_year_ago(clock.today()))
    net = F("paid_fen") - F("refunded_fen")
    found = (
        Order.objects.filter(customer=customer)
        .counting()
        .order_by()
        .aggregate(
            net=Sum(net),
            orders=Count("pk"),
            year=Sum(net, filter=Q(ordered_at__gte=year)),
            first=Min("ordered_at"),
            last=Max("ordered_at"),
            days=Count(TruncDate("ordered_at"), distinct=True),
        )
    )
    return Figures(
        net_fen=found["net"] or 0,
        orders=found["orders"],
        year_fen=found["year"] or 0,
        first=localtime(found["first"]).date() if found["first"] else None,
        last=localtime(found["last"]).date() if found["last"] else None,
        days=found["days"],
    )


def totals(bought: Figures, openings: list[Opening]) -> Totals | None:
    """None when there is neither an order nor an opening figure."""
    if not bought.orders and not openings:
        return None
    spends = [row.spend_fen for row in openings if row.spend_fen is not None]
    before = [row.orders for row in openings if row.orders is not None]
    days = [row.last_order_on for row in openings if row.last_order_on is not None]
    days += [bought.last] if bought.last else []
    interval = bought.interval
    return Totals(
        spend=money.show(bought.net_fen + sum(spends)) if bought.orders or spends else "",
        of_it_opening=money.show(sum(spends)) if spends else "",
        year=money.show(bought.year_fen) if bought.orders else "",
        orders=f"{bought.orders + sum(before):,}" if bought.orders or before else "",
        orders_before=f"{sum(before):,}" if before else "",
        last=max(days).isoformat() if days else "",
        interval="" if interval is None else _("%(days)s days") % {"days": interval},
        level=" · ".join(dict.fromkeys(row.level for row in openings if row.level)),
    )


def last_orders(customer: Customer, text: Callable[[Any], str]) -> list[Last]:
    """Her newest, counting or not; three queries. `text` masks what stands in them for whoever reads."""
    rows = list(Order.objects.filter(customer=customer).order_by(F("ordered_at").desc(nulls_last=True), "-pk")[:LAST])
    beside = orders.beside([order.pk for order in rows])
    return [
        Last(order=order, number=text(order.number), first=text(beside[order.pk].first), lines=beside[order.pk].lines)
        for order in rows
    ]


def _year_ago(day: date) -> date:
    """The first day of the twelve months that end with `day`."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)
