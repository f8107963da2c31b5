"""Signs of life that processes share through the database."""

from django.db import DatabaseError

from scrm.kit import clock, logs
from scrm.kit.models import Beat

SCHEDULER, WORKER = "scheduler", "worker"


def mark(name: str) -> None:
    """One upsert."""
    Beat.objects.bulk_create(
        [Beat(name=name, at=clock.now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def age(name: str) -> float | None:
    """Seconds since the last one, or None if there never was one."""
    at = Beat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if at is None else max((clock.now() - at).total_seconds(), 0.0)


def scheduler_beat() -> None:
    """Runs each minute through scheduler, queue and worker: its age tells that all three live."""
    mark(SCHEDULER)


def worker_began(**kwargs: object) -> None:
    """In each new worker process: what the one before it left behind is taken over at once."""
    from scrm.kit import jobs

    try:
        mark(WORKER)
        jobs.sweep()
    except DatabaseError as error:
        # Not migrated yet, or away for a moment: the worker lives on and the next sweep finds the same.
        logs.get_logger("jobs").warning("worker.began_without_database", error=type(error).__name__)
