"""Taking a whole import back: rows that nothing else has touched go back as they were.

A person it made is removed, unless something points at her that cannot be taken away (then her opening figures
are reversed and she is archived) or somebody has worked with her since (then she stays). Both are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from customers.choices import BatchState, CandidateState, Outcome
from customers.models import (
    Consent,
    Customer,
    CustomerTag,
    ErasedIdentity,
    Identity,
    ImportBatch,
    ImportRow,
    MergeCandidate,
    Opening,
)
from customers.services.importing import holding
from customers.services.importing.decisions import OPENING, stamp
from scrm.kit import audit, bulk, clock, jobs
from scrm.kit.among import Among
from scrm.kit.errors import Refused

SLICE = 500
JOB = "customers.tasks.undo_import"
NAMED = 50
SHOWN = 5
# Among the counters while the undo runs: the row of the sheet above which all are done.
_PLACE = "row"
_POSSIBLE = (BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED)


@dataclass
class UndoPlan:
    people_removed: int = 0
    people_archived: int = 0
    people_kept: int = 0
    people_restored: int = 0
    # Their personal data was erased since: nothing of it comes back.
    people_erased: int = 0
    # Of a very large import: people whom the plan did not look at, one by one, as the undo itself will.
    people_unchecked: int = 0
    rows: int = 0
    kept: list[str] = field(default_factory=list)
    later: list[ImportBatch] = field(default_factory=list)
    possible: bool = True
    why_not: str = ""


def begin[Plan: UndoPlan](found: Plan, batch: ImportBatch) -> Plan:
    """What every plan says first: how many rows there are, whether it can be undone at all, who was erased since."""
    found.rows = ImportRow.objects.filter(batch=batch).count()
    if batch.state not in _POSSIBLE:
        found.possible = False
        found.why_not = (
            _("This import has been undone already.")
            if batch.state in (BatchState.UNDONE, BatchState.UNDOING)
            else _("Only an import that has run can be undone.")
        )
    elif not batch.path:
        found.possible, found.why_not = (
            False,
            _("The uploaded sheet was deleted after its time; undo ended with it."),
        )
    else:
        found.people_erased = _erased(batch)
    return found


def plan(batch: ImportBatch) -> UndoPlan:
    """What undo would do now, in counts; changes nothing."""
    found = begin(UndoPlan(), batch)
    if not found.possible:
        return found
    look_at_people(batch, found, holding.among(batch))
    changed = ImportRow.objects.filter(batch=batch, changes__isnull=False).exclude(customer__imported_in=batch)
    found.people_restored = changed.values("customer").distinct().count()
    return found


def look_at_people(batch: ImportBatch, found: UndoPlan, held: holding.Held) -> None:
    found.people_kept, found.people_archived = len(held.touched), len(held.pinned)
    found.people_removed = held.looked - found.people_kept - found.people_archived
    found.people_unchecked = held.unchecked
    if held.touched:
        found.later = _later(batch, held.touched)
    named = Customer.everyone.in_bulk((held.touched + held.pinned)[:NAMED])
    found.kept += [person.name or person.masked_phone for person in named.values()]


def _erased(batch: ImportBatch) -> int:
    if not ErasedIdentity.objects.exists():
        return 0
    gone = Customer.everyone.filter(erased_at__isnull=False).values("pk")
    return ImportRow.objects.filter(batch=batch, customer__in=gone).values("customer").distinct().count()


def ask(batch: ImportBatch, *, by: Any) -> None:
    """Queues the undo. Raises Refused where it is not possible (any more)."""
    now = begin(UndoPlan(), batch)
    if not now.possible:
        raise Refused("undo.impossible", now.why_not)
    with transaction.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk, state__in=_POSSIBLE).update(
            state=BatchState.UNDOING,
            counters={**batch.counters, "undo": {"removed": 0, "restored": 0, "archived": 0, "kept": 0}},
        ):
            raise Refused(
                "import.wrong_step", _("The import has moved on meanwhile. Look at its page again.")
            )
        audit.record("import.undo_asked", by=by, on=batch)
        jobs.enqueue(JOB, batch.pk, key=f"undo:{batch.pk}")
    batch.refresh_from_db()


def step(batch: ImportBatch) -> bool:
    """Takes back one slice of rows, the last ones first; True when nothing is left. One transaction, repeatable."""
    with transaction.atomic():
        rows = list(rows_left(batch).filter(customer__isnull=False)[:SLICE])
        if rows:
            rows_done(batch, rows, restored=_restore(rows, batch))
            return False
        if take_back_people(batch):
            return False
    finish(batch)
    return True


def rows_left(batch: ImportBatch) -> models.QuerySet[ImportRow]:
    """Rows of the sheet that are not taken back yet, the last ones first; from the place where the last slice ended,
    since reading past all that is done would cost more with every slice."""
    rows = ImportRow.objects.filter(batch=batch, undone=False).order_by("-number")
    place = batch.counters.get("undo", {}).get(_PLACE)
    return rows if place is None else rows.filter(number__lt=place)


def rows_done(batch: ImportBatch, rows: Sequence[ImportRow], **figures: int) -> None:
    """What they told of people is no trace of anybody's work any more."""
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(undone=True)
    batch.counters.setdefault("undo", {})[_PLACE] = rows[-1].number
    count(batch, **figures)


