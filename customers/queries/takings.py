"""What came in: net of what was given back, of orders that count, by the day on which they were placed."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, When

from customers.models import Order, OrderCredit, OrderLine
from customers.models.orders import AGREED, PAID, OrderQuerySet
from scrm.kit import clock
from scrm.kit.paginator import CAP


@dataclass(frozen=True)
class Days:
    """This month so far."""

    first: date
    today: date


@dataclass(frozen=True)
class Month(Days):
    """And what it brought beside the last one up to the same day (its end, where it is shorter). In fen."""

    net_fen: int
    before_fen: int


@dataclass(frozen=True)
class Margin:
    """Of the orders whose every line has a known cost: what they brought, and what is left of it."""

    net_fen: int
    left_fen: int

    @property
    def percent(self) -> int:
        return int(_whole(Decimal(100 * self.left_fen) / self.net_fen)) if self.net_fen else 0


@dataclass(frozen=True)
class Result:
    """What one colleague's service brought: her shares of the net of orders that count. `orders` as the list of her
    orders counts them: all that name her."""

    employee: int
    name: str
    net_fen: int
    orders: int


def days_of_month() -> Days:
    today = clock.today()
    return Days(today.replace(day=1), today)


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


def margin(viewer: Any, month: Days) -> Margin | None:
    """None where no cost is known, and in a month of more orders than a list counts: that is a night's work. What was
    given back lowers what is left; the cost was had all the same."""
    rows = _of(viewer, month).counting()
    if _many(rows):
        return None
    lines = OrderLine.objects.filter(order__in=rows).order_by()
    known = (
        lines.values("order")
        .annotate(lines=Count("pk"), costs=Count("product__cost_fen"), cost=Sum(F("quantity") * F("product__cost_fen")))
        .filter(costs=F("lines"))
        .values_list("order__paid_fen", "order__refunded_fen", "cost")
    )
    found = [(paid - refunded, Decimal(cost)) for paid, refunded, cost in known]
    if not found:
        return None
    net = sum(brought for brought, _cost in found)
    return Margin(net, net - int(_whole(sum((cost for _net, cost in found), Decimal(0)))))


def by_colleague(viewer: Any, month: Days) -> list[Result]:
    """The best first; nobody in a month of more orders than a list counts."""
    rows = _of(viewer, month)
    if _many(rows):
        return []
    share = F("share_bp") * (F("order__paid_fen") - F("order__refunded_fen"))
    counts = Q(order__state__in=PAID, order__approval__in=AGREED)
    found = (
        OrderCredit.objects.filter(order__in=rows)
        .order_by()
        .values_list("employee", "employee__name")
        .annotate(part=Sum(Case(When(counts, then=share), default=0)), orders=Count("order", distinct=True))
    )
    told = [Result(pk, name, int(_whole(Decimal(part or 0) / 10_000)), orders) for pk, name, part, orders in found]
    return sorted(told, key=lambda row: (-row.net_fen, row.employee))


def _of(viewer: Any, month: Days) -> OrderQuerySet:
    return Order.objects.visible_to(viewer).ordered_within(month.first, month.today).order_by()


def _many(rows: OrderQuerySet) -> bool:
    return rows[: CAP + 1].count() > CAP


def _whole(fen: Decimal) -> Decimal:
    return fen.quantize(Decimal(1), ROUND_HALF_UP)
