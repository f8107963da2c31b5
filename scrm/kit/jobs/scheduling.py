"""What runs by the clock. Declared in code (scrm.site.schedules), mirrored into django-q2's table."""

from collections.abc import Iterable
from typing import NamedTuple

from django_q import models as q

from scrm.kit.jobs.queueing import enqueue
from scrm.kit.models import JobRun

PREFIX = "scrm."


class Schedule(NamedTuple):
    """`cron` is read in the shop's TIME_ZONE. `quick` work (well under a second, harmless when doubled) is
    called by the worker itself; everything else becomes a job with a JobRun."""

    name: str
    cron: str
    quick: bool = False


def fire(name: str) -> JobRun:
    """Queues a scheduled job unless the last one still waits or runs."""
    return enqueue(name, key=f"schedule:{name}")


def synchronise(schedules: Iterable[Schedule]) -> None:
    """Makes django-q2's table say exactly this, without moving the next run of an unchanged schedule.
    Schedules made by hand under other names are left alone."""
    wanted = {PREFIX + item.name: item for item in schedules}
    known = {row.name: row for row in q.Schedule.objects.filter(name__startswith=PREFIX).order_by("id")}
    kept = [row.pk for label, row in known.items() if label in wanted]
    q.Schedule.objects.filter(name__startswith=PREFIX).exclude(pk__in=kept).delete()
    for label, item in wanted.items():
        values = {
            "func": item.name if item.quick else "scrm.kit.jobs.fire",
            "args": None if item.quick else repr((item.name,)),
            "schedule_type": q.Schedule.CRON,
            "cron": item.cron,
            "repeats": -1,
        }
        row = known.get(label)
        if row is not None and all(getattr(row, field) == value for field, value in values.items()):
            continue
        row = row or q.Schedule(name=label)
        for field, value in values.items():
            setattr(row, field, value)
        row.next_run = row.calculate_next_run()
        row.save()