def changed_later(batch: ImportBatch, what: str, people: Iterable[int] | None = None) -> models.Q:
    """For orders or appointments (`what` names them in a row's changes): another sheet has changed it since. Rows are
    found by her whose it is, since a sheet that changes it names her; `people` where they are those of a slice."""
    sheets = list(ImportBatch.objects.filter(kind=batch.kind, pk__gt=batch.pk).values_list("pk", flat=True))
    if not sheets:
        return models.Q(pk__in=[])
    changed = ImportRow.objects.filter(
        batch__in=sheets, undone=False, outcome=Outcome.UPDATED, changes__isnull=False
    ).annotate(changed=Cast(KT(f"changes__{what}"), models.BigIntegerField()))
    if people is not None:
        return models.Q(pk__in=list(changed.filter(Among("customer", sorted(people))).values_list("changed", flat=True)))
    hers = changed.filter(customer=models.OuterRef("customer"), changed=models.OuterRef("pk"))
    return models.Q(models.Exists(hers))


def count(batch: ImportBatch, **more: int) -> None:
    counts = batch.counters.setdefault("undo", {})
    for key, value in more.items():
        counts[key] = counts.get(key, 0) + value
    batch.save(update_fields=["counters"])


def _later(batch: ImportBatch, people: Sequence[int]) -> list[ImportBatch]:
    """Imports that name people whom `batch` made: whoever means to take all of it back begins with the last one."""
    named: set[int] = set()
    for start in range(0, len(people), holding.CHUNK):
        rows = ImportRow.objects.filter(undone=False, batch__gt=batch.pk, customer__in=people[start : start + holding.CHUNK])
        named.update(rows.order_by().values_list("batch", flat=True).distinct())
    later = ImportBatch.objects.filter(pk__in=named.difference(holding.same_file(batch)))
    return list(later.exclude(state=BatchState.UNDONE).order_by("-pk")[:SHOWN])


def _restore(rows: Sequence[ImportRow], batch: ImportBatch) -> int:
    """People who were here before: values that are still as this import left them go back. Returns how many of them
    had something given back or taken away that no earlier slice has counted."""
    others = {
        person.pk: person
        for person in Customer.everyone.select_for_update()
        .filter(erased_at=None, pk__in={row.customer_id for row in rows})
        .exclude(imported_in=batch)
    }
    # Those it made go away with it.
    openings = {
        opening.customer_id: opening
        for opening in holding.not_of(batch, Opening.objects.filter(customer__in=others, system=batch.system))
    }
    figures: set[int] = set()
    changed: dict[int, set[str]] = {}
    for row in rows:
        person = others.get(row.customer_id or 0)
        for column, (before, after) in (row.changes or {}).items() if person else ():
            if column.startswith("opening."):
                opening, name = openings.get(row.customer_id or 0), column.removeprefix("opening.")
                if opening is not None and stamp(getattr(opening, name)) == after:
                    setattr(opening, name, _column(Opening, name).to_python(before))
                    figures.add(opening.customer_id)
            elif person is not None and _put_back(person, column, before, after):
                changed.setdefault(person.pk, set()).add(column)
    # Not by save(): history tells edits by people, and whoever has one counts as touched.
    alike: dict[tuple[str, ...], list[int]] = {}
    for pk, columns in changed.items():
        alike.setdefault(tuple(sorted(columns)), []).append(pk)
    now = clock.now()
    for same, pks in alike.items():
        names = (*(column.removesuffix("_id") for column in same), "updated_at")
        bulk.update(Customer, names, [(pk, *(getattr(others[pk], column) for column in same), now) for pk in pks])
    told = [openings[pk] for pk in figures]
    bulk.update(Opening, OPENING, [(own.pk, *(getattr(own, name) for name in OPENING)) for own in told])
    mine = {"customer__in": list(others), "batch": batch}
    back = set(changed)
    for own in (CustomerTag, Identity, Opening):
        hers = own.objects.filter(**mine)
        back.update(hers.values_list("customer_id", flat=True))
        hers.delete()
    Consent.objects.filter(**mine).delete()
    before = ImportRow.objects.filter(batch=batch, undone=True, changes__isnull=False, customer__in=list(back))
    return len(back - set(before.values_list("customer_id", flat=True)))


