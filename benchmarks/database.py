"""A PostgreSQL database and a data folder of a benchmark's own, gone at its end."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


def server() -> str:
    return os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def connect(url: str) -> Any:
    import psycopg

    return psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True)


@contextmanager
def own(name: str, *, keep: bool = False) -> Iterator[tuple[Path, bool]]:
    """(the data folder, whether a filled database was there already, which only `keep` leaves). Sets DATA_DIR and
    DATABASE_URL: call it before Django is set up."""
    at = server()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        with connect(at) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            there = bool(found and keep)
            if not there:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                connection.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(at)._replace(path=f"/{name}"))
        try:
            yield Path(folder), there
        finally:
            from django.db import connections

            connections.close_all()
            if not keep:
                with connect(at) as connection:
                    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def set_up(*, migrate: bool = True) -> None:
    """Django with the settings of the house; with `migrate` the tables too."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "scrm.settings"
    import django

    django.setup()
    if migrate:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
