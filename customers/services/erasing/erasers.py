"""What erasing a person has to find. Each app registers an eraser for each place that holds something of her; a test
fails for a relation that none answers for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise

from scrm.kit.registry import Registry


class Eraser(Protocol):
    """`people` are her own id and those of the records that were folded into her: one person. `relations` are the
    labels of the foreign keys it answers for."""

    @property
    def relations(self) -> tuple[str, ...]: ...

    @property
    def label(self) -> str | Promise:
        """What is emptied or removed, in words for the plan."""

    def count(self, people: Sequence[int]) -> int:
        """Rows that `erase` would touch, for the plan."""

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        """Does it, in the caller's transaction; returns the private files that go once it is committed."""


erasers: Registry[Eraser] = Registry("eraser")


@dataclass(frozen=True)
class Rows:
    """Rows of a model that point at her."""

    model: type[models.Model]
    label: str | Promise
    lookup: str = "customer"
    # Of the rows, those that are touched at all: a row without a word of hers is not counted either.
    only: models.Q = field(default_factory=models.Q)

    @property
    def relations(self) -> tuple[str, ...]:
        return (f"{self.model._meta.label_lower}.{self.lookup.removesuffix('_id')}",)

    def rows(self, people: Sequence[int]) -> Any:
        return self.model._base_manager.filter(self.only, **{f"{self.lookup}__in": people}).order_by()

    def count(self, people: Sequence[int]) -> int:
        return int(self.rows(people).count())


@dataclass(frozen=True)
class Removes(Rows):
    """They are gone."""

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        self.rows(people).delete()
        return ()


@dataclass(frozen=True)
class Empties(Rows):
    """They stay, for the figures, with nothing of her in them."""

    values: dict[str, Any] = field(default_factory=dict)

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        self.rows(people).update(**self.values)
        return ()


@dataclass(frozen=True)
class Keeps:
    """Nothing personal stands in these rows: amounts, levels, who is linked with whom."""

    relations: tuple[str, ...]
    label: str | Promise = ""

    def count(self, people: Sequence[int]) -> int:
        return 0

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        return ()
