"""What becomes of credits and commission of orders that an undone import takes away."""

from collections.abc import Sequence

from campaigns.models import CommissionEntry, Conversion, OrderWork
from customers.services.ordering.listeners import Book, order_books
from scrm.kit.among import Among


def pins(order_ids: Sequence[int]) -> set[int]:
    """An order that somebody was paid for stays in the books, as one that was cancelled."""
    return set(CommissionEntry.objects.filter(Among("order", order_ids)).order_by().values_list("order_id", flat=True))


def forget(order_ids: Sequence[int]) -> None:
    """Credits are worked out from orders: without the order there are none."""
    Conversion.objects.filter(Among("order", order_ids)).delete()
    OrderWork.objects.filter(Among("order", order_ids)).delete()


def register() -> None:
    order_books.register("campaigns", Book(pins, forget))
