"""What becomes of the rows that point at a person when she is folded into another. Merging works from an allow-list:
each app registers a mover for each of its relations, and a test fails for one that is not declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise

from customers.models import Customer
from scrm.kit.registry import Registry


class Mover(Protocol):
    """`relations` are the model labels it answers for; `label` is what people call its rows."""

    @property
    def relations(self) -> tuple[str, ...]: ...

    @property
    def label(self) -> str | Promise: ...

    def count(self, fold: Customer) -> int:
        """Rows that `move` would touch."""

    def mark(self, fold: Customer) -> Any:
        """What changes when a row comes, goes or changes: a plan made before is stale then."""

    def move(self, fold: Customer, keep: Customer) -> Any:
        """Gives the rows to `keep`; returns JSON with all that `back` needs."""

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        """Exactly the rows of `moved` go back, as far as they still are `keep`'s."""


movers: Registry[Mover] = Registry("mover")


def chunks(ids: list[int], size: int = 5_000) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


@dataclass(frozen=True)
class Repoint:
    """Rows that simply get the winner's id. `unless_there` is a rule for rows that she has already: they stay with
    the folded one. `told` hears of the ids that moved."""

    model: type[models.Model]
    label: str | Promise
    field: str = "customer"
    unless_there: tuple[str, ...] = ()
    told: Callable[[list[int]], None] | None = None

    @property
    def relations(self) -> tuple[str, ...]:
        return (f"{self.model._meta.label_lower}.{self.field}",)

    def _rows(self, fold: Customer) -> Any:
        return self.model._base_manager.filter(**{self.field: fold.pk})

    def count(self, fold: Customer) -> int:
        return int(self._rows(fold).count())

    def mark(self, fold: Customer) -> Any:
        found = self._rows(fold).aggregate(n=models.Count("pk"), last=models.Max("pk"))
        return [found["n"], found["last"]]

    def move(self, fold: Customer, keep: Customer) -> Any:
        rows = self._rows(fold)
        if self.unless_there:
            same = {name: models.OuterRef(name) for name in self.unless_there}
            rows = rows.exclude(models.Exists(self.model._base_manager.filter(**{self.field: keep.pk}, **same)))
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        for some in chunks(ids):
            self.model._base_manager.filter(pk__in=some).update(**{self.field: keep.pk})
        if self.told and ids:
            self.told(ids)
        return ids

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        for some in chunks(moved):
            self.model._base_manager.filter(pk__in=some, **{self.field: keep.pk}).update(**{self.field: fold.pk})
        if self.told and moved:
            self.told(moved)


@dataclass(frozen=True)
class Stays:
    """Rows that belong to the record and not to the person: its own history, who was folded into it before."""

    relations: tuple[str, ...]
    label: str | Promise = ""

    def count(self, fold: Customer) -> int:
        return 0

    def mark(self, fold: Customer) -> Any:
        return None

    def move(self, fold: Customer, keep: Customer) -> Any:
        return None

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        return None
