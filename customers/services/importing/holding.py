"""What holds a person whom an import made, so that undoing it cannot take her away: somebody's work, or rows that are
never deleted. Each question is an `Exists` by an index on the customer: a slice of people costs the same in a base of a
thousand and of a million."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q, QuerySet

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

# Rows that an import itself hangs on a person; anything else that points at her is somebody's work.
_OWN = {Identity, CustomerTag, Opening, Consent, MergeCandidate, ImportRow}
_UNTOUCHED = (Outcome.UNCHANGED, Outcome.MERGED)
# A plan looks at so many people one by one; whoever undoes a larger import is told how many were not looked at.
PLANNED = 20_000
CHUNK = 1_000


@dataclass
class Held:
    """Of `looked` people at most PLANNED; `unchecked` were not looked at."""

    looked: int = 0
    unchecked: int = 0
    touched: list[int] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)


def among(batch: ImportBatch, touched: Q, pinned: Q | None = None) -> Held:
    """The people whom `batch` made, the newest first, with whoever is held: touched, or else pinned."""
    made = Customer.everyone.filter(imported_in=batch)
    pks = list(made.order_by("-pk").values_list("pk", flat=True)[:PLANNED])
    found = Held(looked=len(pks))
    if len(pks) == PLANNED:
        found.unchecked = made.count() - PLANNED
    for start in range(0, len(pks), CHUNK):
        part = Customer.everyone.filter(pk__in=pks[start : start + CHUNK])
        hers = set(part.filter(touched).values_list("pk", flat=True))
        found.touched += sorted(hers, reverse=True)
        if pinned is not None:
            found.pinned += sorted(set(part.filter(pinned).values_list("pk", flat=True)) - hers, reverse=True)
    return found


def worked_with(batch: ImportBatch, *, without: Any = None) -> Q:
    """Somebody has worked with her since: edits, tags by hand, another import, a merge, rows of other tables (but those
    of `without`, which the caller knows better). For a queryset of people."""
    hers = OuterRef("pk")
    rule = Q(Exists(Customer.history.model.objects.filter(id=hers)))
    for model in (CustomerTag, Identity):
        rule |= Q(Exists(not_of(batch, model._default_manager.filter(customer=hers))))
    # The very file once more, which found everything as it stands, has not worked with her; another sheet that names
    # her has, since without this one it would have made her.
    again = Q(outcome__in=_UNTOUCHED, changes__isnull=True, batch__in=same_file(batch))
    rule |= Q(Exists(ImportRow.objects.filter(customer=hers, undone=False).exclude(batch=batch).exclude(again)))
    rule |= Q(Exists(Customer.everyone.filter(merged_into=hers)))
    for model, name in pointing_at_people():
        if model not in _OWN and model not in (without, Customer.history.model) and not _is_append_only(model):
            rule |= Q(Exists(model._default_manager.filter(**{name: hers})))
    return rule


def never_deleted(batch: ImportBatch) -> Q:
    """Something append-only points at her: she can be archived, not removed."""
    rule = Q(Exists(not_of(batch, Consent.objects.filter(customer=OuterRef("pk")))))
    for model, name in pointing_at_people():
        if _is_append_only(model):
            rule |= Q(Exists(model._default_manager.filter(**{name: OuterRef("pk")})))
    return rule


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
