"""What a new worker process does first."""

from typing import Any

from django.db import DatabaseError
from django_q.signals import post_spawn

from scrm.kit import beats, logs
from scrm.kit.jobs.sweeping import sweep

log = logs.get_logger("jobs")


def listen() -> None:
    """Called once, when the apps are ready."""
    post_spawn.connect(worker_began, dispatch_uid="kit.worker_began")


def worker_began(**kwargs: Any) -> None:
    """What the worker before this one left behind is taken over at once."""
    try:
        beats.mark(beats.WORKER)
        taken_over = sweep()
    except DatabaseError as error:
        # Not migrated yet, or away for a moment: the worker lives on and the next sweep finds the same.
        log.warning("worker.began_without_database", error=type(error).__name__)
    else:
        log.info("worker.began", taken_over=taken_over)
