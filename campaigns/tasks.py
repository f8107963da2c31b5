"""Doors for the worker: ids in, fetch, delegate."""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings

from campaigns.services import arriving, boarding, known, reading, states, working
from campaigns.services.crediting import running as crediting
from campaigns.services.crediting import work
from campaigns.services.drawing import bundling, kept
from campaigns.services.paying import checking
from scrm.kit import claims, clock, files, jobs

SECONDS = 45
BOARD = "campaigns.tasks.refresh_board"
READ = "campaigns.tasks.read_touches"
CREDIT = "campaigns.tasks.credit_orders"


def read_when_needed() -> None:
    """Every minute: a job only where touches came, so that the list of jobs is not full of nothing."""
    if reading.waits():
        jobs.fire(READ)


def read_touches(after: int = 0) -> Any:
    """A slice of at most 45 s."""
    begun = time.monotonic()
    while (read := reading.step(after)) is not None:
        after = read
        jobs.beat()
        if time.monotonic() - begun > SECONDS or jobs.stopping():
            return jobs.Again(after)
    return None


def read_again(pk: int) -> Any:
    """The dates of a campaign were changed. A slice of at most 45 s."""
    begun = time.monotonic()
    while not reading.step_again(pk):
        jobs.beat()
        if time.monotonic() - begun > SECONDS or jobs.stopping():
            return jobs.Again(pk)
    return None


def move_campaigns() -> None:
    """Begins and ends campaigns on their days, and notices who has begun."""
    states.move_due()
    working.notice_starts()


def credit_when_needed() -> None:
    """Every minute, as above."""
    if work.waits() or known.waits():
        jobs.fire(CREDIT)


def credit_orders() -> Any:
    """Who became known, then a slice of at most 45 s of crediting."""
    known.recognise_known(progress=jobs.beat)
    try:
        done = crediting.run(seconds=SECONDS, progress=jobs.beat, stopping=jobs.stopping)
    except claims.Held:
        return None  # whoever holds it looks for work until none is left
    return None if done else jobs.Again()


def count_when_needed() -> None:
    """Every minute, as above."""
    if boarding.waits() or arriving.waits():
        jobs.fire(BOARD)


def refresh_board() -> Any:
    """A slice of at most 45 s: who came to the shop, then the days that changed."""
    started = time.monotonic()
    for step in (arriving.step, boarding.step):
        while step():
            jobs.beat()
            if time.monotonic() - started > SECONDS or jobs.stopping():
                return jobs.Again()
    return None


def audit_commission() -> None:
    checking.check()


def bundle_posters(what: dict[str, Any]) -> Any:
    """A slice of at most 20 s; the last one packs."""
    onward = bundling.step(what)
    return None if onward is None else jobs.Again(onward)


def forget_posters() -> None:
    """Drawn again when somebody asks for one."""
    before = clock.now() - timedelta(days=settings.KEEP_UPLOADS_DAYS)
    for folder in (kept.FOLDER, bundling.FOLDER):
        files.forget(folder, before=before)
