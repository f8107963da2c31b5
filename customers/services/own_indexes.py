"""An index for each own field that the customer list offers as a filter. Their number and kind is the shop's
affair, so no migration can make them: a job does, after each change of a field and once a night (SQLite loses them
when a migration rebuilds the table)."""

from typing import NamedTuple
from zlib import crc32

from django.db import connection

from customers.models import Customer
from customers.queries import own_fields

PREFIX = "customers_own_"
TABLE = Customer._meta.db_table


class Wanted(NamedTuple):
    body: str
    value: str


def wanted() -> dict[str, Wanted]:
    """Names of the indexes there should be, and what makes them."""
    made = {}
    for field in own_fields.offered():
        how = own_fields.mode(field)
        value = own_fields.expression(field.key, how) % {"column": "custom"}
        if connection.vendor != "postgresql":
            body = f"({value}) WHERE ({value}) IS NOT NULL"
        elif how == own_fields.TEXT:
            pairs = f"customers_bigrams({value})"
            body = f"USING gin ({pairs}) WITH (gin_pending_list_limit = 256) WHERE {pairs} IS NOT NULL"  # migration 0004
        else:
            body = f"(({value}), id DESC) WHERE ({value}) IS NOT NULL"
        # Another way to ask gives another name, and the old index goes.
        made[f"{PREFIX}{field.pk}_{crc32(body.encode()):08x}"] = Wanted(body, value)
    return made


def standing() -> dict[str, bool]:
    """Those there are, and whether each is whole (one that broke off while it was made is of no use)."""
    pattern = PREFIX.replace("_", r"\_") + "%"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                "WHERE i.indrelid = %s::regclass AND c.relname LIKE %s",
                [TABLE, pattern],
            )
        else:
            cursor.execute(
                "SELECT name, 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = %s "
                "AND name LIKE %s ESCAPE '\\'",
                [TABLE, pattern],
            )
        return {name: bool(whole) for name, whole in cursor.fetchall()}


def step() -> bool:
    """Makes or drops one; True when nothing was left to do. A base of a million takes seconds for each: on PostgreSQL
    nobody waits for it, on SQLite other writers do."""
    aim, found = wanted(), standing()
    gone = [name for name, whole in found.items() if name not in aim or not whole]
    missing = [name for name in aim if name not in found]
    if not gone and not missing:
        return True
    # Inside a transaction PostgreSQL cannot build beside the writers.
    beside = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not beside:
            # A table with checks still to come gets no index.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if gone:
            cursor.execute(f'DROP INDEX {"CONCURRENTLY " if beside else ""}IF EXISTS "{gone[0]}"')
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP STATISTICS IF EXISTS "{gone[0]}_stats"')
        else:
            name, options = missing[0], "CONCURRENTLY " if beside else ""
            cursor.execute(f'CREATE INDEX {options}IF NOT EXISTS "{name}" ON {TABLE} {aim[name].body}')
            if connection.vendor == "postgresql":
                # A partial index has none of its own: the planner would take every filter for a rare one.
                value = aim[name].value
                cursor.execute(f'CREATE STATISTICS IF NOT EXISTS "{name}_stats" ON ({value}) FROM {TABLE}')
                cursor.execute(f"ANALYZE {TABLE}")
    return False
