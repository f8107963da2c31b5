"""Tags for more people than a request may take: whom the filter found is set down in a private file, and a job goes
through it. Frozen, since the filter may ask for the very tag that comes or goes."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from customers.models import Customer, Tag
from customers.queries.tags import may_tag
from customers.services import tagging
from scrm.kit import audit, files, id_files, jobs
from scrm.kit.models import JobRun
from scrm.staff.models import Employee

# Up to here nobody waits long enough to mind.
IN_REQUEST = 1_000
JOB = "customers.tasks.tag_people"
CHUNK, SECONDS = 1_000, 20.0
ADD, REMOVE = "add", "remove"


def too_many(rows: QuerySet[Customer]) -> bool:
    return rows.order_by()[: IN_REQUEST + 1].count() > IN_REQUEST


def order(rows: QuerySet[Customer], tags: Iterable[Tag], *, act: str, by: Employee) -> tuple[JobRun, int]:
    """Queues it; the job, and for how many people. Raises Refused("tag.inactive") like `tagging.put`."""
    chosen = tagging.usable(tags) if act == ADD else list(tags)
    ids = rows.select_related(None).prefetch_related(None).order_by("pk").values_list("pk", flat=True)
    path, people = id_files.write("tagging", ids.iterator(chunk_size=10_000))
    pks = [tag.pk for tag in chosen]
    return jobs.enqueue(JOB, path, act, pks, by.pk, 0, [0] * len(pks)), people


def step(path: str, act: str, tags: Sequence[int], by: int, place: int, done: Sequence[int]) -> list[Any] | None:
    """A slice; the arguments of the next, or None at the end. Scope and right are asked again: she may have lost
    them since. Place and counts are committed with what they count, so that a death neither loses nor doubles any."""
    employee = Employee.objects.get(pk=by)
    chosen = list(Tag.objects.filter(pk__in=tags).order_by("pk"))
    counts = dict(zip(sorted(tags), done, strict=True))
    people = Customer.everyone.filter(merged_into=None, erased_at=None).visible_to(employee)
    began = time.monotonic()
    while may_tag(employee) and (part := id_files.read(path, place, CHUNK)):
        rows = people.filter(pk__in=part)
        place += len(part)
        with transaction.atomic():
            for tag in chosen:
                counts[tag.pk] += tagging.insert(rows, tag, employee) if act == ADD else tagging.delete(rows, tag)
            onward = [path, act, sorted(tags), by, place, [counts[pk] for pk in sorted(tags)]]
            jobs.advance(*onward)
        jobs.beat()
        if time.monotonic() - began > SECONDS or jobs.stopping():
            return onward
    with transaction.atomic():
        for tag in chosen:
            if counts[tag.pk]:
                action = tagging.ADDED if act == ADD else tagging.REMOVED
                audit.record(action, by=employee, on=tag, count=counts[tag.pk])
        # What is told is told once, whatever dies behind this.
        jobs.advance(path, act, sorted(tags), by, place, [0] * len(tags))
    files.remove(path)
    return None
