"""Jobs whose worker died are started again, until their starts are used up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from scrm.kit import clock, logs
from scrm.kit.jobs import places, queueing, running
from scrm.kit.models import JobRun

SILENT_FOR = timedelta(minutes=3)  # a slice is at most a minute long
LOST_AFTER = timedelta(minutes=10)  # above django-q2's own retry
log = logs.get_logger("jobs")
State = JobRun.State


def sweep() -> int:
    """Takes over dead jobs and gives lost messages again; returns how many jobs it touched.

    A job is dead when its process on this machine is gone, or when it has been silent for SILENT_FOR. Runs
    each minute and whenever a worker starts.
    """
    now = clock.now()
    touched = 0
    silent = Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - SILENT_FOR)
    for job in JobRun.objects.filter(silent | Q(host=places.HOST), state=State.RUNNING).order_by("id"):
        is_silent = job.heartbeat_at is None or job.heartbeat_at < now - SILENT_FOR
        if is_silent or places.is_gone(job.host, job.pid):
            touched += _take_over(job)
    if not queueing.messages_waiting():
        with transaction.atomic():
            for job in JobRun.objects.filter(state=State.QUEUED, queued_at__lt=now - LOST_AFTER):
                queueing.push(job)
                touched += 1
    return touched


def _take_over(job: JobRun) -> int:
    dead = JobRun.objects.filter(pk=job.pk, state=State.RUNNING, slices=job.slices, starts=job.starts)
    if job.heartbeat_at is not None:
        dead = dead.filter(heartbeat_at=job.heartbeat_at)
    if job.starts >= queueing.MAX_STARTS:
        sentence = _("Started %(starts)d times without finishing: the worker died or hung each time.")
        failed = dead.update(
            state=State.FAILED, finished_at=clock.now(), error=sentence % {"starts": job.starts}
        )
        if failed:
            log.error("job.failed", job=job.pk, job_name=job.name, error="too many starts", starts=job.starts)
            running.tell_failed(job)
        return failed
    with transaction.atomic():
        requeued = dead.update(state=State.QUEUED, queued_at=clock.now())
        if requeued:
            queueing.push(job)
    if requeued:
        log.warning("job.taken_over", job=job.pk, job_name=job.name, starts=job.starts)
    return requeued


def forget_old(days: int = 30) -> None:
    """Finished jobs older than that; failed ones stay three times as long."""
    JobRun.objects.filter(state=State.DONE, finished_at__lt=clock.now() - timedelta(days=days)).delete()
    JobRun.objects.filter(state=State.FAILED, finished_at__lt=clock.now() - timedelta(days=3 * days)).delete()
