"""More people than a request may take: whom the list showed is set down in a private file, and a job goes through it.
Frozen, since the list asks for people without an owner and the job gives them one."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from customers.choices import OwnerHow
from customers.models import Customer, OwnerChange
from customers.queries import owners
from customers.services.owning import acts, dealing, moving, rights, telling
from scrm.kit import audit, clock, files, id_files, jobs
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.models import Employee

JOB = "customers.tasks.move_people"
SECONDS = 20.0
HOW = {acts.ASSIGNED: OwnerHow.ASSIGNED, acts.SHARED: OwnerHow.SHARED_OUT, acts.RELEASED: OwnerHow.RELEASED}


def too_many(rows: QuerySet[Customer]) -> bool:
    return rows.order_by()[: acts.IN_REQUEST + 1].count() > acts.IN_REQUEST


def order(
    rows: QuerySet[Customer], employees: Iterable[Employee], *, act: str, by: Employee, note: str = "", free: bool = False
) -> tuple[JobRun, int]:
    """Queues it; the job, and for how many people. `act`: ASSIGNED to the one colleague, SHARED among several, or
    RELEASED to nobody. Refuses like `assign`, `share_out` and `release`, before anything is queued."""
    rights.require_assign(by)
    with transaction.atomic():
        chosen = [] if act == acts.RELEASED else rights.targets(employees, by=by)
    ids = rows.select_related(None).prefetch_related(None).order_by("pk").values_list("pk", flat=True)
    path, people = id_files.write("owning", ids.iterator(chunk_size=10_000))
    what = {
        "act": act, "to": [employee.pk for employee in chosen], "by": by.pk, "note": telling.clean_note(note),
        "at": clock.now().isoformat(), "free": free or act == acts.SHARED,
    }  # fmt: skip
    return jobs.enqueue(JOB, path, what, 0), people


def step(path: str, what: dict[str, Any], place: int) -> list[Any] | None:
    """A slice; the arguments of the next, or None at the end. Rights are asked again: she may have lost them since.
    Gone through twice, a slice finds its people moved: what each has got is counted by the rows of this moment, never
    by this job."""
    by, at = Employee.objects.get(pk=what["by"]), datetime.fromisoformat(what["at"])
    began = time.monotonic()
    while part := id_files.read(path, place, moving.SLICE):
        place += len(part)
        with transaction.atomic():
            _slice(part, what, by=by, at=at)
            jobs.advance(path, what, place)
        jobs.beat()
        if time.monotonic() - began > SECONDS or jobs.stopping():
            return [path, what, place]
    with transaction.atomic():
        _end(what, by=by, at=at)
    files.remove(path)
    return None


def _slice(part: list[int], what: dict[str, Any], *, by: Employee, at: datetime) -> None:
    rights.require_assign(by)
    chosen = rights.targets(what["to"], by=by) if what["to"] else []
    rows = owners.movable_by(by).filter(pk__in=part)
    if what["free"]:
        rows = rows.filter(owner=None)
    choose = moving.everyone_to(chosen[0] if chosen else None)
    if what["act"] == acts.SHARED:
        held = owners.given_at(at, to=what["to"])

        def choose(people: list[int]) -> dict[int, Employee]:
            return dealing.deal(people, chosen, held)

    moving.move(rows, choose, how=HOW[what["act"]], by=by, note=what["note"], at=at)


def broken_off(path: str, what: dict[str, Any]) -> None:
    """The job was given up: what was done stays and is told, the rest was not begun."""
    at, act, by = datetime.fromisoformat(what["at"]), what["act"], Employee.objects.get(pk=what["by"])
    if count := _moved(what, at).total():
        audit.record(act, by=by, count=count, broken_off=True)
    files.remove(path)


def _end(what: dict[str, Any], *, by: Employee, at: datetime) -> None:
    """A restart behind this finds the line in the log and adds none."""
    chosen = rights.targets(what["to"], by=None) if what["to"] else []
    act, stamp = what["act"], at.isoformat()
    if AuditEntry.objects.filter(action=act, at__gte=at, actor=by, detail___at=stamp).exists():
        return
    telling.announce_later(at, to=what["to"], by=by)
    if got := _moved(what, at):
        told = {"to": [f"{employee.name} {got[employee.pk]:,}" for employee in chosen]} if chosen else {}
        on = chosen[0] if len(chosen) == 1 else None
        audit.record(act, by=by, on=on, count=got.total(), **told, _at=stamp)


def _moved(what: dict[str, Any], at: datetime) -> Counter[int | None]:
    """By the rows of this moment: how many each colleague got, or how many nobody has now."""
    if what["to"]:
        return Counter(owners.given_at(at, to=what["to"]))
    free: Counter[int | None] = Counter()
    free[None] = OwnerChange.objects.filter(at=at, how=OwnerHow.RELEASED, after=None).count()
    return +free
