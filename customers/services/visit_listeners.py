"""Who hears of appointments: apps above insert their own work rows, set-based, inside the transaction that wrote them."""

from collections.abc import Callable, Collection

from scrm.kit.registry import Registry

# Each takes the customers of whom an appointment was written, changed its state or was taken back.
visit_listeners: Registry[Callable[[Collection[int]], None]] = Registry("visit listener")


def tell(customers: Collection[int]) -> None:
    if customers:
        for listener in visit_listeners:
            listener(customers)
