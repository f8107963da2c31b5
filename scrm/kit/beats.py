"""Signs of life that processes share through the database."""

from scrm.kit import clock
from scrm.kit.models import Beat

# The last is a sign of an end: a worker was told to stop, and did.
SCHEDULER, WORKER, STOPPED = "scheduler", "worker", "stopped"


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