def _put_back(person: Customer, column: str, before: Any, after: Any) -> bool:
    now = getattr(person, column)
    if column in ("custom", "legacy"):
        restored = dict(now)
        for key, value in after.items():
            if now.get(key) == value and before.get(key) != value:
                if key in before:
                    restored[key] = before[key]
                else:
                    del restored[key]
        if restored == now:
            return False
        setattr(person, column, restored)
        return True
    if stamp(now) != after:
        return False
    field_name = column.removesuffix("_id")
    target = _column(Customer, field_name)
    setattr(person, column, before if isinstance(target, models.ForeignKey) else target.to_python(before))
    return True


def _column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def take_back_people(batch: ImportBatch) -> bool:
    """A slice of the people whom the batch made: gone, archived, or kept and no longer its own. False when none is left."""
    # Locked first: whoever would point at one of them now waits, so that what is asked of them stays true.
    people = Customer.everyone.select_for_update().filter(imported_in=batch).order_by("-pk")
    made = list(people.values_list("pk", flat=True)[:SLICE])
    if not made:
        return False
    touched = holding.worked_with(batch, made)
    pinned = holding.never_deleted(batch, made) - touched
    gone = [pk for pk in made if pk not in touched and pk not in pinned]
    MergeCandidate.objects.filter(batch=batch, state=CandidateState.OPEN).filter(
        models.Q(first__in=made) | models.Q(second__in=made)
    ).delete()
    Opening.objects.filter(customer__in=list(pinned), batch=batch).delete()
    Consent.objects.filter(customer__in=made, batch=batch).delete()
    now = clock.now()
    Customer.everyone.filter(pk__in=pinned).update(archived_at=now, updated_at=now)
    for owned in (CustomerTag, Identity, Opening):
        owned.objects.filter(customer__in=gone).delete()
    MergeCandidate.objects.filter(models.Q(first__in=gone) | models.Q(second__in=gone)).delete()
    ImportRow.objects.filter(customer__in=gone).update(customer=None)
    # Nothing points at them any more. Not by delete(): it would write each of them into the history of edits, where
    # what was taken back would be kept for ever.
    leaving = Customer.everyone.filter(pk__in=gone)
    leaving._raw_delete(leaving.db)  # type: ignore[attr-defined]
    # Whoever stays is no longer this import's, so that the next slice does not meet her again.
    Customer.everyone.filter(pk__in=touched | pinned).update(imported_in=None)
    counts = batch.counters.setdefault("undo", {})
    named = Customer.everyone.filter(pk__in=touched | pinned)[: NAMED - len(counts.get("named", []))]
    counts["named"] = [*counts.get("named", []), *(person.pk for person in named)]
    count(batch, removed=len(gone), archived=len(pinned), kept=len(touched))
    return True


def finish(batch: ImportBatch) -> None:
    """Nothing is left to take back."""
    with transaction.atomic():
        MergeCandidate.objects.filter(batch=batch, state=CandidateState.OPEN).delete()
        Consent.objects.filter(batch=batch).delete()
        batch.counters.get("undo", {}).pop(_PLACE, None)
        batch.state, batch.undone_at = BatchState.UNDONE, clock.now()
        batch.counters["customers_total"] = Customer.objects.count()
        batch.save(update_fields=["state", "undone_at", "counters"])
        counts = batch.counters.get("undo", {})
        more = {k: v for k, v in counts.items() if k.startswith(("orders_", "entries_"))}
        audit.record(
            "import.undone",
            on=batch,
            count=batch.counters.get("rows", 0),
            **{k: counts.get(k, 0) for k in ("removed", "restored", "archived", "kept")},
            **more,
        )
