"""Who hears that credits were worked out anew: what is paid on them."""

from collections.abc import Callable, Sequence

from scrm.kit.registry import Registry

# Each takes the ids of the orders of a slice, those without credits too, inside the transaction that wrote their credits.
credited_listeners: Registry[Callable[[Sequence[int]], object]] = Registry("listener of credits")
