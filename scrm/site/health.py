"""Does everything run: for GET /healthz and for the page of system status. Three small queries, no personal data."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from scrm.kit import beats, clock
from scrm.kit.models import JobRun

QUEUE_MAY_WAIT = timedelta(minutes=15)
BEAT_MAY_FAIL = timedelta(minutes=5)
# It beats each minute, after a slice of a job that may take as long: longer without a beat, and it looks gone.
BEAT_IS_LATE = timedelta(seconds=150)


@dataclass(frozen=True)
class Check:
    name: str  # "database", "queue", "worker"
    ok: bool
    detail: str


@dataclass(frozen=True)
class Vitals:
    """What was measured; None where there is nothing to measure."""

    database: bool
    queue_age_seconds: float | None = None
    last_beat_seconds: float | None = None

    @property
    def queue_ok(self) -> bool:
        return self.queue_age_seconds is None or self.queue_age_seconds < QUEUE_MAY_WAIT.total_seconds()

    @property
    def worker(self) -> str:
        """ "unknown" until the first worker has started: a web process alone is a healthy fresh install."""
        if self.last_beat_seconds is None:
            return "unknown"
        return "ok" if self.last_beat_seconds < BEAT_MAY_FAIL.total_seconds() else "silent"

    @property
    def ok(self) -> bool:
        return self.database and self.queue_ok and self.worker != "silent"


def measure() -> Vitals:
    try:
        waiting = (
            JobRun.objects.filter(state=JobRun.State.QUEUED)
            .order_by("queued_at")
            .values_list("queued_at", flat=True)
            .first()
        )
        # A worker that has just started counts as a sign of life until the scheduler's first minute is over.
        ages = [age for age in (beats.age(beats.SCHEDULER), beats.age(beats.WORKER)) if age is not None]
    except DatabaseError:
        return Vitals(database=False)
    queue_age = None if waiting is None else max((clock.now() - waiting).total_seconds(), 0.0)
    return Vitals(True, queue_age, min(ages, default=None))


def checks() -> list[Check]:
    vitals = measure()
    database = _("answers") if vitals.database else _("does not answer")
    queue = (
        _("nothing waits")
        if vitals.queue_age_seconds is None
        else _("the oldest job has waited %(seconds)d seconds") % {"seconds": vitals.queue_age_seconds}
    )
    return [
        Check("database", vitals.database, database),
        Check("queue", vitals.database and vitals.queue_ok, queue),
        _worker(vitals),
    ]


def _worker(vitals: Vitals) -> Check:
    """Stricter than /healthz, which lets a worker be restarted without waking anybody."""
    age = vitals.last_beat_seconds
    if age is None:
        return Check("worker", vitals.database, _("none has started yet"))
    stopped = beats.age(beats.STOPPED)
    if stopped is not None and stopped <= age:
        return Check(
            "worker", False, _("none is running: it was stopped %(seconds)d seconds ago") % {"seconds": stopped}
        )
    if age >= BEAT_IS_LATE.total_seconds():
        said = _("none seems to be running: it gives a sign of life each minute, the last was %(seconds)d seconds ago")
        return Check("worker", False, said % {"seconds": age})
    return Check("worker", True, _("last sign of life %(seconds)d seconds ago") % {"seconds": age})


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while it runs, else 503. No worker yet counts as running; one that fell silent does not."""
    vitals = measure()
    body = {
        "ok": vitals.ok,
        "database": vitals.database,
        "worker": vitals.worker,
        "queue_age_seconds": _whole(vitals.queue_age_seconds),
        "last_beat_seconds": _whole(vitals.last_beat_seconds),
    }
    return JsonResponse(body, status=200 if vitals.ok else 503, headers={"Cache-Control": "no-store"})


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)
