"""Real processes for tests: they work on the test's own database, and none outlives its test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)


def database_url() -> str:
    """The database this test runs in, as another process reaches it."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(values['NAME']).resolve()}"
    password = f":{quote(values['PASSWORD'])}" if values["PASSWORD"] else ""
    return f"postgres://{values['USER']}{password}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def environment(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextmanager
def manage(*args: str, env: dict[str, str] | None = None, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """`manage.py …` in a process group of its own; whatever is left of the group at the end is killed."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=env or environment(),
        start_new_session=True,
        text=True,
        **options,
    )
    try:
        yield process
    finally:
        kill_group(process.pid)
        process.wait(10)


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def members(group: int) -> list[int]:
    """Process ids of the group that still live, zombies left out."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(entry.parent.name))
    return found


def server_is_quiet() -> bool:
    """No other connection is in the middle of anything: PostgreSQL may still be committing for a process that
    is already gone."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0] == 0)


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer; fails the test when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not so after {seconds} s")


def die_at(nth: int, moment: str, *small: str, folder: Path) -> None:
    """Lets a process work at what is queued until it is killed "before" or "after" its nth commit (see `dying`)."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.kit.dying", str(nth), moment, *small],
        cwd=ROOT,
        env=environment(DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="scrm.settings"),
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    until(server_is_quiet)
