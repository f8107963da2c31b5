"""Writing thousands of rows at once: COPY on PostgreSQL, executemany on SQLite. No signals, no history rows.

Values are given as the column takes them: ids for foreign keys, ISO or datetime for times, JSON as Python values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model


def _columns(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc]


def _is_json(field: Field[Any, Any]) -> bool:
    return isinstance(field, JSONField)


def dump(value: Any) -> str | None:
    """JSON as both databases store it; None stays NULL."""
    return None if value is None else json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it exactly: days and times in ISO, decimals as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """`count` primary keys nobody else gets. On SQLite call it inside the (IMMEDIATE) transaction that writes."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [f'"{table}"', count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        if not found:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
        return list(range(first, first + count))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Inserts rows of values in the order of `names`; returns how many. Raises IntegrityError on a taken key."""
    rows = list(rows)
    if not rows:
        return 0
    fields = _columns(model, names)
    quoted = ", ".join(f'"{field.column}"' for field in fields)
    json_at = [i for i, field in enumerate(fields) if _is_json(field)]
    if json_at:
        rows = [_with_json(row, json_at) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            with (
                connection.wrap_database_errors,
                cursor.cursor.copy(f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN') as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(
                f'INSERT INTO "{model._meta.db_table}" ({quoted}) VALUES ({marks})',
                [[_for_sqlite(value) for value in row] for row in rows],
            )
    return len(rows)


def update(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Sets `names` of each row to its own values; a row is (primary key, value, value, …). One statement."""
    rows = list(rows)
    if not rows:
        return 0
    fields = _columns(model, names)
    table = model._meta.db_table
    json_at = [i + 1 for i, field in enumerate(fields) if _is_json(field)]
    if json_at:
        rows = [_with_json(row, json_at) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [field.db_type(connection) or "text" for field in fields]
            casts = ", ".join(["%s::bigint[]", *(f"%s::{_array_type(kind)}[]" for kind in types)])
            sets = ", ".join(f'"{field.column}" = new.c{i}' for i, field in enumerate(fields))
            names_as = ", ".join(["pk", *(f"c{i}" for i in range(len(fields)))])
            cursor.execute(
                f'UPDATE "{table}" SET {sets} FROM unnest({casts}) AS new({names_as}) WHERE "{table}".id = new.pk',
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            sets = ", ".join(f'"{field.column}" = %s' for field in fields)
            cursor.executemany(
                f'UPDATE "{table}" SET {sets} WHERE id = %s',
                [[*map(_for_sqlite, row[1:]), row[0]] for row in rows],
            )
    return len(rows)


def _array_type(kind: str) -> str:
    return kind.split(" GENERATED")[0]


def _with_json(row: Sequence[Any], at: Sequence[int]) -> list[Any]:
    row = list(row)
    for i in at:
        row[i] = dump(row[i])
    return row


def _for_sqlite(value: Any) -> Any:
    """As Django's SQLite backend writes it: times in UTC without offset."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
