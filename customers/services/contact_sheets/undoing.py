"""Taking an import of appointments or follow-ups back: what nobody has touched since, and the people made for it."""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.dateparse import parse_datetime

from customers.choices import ImportKind, Outcome
from customers.models import Appointment, Customer, Feedback, FollowUp, ImportBatch, ImportRow, Task
from customers.services import contacting
from customers.services.contact_sheets.appointments import CHANGED
from customers.services.importing import holding, undoing
from customers.services.importing.undoing import UndoPlan

SLICE = 500
_TIMES = ("starts_at", "state_at")
_LINKS = ("customer", "identity", "store", "service", "employee")


@dataclass
class ContactsPlan(UndoPlan):
    entries_removed: int = 0
    entries_restored: int = 0
    entries_kept: int = 0


def plan(batch: ImportBatch) -> ContactsPlan:
    """What undo would do now, in counts; changes nothing."""
    found = undoing.begin(ContactsPlan(), batch)
    if not found.possible:
        return found
    made = _made(batch)
    found.entries_kept = made.filter(_touched(batch)).count()
    found.entries_removed = made.count() - found.entries_kept
    found.entries_restored = _changed(batch).count()
    # What goes no longer holds its customers back.
    hers = made.model._default_manager.filter(customer=OuterRef("pk"))
    staying = Exists(hers.filter(~Q(batch=batch) | Q(batch=None) | _touched(batch)))
    touched = holding.worked_with(batch, without=made.model) | Q(staying)
    undoing.look_at_people(batch, found, holding.among(batch, touched, holding.never_deleted(batch)))
    return found


def _made(batch: ImportBatch) -> models.QuerySet[Any]:
    model: Any = Appointment if batch.kind == ImportKind.APPOINTMENTS else FollowUp
    return model.objects.filter(batch=batch)


def _changed(batch: ImportBatch) -> models.QuerySet[ImportRow]:
    return ImportRow.objects.filter(batch=batch, changes__isnull=False, undone=False)


def _touched(batch: ImportBatch) -> Q:
    """Somebody said who came, moved it, felt something about it or has a task of it; or another sheet changed it."""
    if batch.kind != ImportKind.APPOINTMENTS:
        return Q(Exists(Task.objects.filter(follow_up=OuterRef("pk")))) | Q(
            Exists(Feedback.objects.filter(follow_up=OuterRef("pk")))
        )
    touched = Q(Exists(Task.objects.filter(appointment=OuterRef("pk"))))
    touched |= Q(Exists(Feedback.objects.filter(appointment=OuterRef("pk"))))
    touched |= Q(moved_to__isnull=False) | Q(Exists(Appointment.objects.filter(moved_to=OuterRef("pk"))))
    if batch.finished_at:
        touched |= Q(state_at__gt=batch.finished_at)
    sheets = ImportBatch.objects.filter(kind=batch.kind, pk__gt=batch.pk).values("pk")
    later = ImportRow.objects.filter(batch__in=sheets, outcome=Outcome.UPDATED, changes__isnull=False, undone=False)
    changed = [before["appointment"] for before in later.values_list("changes", flat=True) if before]
    return touched | Q(pk__in=changed)


def step(batch: ImportBatch) -> bool:
    """Takes back one slice; True when nothing is left. One transaction, repeatable."""
    with transaction.atomic():
        for part in (_take_back, _restore, _take_back_people):
            if part(batch):
                return False
        # What it told of her rows is no trace of anybody's work any more.
        ImportRow.objects.filter(batch=batch, undone=False).update(undone=True)
    undoing.finish(batch)
    return True


def _take_back(batch: ImportBatch) -> bool:
    made = _made(batch)
    rows = dict(made.order_by("-pk").values_list("pk", "customer")[:SLICE])
    if not rows:
        return False
    mine = made.model._default_manager.filter(pk__in=rows)
    kept = set(mine.filter(_touched(batch)).values_list("pk", flat=True))
    mine.filter(pk__in=kept).update(batch=None)
    mine.exclude(pk__in=kept).delete()
    if made.model is FollowUp:
        contacting.refresh_last_contact(set(rows.values()))
    _count(batch, entries_removed=len(rows) - len(kept), entries_kept=len(kept))
    return True


def _restore(batch: ImportBatch) -> bool:
    """Appointments that were here before and still stand as this import left them become again what they were."""
    rows = list(_changed(batch).order_by("-number")[:SLICE])
    if not rows:
        return False
    changes: list[dict[str, Any]] = [row.changes or {} for row in rows]
    now = Appointment.objects.select_for_update(of=("self",)).in_bulk([before["appointment"] for before in changes])
    restored = 0
    for before in changes:
        found = now.get(before["appointment"])
        touched = found is None or (batch.finished_at and found.state_at > batch.finished_at) or found.moved_to_id
        if found is None or touched or found.digest != before["after"]:
            continue
        values = {name: before[name] for name in CHANGED}
        values |= {name: parse_datetime(before[name]) for name in _TIMES}
        values |= {f"{name}_id": values.pop(name) for name in _LINKS}
        Appointment.objects.filter(pk=found.pk).update(**values)
        restored += 1
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(undone=True)
    _count(batch, entries_restored=restored)
    return True


def _take_back_people(batch: ImportBatch) -> bool:
    made = list(Customer.everyone.filter(imported_in=batch).order_by("-pk").values_list("pk", flat=True)[:SLICE])
    if made:
        undoing.take_back(made, batch)
    return bool(made)


def _count(batch: ImportBatch, **more: int) -> None:
    counts = batch.counters.setdefault("undo", {})
    for key, value in more.items():
        counts[key] = counts.get(key, 0) + value
    batch.save(update_fields=["counters"])
