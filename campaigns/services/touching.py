"""A touch is written here, by one INSERT, and never again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from campaigns.choices import Hint, TouchKind, VisitorKind
from campaigns.models import Link, Touch
from campaigns.services.committing import SharedCommit
from scrm.kit import clock

# Rows of one statement: eight values each, and SQLite takes 32,766.
PART = 1_000
# A table that is locked (by a migration, say) does not hold up who only wants to be sent on.
PATIENCE = "SET LOCAL lock_timeout = '3s'; "


class NewTouch(NamedTuple):
    """The columns, in the order in which they are written."""

    link: int
    visitor_key: UUID
    visitor_kind: str
    kind: str
    at: datetime
    hint: str
    agent: str
    origin: str


COLUMNS = ", ".join(f'"{Touch._meta.get_field(name).column}"' for name in NewTouch._fields)  # type: ignore[union-attr]
ROW = f"({', '.join(['%s'] * len(NewTouch._fields))})"
INSERT = f'INSERT INTO "{Touch._meta.db_table}" ({COLUMNS}) VALUES '


def touch(
    *,
    link: Link | int,
    visitor_key: UUID,
    kind: str = TouchKind.VIEW,
    visitor_kind: str = VisitorKind.COOKIE,
    at: datetime | None = None,
    hint: str = Hint.NONE,
    agent: str = "",
    origin: str = "",
) -> None:
    """Committed when it returns, or part of the caller's transaction. What it counts as is read a minute later. A link is
    taken by its id as well, so that whoever knows it need not fetch it. Raises `django.db.Error`; a caller's transaction
    may go on after that."""
    row = NewTouch(
        link if isinstance(link, int) else link.pk, visitor_key, visitor_kind, kind, at or clock.now(), hint, agent, origin
    )  # fmt: skip
    if connection.in_atomic_block:
        with transaction.atomic():
            _insert([row])
    else:
        _together.store(row)


def touch_many(rows: Sequence[NewTouch]) -> None:
    """The same of many at once, each with its own moment: in one transaction, a statement for each PART of them."""
    with transaction.atomic():
        for start in range(0, len(rows), PART):
            _insert(rows[start : start + PART])


def _insert(rows: Sequence[NewTouch]) -> None:
    """One statement, which is one commit outside of transactions."""
    sql = INSERT + ", ".join([ROW] * len(rows))
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        sql = PATIENCE + sql
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in _values(row)])


def _values(row: NewTouch) -> tuple[Any, ...]:
    """As the columns take them; choices are plain text."""
    key: Any = row.visitor_key if connection.features.has_native_uuid_field else row.visitor_key.hex
    at = connection.ops.adapt_datetimefield_value(row.at)
    return (row.link, key, str(row.visitor_kind), str(row.kind), at, str(row.hint), row.agent, row.origin)


_together = SharedCommit(_insert)
