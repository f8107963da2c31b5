"""Job functions for the tests, reached by dotted name as a worker reaches them."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from django.db import OperationalError, transaction
from django_q.exceptions import TimeoutException

from scrm.kit import jobs
from scrm.kit.errors import Refused

seen: list[Any] = []


def note(*args: Any) -> None:
    seen.append(args)


def count_down(n: int) -> jobs.Again | None:
    seen.append(n)
    return jobs.Again(n - 1) if n > 1 else None


def break_on(phone: str) -> None:
    raise ValueError(f"cannot read {phone}")


def refuse() -> None:
    raise Refused("sheet.empty", "the sheet of 王丽娟 is empty")


def database_away() -> None:
    raise OperationalError("database is locked")


def too_slow() -> None:
    raise TimeoutException("300 seconds")


def taken_over_meanwhile() -> None:
    """Another worker took this job while it was silent; the next beat says so."""
    jobs.running.JobRun.objects.update(starts=2)
    jobs.running._current.get().last_beat = 0.0  # type: ignore[union-attr]
    jobs.beat()
    seen.append("went on")


def advance_and_break(n: int) -> None:
    """Writes down that it is at the next one, and loses its database; 0 loses it before the commit."""
    seen.append(n)
    with transaction.atomic():
        jobs.advance(n + 1)
        if n == 0:
            raise OperationalError("connection lost")
    raise OperationalError("connection lost")


def advance_after_all(n: int) -> None:
    """Another worker took this job while it was silent."""
    jobs.running.JobRun.objects.update(starts=2)
    jobs.advance(n + 1)
    seen.append("went on")


def write_slices(path: str, left: int) -> jobs.Again | None:
    """Appends a line a slice; the first time it reaches slice 2 it kills its own worker, as the kernel would."""
    file = Path(path)
    lines = file.read_text().splitlines() if file.exists() else []
    if len(lines) == 2 and not Path(path + ".killed").exists():
        Path(path + ".killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    with file.open("a") as out:
        out.write(f"{left}\n")
    return jobs.Again(path, left - 1) if left > 1 else None


def kill_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_beating(path: str, seconds: float) -> None:
    Path(path).write_text(str(os.getpid()))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        jobs.beat()
        time.sleep(0.05)
