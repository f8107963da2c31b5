"""How a transactional test leaves its database: as Django's flush does, but by the tables that hold something.

Django truncates every table and sends post_migrate, which writes content types, permissions, roles and schedules anew: on
PostgreSQL some 2.5 seconds a test. Here only tables with rows are emptied, and what migrate leaves behind stays; a test
that changed that is cleaned up after in Django's own way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from scrm.kit import appendonly

type Rows = dict[str, list[Any]]


def left_by_migrate() -> Rows:
    """The rows of each table that holds any, right after migrate."""
    return {table: _rows(table) for table in _with_rows()}


def flush(base: Rows, otherwise: Callable[[], None]) -> None:
    """`otherwise` is Django's own way; on PostgreSQL whoever is no superuser goes it too."""
    if connection.vendor == "postgresql" and not _is_superuser():
        otherwise()
        return
    if any(_rows(table) != rows for table, rows in base.items()):
        with _guards_lifted():
            otherwise()
        return
    tables = [table for table in _with_rows() if table not in base]
    if tables:
        with _guards_lifted(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')


@contextmanager
def _guards_lifted() -> Iterator[None]:
    """Append-only triggers refuse a DELETE (a TRUNCATE they do not see). On PostgreSQL keys are not looked at either, else
    each would want its order; that takes a superuser."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
            yield
        else:
            with appendonly.lifted():
                yield


@cache
def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _with_rows() -> list[str]:
    """One query asks all of them."""
    tables = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy)
    sql = " UNION ALL ".join(f"""SELECT '{table}' WHERE EXISTS (SELECT 1 FROM "{table}")""" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return list(cursor.fetchall())
