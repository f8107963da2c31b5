"""What can be exported. Apps above register theirs in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from scrm.kit.registry import Registry

# What a sheet is made by, settled once before its first row: its headers, and whatever else its rows need. JSON.
type Plan = dict[str, Any]


@dataclass(frozen=True)
class Noun:
    """`rows` are those the employee may see now; `plan` looks at all of them once (chunks of ids) and says the
    "headers"; `write` gives the sheet's rows of some ids, in their order, in a fixed number of queries."""

    label: str | Promise
    permission: str
    rows: Callable[[Any], QuerySet[Any]]
    plan: Callable[[Iterable[Sequence[int]], Any], Plan]
    write: Callable[[Sequence[int], Plan, Any], Iterator[list[Any]]]


nouns: Registry[Noun] = Registry("exportable noun")
