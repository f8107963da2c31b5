"""What becomes of the rows that point at a person when she is folded into another. Merging works from an allow-list:
each app registers a mover for each of its relations, and a test fails for one that is not declared."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise

from customers.models import Customer, Identity
from scrm.kit import bulk
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

    def follow(self, fold: Customer, keep: Customer) -> None:
        """Asked last of an undo, when identities are whose they were: rows that a sheet wrote meanwhile by one of
        them go with it."""


movers: Registry[Mover] = Registry("mover")


def chunks(ids: list[int], size: int = 5_000) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


@dataclass(frozen=True)
class Repoint:
    """Rows that simply get the winner's id. `unless_there` is a rule for rows that she has already: they stay with
    the folded one. `told` hears of the ids that moved. `by_identity`: the rows know by which identity they came.
    `written_once`: rows come and go and are not edited; `touched` is a column that every edit sets to now. Of other rows
    every column is looked at."""

    model: type[models.Model]
    label: str | Promise
    field: str = "customer"
    unless_there: tuple[str, ...] = ()
    told: Callable[[list[int]], None] | None = None
    by_identity: bool = False
    written_once: bool = False
    touched: str = ""

    @property
    def relations(self) -> tuple[str, ...]:
        return (f"{self.model._meta.label_lower}.{self.field}",)

    def _rows(self, fold: Customer) -> Any:
        return self.model._base_manager.filter(**{self.field: fold.pk})

    def count(self, fold: Customer) -> int:
        return int(self._rows(fold).count())

    def doubled(self, fold: Customer, keep: Customer) -> int:
        """How many of those counted both have, so that they are one from then on."""
        return 0

    def mark(self, fold: Customer) -> Any:
        """What is there by the thousand (orders, traces) is counted by the database, the rest is read."""
        if self.written_once or self.touched:
            last = {"touched": models.Max(self.touched)} if self.touched else {}
            found = self._rows(fold).aggregate(n=models.Count("pk"), last=models.Max("pk"), **last)
            return [bulk.plain(value) for value in found.values()]
        columns = [column.attname for column in self.model._meta.concrete_fields]
        digest = blake2b(digest_size=16)
        for row in self._rows(fold).order_by("pk").values_list(*columns).iterator(chunk_size=2_000):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

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

    def follow(self, fold: Customer, keep: Customer) -> None:
        if not self.by_identity:
            return
        # Both ways: a row that went back may meanwhile be said to be the other one's.
        for here, there in ((keep, fold), (fold, keep)):
            hers = Identity.objects.filter(customer=there.pk).values("pk")
            ids = list(self._rows(here).filter(identity__in=hers).order_by("pk").values_list("pk", flat=True))
            for some in chunks(ids):
                self.model._base_manager.filter(pk__in=some).update(**{self.field: there.pk})
            if self.told and ids:
                self.told(ids)


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

    def follow(self, fold: Customer, keep: Customer) -> None:
        return None
