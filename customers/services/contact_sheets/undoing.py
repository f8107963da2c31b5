"""Taking an import of appointments or follow-ups back: what nobody has touched since, and the people made for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.dateparse import parse_datetime

from customers.choices import ImportKind
from customers.models import Appointment, Feedback, FollowUp, ImportBatch, ImportRow, Task
from customers.services import contacting, visit_listeners
from customers.services.contact_sheets.appointments import CHANGED
from customers.services.importing import holding, undoing
from customers.services.importing.undoing import UndoPlan
from scrm.kit import bulk

SLICE = 500
_TIMES = ("starts_at", "state_at")


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
    staying = made.model._default_manager.filter(~Q(batch=batch) | Q(batch=None) | _touched(batch))
    undoing.look_at_people(batch, found, holding.among(batch, staying=staying))
    return found


def _made(batch: ImportBatch) -> models.QuerySet[Any]:
    model: Any = Appointment if batch.kind == ImportKind.APPOINTMENTS else FollowUp
    return model.objects.filter(batch=batch)


def _changed(batch: ImportBatch) -> models.QuerySet[ImportRow]:
    return ImportRow.objects.filter(batch=batch, changes__isnull=False, undone=False)


def _touched(batch: ImportBatch, people: Iterable[int] | None = None) -> Q:
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
    return touched | undoing.changed_later(batch, "appointment", people)


def step(batch: ImportBatch) -> bool:
    """Takes back one slice; True when nothing is left. One transaction, repeatable."""
    with transaction.atomic():
        for part in (_take_back, _take_back_rows, undoing.take_back_people):
            if part(batch):
                return False
    undoing.finish(batch)
    return True


def _take_back(batch: ImportBatch) -> bool:
    made = _made(batch)
    rows = dict(made.order_by("-pk").values_list("pk", "customer")[:SLICE])
    if not rows:
        return False
    mine = made.model._default_manager.filter(pk__in=rows)
    kept = set(mine.filter(_touched(batch, set(rows.values()))).values_list("pk", flat=True))
    mine.filter(pk__in=kept).update(batch=None)
    mine.exclude(pk__in=kept).delete()
    if made.model is FollowUp:
        contacting.refresh_last_contact(set(rows.values()))
    else:
        visit_listeners.tell(set(rows.values()))
    undoing.count(batch, entries_removed=len(rows) - len(kept), entries_kept=len(kept))
    return True


def _take_back_rows(batch: ImportBatch) -> bool:
    """Appointments that were here before and still stand as this import left them become again what they were."""
    rows = list(undoing.rows_left(batch)[:SLICE])
    if not rows:
        return False
    changes: list[dict[str, Any]] = [row.changes for row in rows if row.changes]
    appointments = Appointment.objects.select_for_update(of=("self",)).order_by("pk")
    now = appointments.in_bulk([before["appointment"] for before in changes])
    restored: dict[int, dict[str, Any]] = {}
    for before in changes:
        found = now.get(before["appointment"])
        if found is None or found.moved_to_id or (batch.finished_at and found.state_at > batch.finished_at):
            continue
        if found.digest == before["after"]:
            restored[found.pk] = before
    bulk.update(Appointment, CHANGED, [(pk, *map(_value(before), CHANGED)) for pk, before in restored.items()])
    visit_listeners.tell({now[pk].customer_id for pk in restored} | {before["customer"] for before in restored.values()})
    undoing.rows_done(batch, rows, entries_restored=len(restored))
    return True


def _value(before: dict[str, Any]) -> Callable[[str], Any]:
    return lambda name: parse_datetime(before[name]) if name in _TIMES and before[name] else before[name]
