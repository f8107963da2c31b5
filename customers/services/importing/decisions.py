"""What deciding hands to writing: the people a slice meets, what became of each row, everything to be written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

COLUMNS = (
    "name", "name_key", "phone", "gender", "birth_year", "birth_md", "birth_lunar", "city", "address", "company",
    "occupation", "education", "income_band", "spending_band", "budget", "source_id", "store_id", "owner_id",
    "known_since", "note", "custom", "legacy", "archived_at",
)  # fmt: skip
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(COLUMNS, ""),
    **dict.fromkeys(
        ("birth_year", "birth_md", "source_id", "store_id", "owner_id", "known_since", "archived_at")
    ),
    "birth_lunar": False,
}
OPENING = ("spend_fen", "orders", "last_order_on", "level")
OPENING_COLUMNS = {
    "opening_spend": "spend_fen",
    "opening_orders": "orders",
    "opening_last_order": "last_order_on",
    "opening_level": "level",
}
# So many different values of one column are kept of one person; a ledger of her orders is no customer sheet.
MOST_KEPT = 100


class Person:
    """A customer as this slice sees her. `changed` maps a column to [before, after] of the whole slice, `log` of
    the row at hand; opening figures stand there as "opening.spend_fen"…"""

    __slots__ = ("changed", "fields", "log", "new", "opening", "opening_pk", "pk", "tags")

    def __init__(self, pk: int, fields: dict[str, Any], *, new: bool) -> None:
        self.pk = pk
        self.new = new
        self.fields = fields
        self.changed: dict[str, list[Any]] = {}
        self.log: dict[str, list[Any]] = {}
        self.tags: set[str] = set()
        self.opening: dict[str, Any] | None = None
        self.opening_pk: int | None = None

    def set(self, column: str, value: Any) -> None:
        before = self.fields[column]
        self.fields[column] = value
        if not self.new:
            self._note(column, before, value)

    def set_opening(self, column: str, value: Any) -> None:
        assert self.opening is not None
        before = self.opening[column]
        self.opening[column] = value
        self._note(f"opening.{column}", before, value)

    def _note(self, column: str, before: Any, after: Any) -> None:
        for book in (self.changed, self.log):
            if column in book:
                book[column][1] = after
            else:
                book[column] = [before, after]


@dataclass
class Decision:
    """What became of one row."""

    number: int
    outcome: str
    person: Person | None = None
    code: str = ""
    conflict: bool = False
    detail: dict[str, Any] | None = None
    changes: dict[str, list[Any]] | None = None
    warnings: list[dict[str, Any]] | None = None
    unknown: dict[str, str] | None = None
    raw: Sequence[Any] | None = None


@dataclass
class Slice:
    """Everything a slice would write."""

    decisions: list[Decision] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    identities: list[tuple[Person, str, str]] = field(default_factory=list)
    tags: list[tuple[Person, str]] = field(default_factory=list)
    # Two people who share a strong identity in this sheet, and which one.
    candidates: list[tuple[Person, Person | int, dict[str, Any]]] = field(default_factory=list)


def stamp(value: Any) -> Any:
    """A value as the JSON of a before-and-after pair keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def numbered(own: dict[str, Any], values: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """`values` under "积分 (2)", "积分 (3)"…: the first free number each; what is kept already is left out."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if own.get(key) == value:
            continue
        for n in range(2, MOST_KEPT + 1):
            name = f"{key} ({n})"
            if own.get(name) == value:
                break
            if name not in own and name not in taken and name not in found:
                found[name] = value
                break
    return found
