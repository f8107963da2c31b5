"""What holds a person whom an import made, so that undoing it cannot take her away: somebody's work, or rows that are
never deleted. A slice of people is asked about, each table for these people alone, by its index on the customer: the same
cost in a base of a thousand and of a million. (An OR of `Exists` would leave PostgreSQL free to read whole tables.)"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ForeignObjectRel, Model, Q, QuerySet

from customers.choices import Outcome
from customers.models import (
    Consent,
    Customer,
    CustomerTag,
    Identity,
    ImportBatch,
    ImportRow,
    MergeCandidate,
    Opening,
)
from scrm.kit.among import Among

# Rows that an import itself hangs on a person; anything else that points at her is somebody's work.
_OWN = {Identity, CustomerTag, Opening, Consent, MergeCandidate, ImportRow}
_UNTOUCHED = (Outcome.UNCHANGED, Outcome.MERGED)
# A plan looks at so many people one by one; whoever undoes a larger import is told how many were not looked at.
PLANNED = 20_000
CHUNK = 1_000
# Rows and the column of theirs that names a person.
Trace = tuple[QuerySet[Any], str]


@dataclass
class Held:
    """Of `looked` people at most PLANNED; `unchecked` were not looked at."""

    looked: int = 0
    unchecked: int = 0
    touched: list[int] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)


def among(batch: ImportBatch, *, staying: QuerySet[Any] | None = None) -> Held:
    """The people whom `batch` made, the newest first, with whoever is held: touched, or else pinned. `staying` are the
    only rows of their table that hold her, where the undo takes the others away before it comes to her."""
    made = Customer.everyone.filter(imported_in=batch)
    pks = list(made.order_by("-pk").values_list("pk", flat=True)[:PLANNED])
    found = Held(looked=len(pks))
    if len(pks) == PLANNED:
        found.unchecked = made.count() - PLANNED
    for start in range(0, len(pks), CHUNK):
        part = pks[start : start + CHUNK]
        hers = worked_with(batch, part, staying=staying)
        found.touched += sorted(hers, reverse=True)
        found.pinned += sorted(never_deleted(batch, part) - hers, reverse=True)
    return found


def worked_with(batch: ImportBatch, people: Sequence[int], *, staying: QuerySet[Any] | None = None) -> set[int]:
    """Those of a slice of people with whom somebody has worked since: edits, tags by hand, another import, a merge, rows
    of other tables."""
    return _named(people, work(batch, staying))


def never_deleted(batch: ImportBatch, people: Sequence[int]) -> set[int]:
    """Those at whom something append-only points: they can be archived, not removed."""
    return _named(people, pins(batch))


def work(batch: ImportBatch, staying: QuerySet[Any] | None = None) -> Iterator[Trace]:
    yield Customer.history.model.objects.all(), "id"
    yield Customer.everyone.all(), "merged_into"
    for model in (CustomerTag, Identity):
        yield not_of(batch, model._default_manager.all()), "customer"
    # The very file once more, which found everything as it stands, has not worked with her; another sheet that names
    # her has, since without this one it would have made her.
    again = Q(outcome__in=_UNTOUCHED, changes__isnull=True, batch__in=same_file(batch))
    yield ImportRow.objects.filter(undone=False).exclude(batch=batch).exclude(again), "customer"
    if staying is not None:
        yield staying, "customer"
    for model, name in pointing_at_people():
        is_settled = model is Customer.history.model or (staying is not None and model is staying.model)
        if model not in _OWN and not is_settled and not _is_append_only(model):
            yield model._default_manager.all(), name


def pins(batch: ImportBatch) -> Iterator[Trace]:
    yield not_of(batch, Consent.objects.all()), "customer"
    for model, name in pointing_at_people():
        if _is_append_only(model):
            yield model._default_manager.all(), name


def _named(people: Sequence[int], traces: Iterable[Trace]) -> set[int]:
    return {pk for (pk,) in naming(people, traces)} if people else set()


def naming(people: Sequence[int], traces: Iterable[Trace]) -> QuerySet[Any, tuple[int]]:
    """Who of `people` is named by any of these rows: one statement."""
    first, *rest = [rows.order_by().filter(Among(name, people)).values_list(name) for rows, name in traces]
    return first.union(*rest).order_by()


def not_of(batch: ImportBatch, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(~Q(batch=batch) | Q(batch=None))


def same_file(batch: ImportBatch) -> Sequence[int]:
    return list(ImportBatch.objects.filter(sha256=batch.sha256).exclude(sha256="").values_list("pk", flat=True))


def pointing_at_people() -> Iterator[tuple[Any, str]]:
    """(model, name of its foreign key) of every table that points at a customer, those of later apps included."""
    for relation in Customer._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not Customer:
            yield relation.related_model, relation.field.name


def _is_append_only(model: type[Model]) -> bool:
    return bool(getattr(model, "append_only", False))
