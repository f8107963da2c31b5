"""Tables that refuse UPDATE and DELETE by trigger, in both databases.

A model says `append_only = True`. The triggers are made on every post_migrate because SQLite drops them whenever
a migration rebuilds the table.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.models import Model

FUNCTION = "scrm_refuse_change"


def guarded_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def install(model: type[Model]) -> None:
    """Idempotent. Called after every migrate."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'append-only: %% on %%', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
                .replace("%%", "%")
            )
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(
                    f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
                    f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} on {table}'); END"
                )


def install_all(sender: Any = None, **kwargs: Any) -> None:
    """Signal receiver; tables of apps that are not migrated yet are left for their own turn."""
    tables = set(connection.introspection.table_names())
    for model in guarded_models():
        if model._meta.app_label == getattr(sender, "label", None) and model._meta.db_table in tables:
            install(model)


@contextmanager
def lifted(*models: type[Model]) -> Iterator[None]:
    """Without the guard, inside the caller's transaction: only for emptying a demo or flushing a test."""
    with connection.cursor() as cursor:
        for model in models or guarded_models():
            table = model._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_append_only" ON "{table}"')
            else:
                for verb in ("update", "delete"):
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"')
    try:
        yield
    except BaseException:
        # In a transaction that is broken the roll-back brings the triggers back.
        with suppress(DatabaseError):
            _install(models)
        raise
    _install(models)


def _install(models: tuple[type[Model], ...]) -> None:
    for model in models or guarded_models():
        install(model)
