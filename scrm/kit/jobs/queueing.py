"""How a job gets onto the queue."""

import json
from typing import Any

from django.db import IntegrityError, transaction
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from scrm.kit import clock
from scrm.kit.models import JobRun

MAX_STARTS = 5
RUNNER = "scrm.kit.jobs.run"


def enqueue(name: str, *args: Any, key: str = "") -> JobRun:
    """Queues `name(*args)`; inside `atomic()` it is queued only if that commits.

    With a `key`, a job of the same key that waits or runs is returned instead: nothing is queued twice. The
    running one may already be past what you just wrote: such a job has to look for work until none is left.
    Raises TypeError for arguments that are not plain JSON.
    """
    job, fresh = record(name, args, key)
    if fresh:
        with transaction.atomic():
            push(job)
    return job


def record(name: str, args: tuple[Any, ...], key: str) -> tuple[JobRun, bool]:
    """The JobRun alone, and whether it is new; a new one has no message yet."""
    plain = list(args)
    if json.loads(json.dumps(plain)) != plain:
        raise TypeError(f"arguments of job {name} are not plain JSON: {plain!r}")
    while True:
        try:
            # A savepoint, since the unique key answers a second enqueuer with an error.
            with transaction.atomic():
                return JobRun.objects.create(name=name, args=plain, key=key, queued_at=clock.now()), True
        except IntegrityError:
            alive = JobRun.objects.live().filter(key=key).first()
            if alive is not None:
                return alive, False


def push(job: JobRun) -> None:
    """One message that says "run this"; called inside a transaction, so that q2 does not reconnect."""
    async_task(RUNNER, job.pk, q_options={"task_name": f"{job.name} {job.pk}"[:100]})


def messages_waiting() -> bool:
    """Whether a message stands on the queue that no worker has taken."""
    return bool(OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=clock.now()).exists())


def clear_messages() -> None:
    """Messages of jobs that were run in this process."""
    OrmQ.objects.filter(key=Conf.CLUSTER_NAME).delete()
