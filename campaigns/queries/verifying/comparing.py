"""A figure beside what it should be."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection


class Checked(NamedTuple):
    """`what` names a figure so that it can be found: "board 12, 2026-11-30, link 5: visitors"."""

    what: str
    stored: Any
    right: Any

    @property
    def is_right(self) -> bool:
        return bool(self.stored == self.right)

    def __str__(self) -> str:
        return f"{self.what} {self.stored}, should be {self.right}"


def compared(noun: str, names: Iterable[str], stored: Mapping[Any, Mapping[str, int]], right: Mapping[Any, Mapping[str, int]]) -> Iterator[Checked]:
    """Every name of every key that either side has; what is not there is 0."""
    for key in sorted(stored.keys() | right.keys(), key=str):
        there, should = stored.get(key, {}), right.get(key, {})
        for name in names:
            yield Checked(f"{noun} {_told(key)}: {name}", there.get(name, 0), should.get(name, 0))


def _told(key: Any) -> str:
    return ", ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while some := cursor.fetchmany(5_000):
            yield from some
