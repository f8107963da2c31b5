"""What tests of crediting ask alike."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.choices import Model
from campaigns.models import Conversion, Credit, OrderWork
from campaigns.queries import recomputing
from campaigns.services.crediting import running, work
from customers.models import Customer, Order
from tests.factories.orders import make_order

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=SHANGHAI)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def bought(customer: Customer, paid_fen: int = 10_000, *, at: datetime | None = NOON, **fields: Any) -> Order:
    """An order as whoever writes one leaves it: listeners were told."""
    order = make_order(customer, paid_fen=paid_fen, ordered_at=at, **fields)
    work.of_orders([order.pk])
    return order


def run() -> None:
    assert running.run(seconds=60, progress=lambda: None, stopping=lambda: False)
    assert not OrderWork.objects.exists()
    assert recomputing.differences() == []


def shares_of(order: Order, model: str = Model.LAST) -> dict[int, int]:
    return dict(Credit.objects.by(model).filter(order=order).order_by("link").values_list("link", "share_fen"))


def counted(order: Order) -> list[tuple[int, int, int]]:
    """(campaign, net, number) of an order's conversions."""
    rows = Conversion.objects.filter(order=order).order_by("campaign")
    return list(rows.values_list("campaign", "net_fen", "number"))
