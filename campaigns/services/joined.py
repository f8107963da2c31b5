"""Leads when two records become one: whether she came is asked again of both, since visits and coupons move along."""

from dataclasses import dataclass
from typing import Any

from campaigns.services import arriving
from customers.models import Customer
from customers.services.merging.movers import Repoint


@dataclass(frozen=True)
class Joined(Repoint):
    def move(self, fold: Customer, keep: Customer) -> Any:
        moved = super().move(fold, keep)
        arriving.look_again([fold.pk, keep.pk])
        return moved

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        super().back(moved, fold, keep)
        arriving.look_again([fold.pk, keep.pk])

    def follow(self, fold: Customer, keep: Customer) -> None:
        super().follow(fold, keep)
        arriving.look_again([fold.pk, keep.pk])
