"""What a sheet is made of: cells, rows, remarks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

FURTHEST = 1 << 20  # as far as a sheet of Excel is long

type Cell = str | int | float | bool | date | datetime | time | timedelta
type Row = tuple[int, list[Cell]]
type Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Note:
    """A remark on the whole file ("encoding.lossy", "sheets.hidden"). Callers word it; `params` is JSON."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def trim(cells: list[Cell]) -> list[Cell]:
    """The same list without its trailing empty cells; changed in place."""
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def is_white(cell: Cell) -> bool:
    """Nothing, or white space that somebody has left behind."""
    return isinstance(cell, str) and not cell.strip()


def settle(rows: Iterable[Row]) -> Iterator[Row]:
    """From the first row with a value to the last one, without a gap: a missing or blank row in between comes
    as (n, []), blank rows at either end do not come at all. Numbers must rise."""
    last = 0
    for number, cells in rows:
        if not last < number <= last + FURTHEST:
            raise ValueError("rows out of order")
        if not cells or (cells[-1] == "" and not trim(cells)):
            continue
        if last:
            for blank in range(last + 1, number):
                yield blank, []
        last = number
        yield number, cells


class Reader(Protocol):
    """What a format brings. `rows` may leave out blank rows and may yield trailing empty cells."""

    kind: str
    encoding: str
    delimiter: str
    since_1904: bool
    sheets: list[str]
    notes: list[Note]

    def rows(self, sheet: str) -> Iterator[Row]: ...
    def merged(self, sheet: str) -> list[Merge]: ...
    def close(self) -> None: ...
