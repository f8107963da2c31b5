"""Who hears of coupons: apps above insert their own work rows, inside the transaction that changed them."""

from collections.abc import Callable, Collection

from scrm.kit.registry import Registry

# Each takes the customers whose coupons were used at the counter.
use_listeners: Registry[Callable[[Collection[int]], None]] = Registry("listener of coupons used")


def tell_used(customers: Collection[int]) -> None:
    for listener in use_listeners:
        listener(customers)
