"""What the headers of one kind of sheet are called: customers here, orders and bookings in their own packages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class LooksAt(Protocol):
    """What a vocabulary is asked about a sheet: its fields and the first values of its columns."""

    fields: list[str | None]
    samples: list[list[str]]


@dataclass(frozen=True)
class Vocabulary:
    """`field_of` reads one header, `assign` a whole row of them. `carriers` are the fields that make a row of words a
    header at all; `looks_right` says whether a sheet is of this kind; `by_content` names the columns of a sheet that
    has no header, and its first row (None: nobody can tell)."""

    field_of: Callable[[str], str | None]
    assign: Callable[[Sequence[str]], list[str | None]]
    carriers: frozenset[str]
    looks_right: Callable[[LooksAt], bool]
    by_content: Callable[[Sequence[tuple[int, list[Any]]]], tuple[list[str | None], int]] | None = None
    blank_headers: Callable[[Sequence[str], list[str | None], Sequence[tuple[int, list[Any]]]], None] | None = None

    def names_one_field(self, text: str, header: str) -> bool:
        """手机 and mobile, 姓名 and name."""
        field = self.field_of(header)
        return field is not None and self.field_of(text) == field
