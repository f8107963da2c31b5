"""Many rows at once, for tests that ask how PostgreSQL finds a few among them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection


def fill(statements: Iterable[str], values: Mapping[str, Any]) -> None:
    """Runs them without the checks of foreign keys, which take longer than the rows and are made again when a test ends;
    every reference was made by hand. Needs a superuser, as the tests' server gives."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for sql in statements:
            cursor.execute(sql.format(**values) if "{" in sql else sql)
        cursor.execute("SET LOCAL session_replication_role = origin")
