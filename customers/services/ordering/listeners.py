"""Who hears of orders: apps above insert their own work rows, set-based, inside the transaction that wrote them."""

from collections.abc import Callable, Sequence

from scrm.kit.registry import Registry

# Each takes the ids of orders that were written, changed or given back in part. A listener may insert its own rows
# and nothing else; its effect is done by a job, idempotently.
order_listeners: Registry[Callable[[Sequence[int]], None]] = Registry("order listener")


def tell(order_ids: Sequence[int]) -> None:
    if order_ids:
        for listener in order_listeners:
            listener(order_ids)
