"""What a worker does with one job: claim, work, write down what became of it."""

import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import OperationalError, transaction
from django.utils.module_loading import import_string
from django_q.exceptions import TimeoutException

from scrm.kit import clock, logs
from scrm.kit.errors import Refused
from scrm.kit.jobs import places, queueing
from scrm.kit.jobs.cluster import stopping
from scrm.kit.models import JobRun
from scrm.kit.registry import Registry

State = JobRun.State
BEAT_EVERY = 5.0  # seconds
log = logs.get_logger("jobs")

# Called with the job's arguments once it has FAILED for good, so that the domain's own row can say so.
failure_handlers: Registry[Callable[..., None]] = Registry("failure handler")


class Again:
    """Returned by a job function: queue my next slice with these arguments. Starts are counted anew."""

    def __init__(self, *args: Any) -> None:
        self.args = list(args)


class Lost(Exception):
    """Someone else holds this job now (it was silent for too long): stop, write nothing more."""


class Claim:
    """The right to work on a slice. (slices, starts) never repeats: a claim that was taken over finds no
    row."""

    def __init__(self, job: JobRun) -> None:
        self.job = job
        self.last_beat = time.monotonic()

    def update(self, **values: Any) -> bool:
        held = JobRun.objects.filter(
            pk=self.job.pk, state=State.RUNNING, slices=self.job.slices, starts=self.job.starts
        )
        return held.update(**values) == 1


_current: ContextVar[Claim | None] = ContextVar("job", default=None)


def claim(job_run_id: int) -> Claim | None:
    """None if the job is not waiting (any more). The start is counted and committed before any work."""
    job = JobRun.objects.filter(pk=job_run_id, state=State.QUEUED).first()
    if job is None:
        return None
    now = clock.now()
    hit = JobRun.objects.filter(
        pk=job.pk, state=State.QUEUED, slices=job.slices, starts=job.starts
    ).update(
        state=State.RUNNING,
        starts=job.starts + 1,
        started_at=now,
        heartbeat_at=now,
        host=places.HOST,
        pid=places.pid(),
    )
    if not hit:
        return None
    job.starts += 1
    job.state = State.RUNNING
    return Claim(job)


def beat() -> None:
    """A sign of life from inside a job, cheap to call often; outside one it does nothing.

    Inside a transaction others see it only after the commit. Raises Lost if the job was taken over.
    """
    held = _current.get()
    if held is None or time.monotonic() - held.last_beat < BEAT_EVERY:
        return
    held.last_beat = time.monotonic()
    if not held.update(heartbeat_at=clock.now()):
        raise Lost(held.job.pk)


def advance(*args: Any) -> None:
    """Inside the transaction that wrote something: started again after a death, this slice begins with `args`, so that
    what it counts is neither lost nor counted twice. Outside a job it does nothing. Raises Lost like `beat`."""
    held = _current.get()
    if held is not None and not held.update(args=list(args)):
        raise Lost(held.job.pk)


def run(job_run_id: int) -> None:
    """What django-q really calls. Never raises for a job's own error: that is written on its JobRun."""
    if stopping():
        _put_back(job_run_id)
        return
    held = claim(job_run_id)
    if held is None:
        return
    token = _current.set(held)
    try:
        result = import_string(held.job.name)(*held.job.args)
    except Lost:
        log.warning("job.lost", job=held.job.pk, job_name=held.job.name)
    except TimeoutException:
        # The worker ends after this; the sweep starts the job again until its starts are used up.
        _give_up(held, "timeout")
        raise
    except OperationalError as error:
        # The database was busy or away: not the job's fault.
        _give_up(held, plain(error))
    except Exception as error:
        _fail(held, error)
    else:
        _finish(held, result)
    finally:
        _current.reset(token)


def _put_back(job_run_id: int) -> None:
    """This message is used up; the job waits for the next start of the cluster."""
    with transaction.atomic():
        for job in JobRun.objects.filter(pk=job_run_id, state=State.QUEUED):
            queueing.push(job)


def _finish(held: Claim, result: Any) -> None:
    job, now = held.job, clock.now()
    if not isinstance(result, Again):
        held.update(state=State.DONE, finished_at=now, error="")
        return
    with transaction.atomic():
        onward = held.update(
            state=State.QUEUED, args=result.args, slices=job.slices + 1, starts=0, queued_at=now, error=""
        )
        if onward:
            queueing.push(job)


def _give_up(held: Claim, error: str) -> None:
    """Leaves the job to the next sweep, which counts its starts."""
    log.warning("job.given_up", job=held.job.pk, job_name=held.job.name, error=error)
    held.update(heartbeat_at=None, error=error)


def _fail(held: Claim, error: Exception) -> None:
    log.error(
        "job.failed", job=held.job.pk, job_name=held.job.name, error=plain(error), where=logs.where(error)[1:]
    )
    if held.update(state=State.FAILED, finished_at=clock.now(), error=plain(error)):
        tell_failed(held.job)


def plain(error: Exception) -> str:
    """An error without its message: messages quote the row they choked on."""
    if isinstance(error, Refused):
        return f"Refused: {error.code}"
    last = traceback.extract_tb(error.__traceback__)[-1:]
    at = f" in {last[0].name}, line {last[0].lineno}" if last else ""
    return f"{type(error).__name__}{at}"


def tell_failed(job: JobRun) -> None:
    handler = failure_handlers.get(job.name)
    if handler is not None:
        handler(*job.args)


def run_now(name: str, *args: Any, key: str = "") -> JobRun:
    """The same job in this process, slice after slice. Returns it DONE, FAILED, or as someone else's."""
    job, fresh = queueing.record(name, args, key)
    while fresh:
        run(job.pk)
        job.refresh_from_db()
        fresh = job.state == State.QUEUED
    return job


def drain(limit: int = 1000) -> int:
    """Runs everything that waits, in this process, also what that queues; returns the number of slices.
    For tests and for a shop that is being built; raises RuntimeError when `limit` slices did not empty the
    queue."""
    for done in range(limit):
        job = JobRun.objects.filter(state=State.QUEUED).order_by("id").first()
        if job is None:
            queueing.clear_messages()
            return done
        run(job.pk)
    raise RuntimeError(f"still jobs waiting after {limit} slices")
