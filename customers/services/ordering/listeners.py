"""Who hears of orders: apps above insert their own work rows, set-based, inside the transaction that wrote them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scrm.kit.registry import Registry

# Each takes the ids of orders that were written, changed or given back in part. A listener may insert its own rows
# and nothing else; its effect is done by a job, idempotently.
order_listeners: Registry[Callable[[Sequence[int]], None]] = Registry("order listener")


def tell(order_ids: Sequence[int]) -> None:
    if order_ids:
        for listener in order_listeners:
            listener(order_ids)


@dataclass(frozen=True)
class Book:
    """What an app above keeps of orders. `pins`: those of these that its books name for good, so that they can be
    cancelled and not removed; `forget`: what it has of orders that are about to be removed goes with them."""

    pins: Callable[[Sequence[int]], set[int]]
    forget: Callable[[Sequence[int]], None]


order_books: Registry[Book] = Registry("book of orders")


def pinned(order_ids: Sequence[int]) -> set[int]:
    return set().union(*(book.pins(order_ids) for book in order_books)) if order_ids else set()


def forget(order_ids: Sequence[int]) -> None:
    if order_ids:
        for book in order_books:
            book.forget(order_ids)
