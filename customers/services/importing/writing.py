"""Writes what a slice decided, in the caller's transaction: a dozen statements, whatever the number of rows."""

from collections import Counter
from typing import Any

from customers.choices import Medium, Outcome, Purpose, TagSetBy
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
from customers.services.importing import cells
from customers.services.importing.decisions import COLUMNS, Decision, Slice
from customers.services.importing.names import Names
from customers.services.importing.rows import PHONE
from scrm.kit import bulk, clock

_NEW = ("id", *COLUMNS, "imported_in", "created_at", "updated_at")
_CHANGED = (*COLUMNS, "updated_at")
KEPT_CELLS = 200


def apply(out: Slice, batch: ImportBatch, names: Names) -> dict[str, int]:
    """Inserts and updates everything; new people get their primary keys. Returns the tag ids to remember.

    Raises IntegrityError when somebody else took an identity meanwhile: roll back, decide again."""
    now = clock.now()
    source = f"import:{batch.pk}"
    new = [person for person in out.people if person.new]
    for person, pk in zip(new, bulk.reserve_ids(Customer, len(new)), strict=True):
        person.pk = pk
    bulk.insert(
        Customer,
        _NEW,
        [(person.pk, *person.fields.values(), batch.pk, now, now) for person in new],
    )
    changed = [
        person for person in out.people if not person.new and any("." not in c for c in person.changed)
    ]
    bulk.update(Customer, _CHANGED, [(person.pk, *person.fields.values(), now) for person in changed])
    bulk.insert(
        Identity,
        ("customer", "kind", "value", "tail", "verified", "source", "batch", "first_seen"),
        [
            (person.pk, kind, value, value[-4:] if kind == PHONE else "", False, source, batch.pk, now)
            for person, kind, value in out.identities
        ],
    )
    ids = names.tag_ids(tag for _person, tag in out.tags)
    bulk.insert(
        CustomerTag,
        ("customer", "tag", "set_by", "batch", "at"),
        [(person.pk, ids[tag], TagSetBy.IMPORT.value, batch.pk, now) for person, tag in out.tags],
    )
    _write_openings(out, batch)
    _write_candidates(out, batch, now)
    if batch.consent:
        _write_consents(out, batch, source, now)
    bulk.insert(
        ImportRow,
        (
            "batch",
            "number",
            "outcome",
            "code",
            "conflict",
            "customer",
            "detail",
            "changes",
            "warnings",
            "unknown",
            "cells",
            "undone",
        ),
        [_row(decision, batch.pk) for decision in out.decisions],
    )
    return ids


def _row(decision: Decision, batch: int) -> tuple[Any, ...]:
    raw = decision.raw
    return (
        batch,
        decision.number,
        str(decision.outcome),
        decision.code,
        decision.conflict,
        decision.person.pk if decision.person else None,
        decision.detail,
        decision.changes,
        decision.warnings,
        decision.unknown,
        [cells.to_text(cell)[:2000] for cell in raw[:KEPT_CELLS]] if raw is not None else None,
        False,
    )


def _write_openings(out: Slice, batch: ImportBatch) -> None:
    met = {
        id(d.person): d.person for d in out.decisions if d.person is not None and d.person.opening is not None
    }
    columns = ("spend_fen", "orders", "last_order_on", "level")
    fresh = [p for p in met.values() if p.opening_pk is None]
    bulk.insert(
        Opening,
        ("customer", "system", *columns, "batch"),
        [(p.pk, batch.system, *(p.opening[c] for c in columns), batch.pk) for p in fresh if p.opening],
    )
    stale = [p for p in met.values() if p.opening_pk and any(c.startswith("opening.") for c in p.changed)]
    bulk.update(
        Opening, columns, [(p.opening_pk, *(p.opening[c] for c in columns)) for p in stale if p.opening]
    )


def _write_candidates(out: Slice, batch: ImportBatch, now: Any) -> None:
    """A rejected pair is not proposed again: the pair is unique, whatever its state."""
    pairs: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for person, other, evidence in out.candidates:
        pk = other if isinstance(other, int) else other.pk
        pairs.setdefault((min(person.pk, pk), max(person.pk, pk)), []).append(evidence)
    MergeCandidate.objects.bulk_create(
        [
            MergeCandidate(first_id=a, second_id=b, evidence=evidence, batch=batch, created_at=now)
            for (a, b), evidence in pairs.items()
        ],
        ignore_conflicts=True,
    )


def _write_consents(out: Slice, batch: ImportBatch, source: str, now: Any) -> None:
    """Only for those of whom nothing is known yet: a sheet never overrules a withdrawal."""
    people = {d.person.pk for d in out.decisions if d.person is not None}
    said = set(
        Consent.objects.filter(customer__in=people, purpose=Purpose.PROMOTION).values_list(
            "customer_id", flat=True
        )
    )
    bulk.insert(
        Consent,
        ("customer", "purpose", "medium", "given", "ground", "source", "batch", "recorded_by", "at"),
        [
            (
                pk,
                Purpose.PROMOTION.value,
                Medium.ANY.value,
                True,
                batch.consent_ground,
                source,
                batch.pk,
                batch.created_by_id,
                now,
            )
            for pk in sorted(people - said)
        ],
    )


def count(out: Slice) -> Counter[str]:
    """Figures of a slice under the keys of ImportBatch.counters."""
    counted: Counter[str] = Counter()
    for decision in out.decisions:
        counted[str(decision.outcome)] += 1
        counted["conflicts"] += decision.conflict
        if decision.outcome != Outcome.REJECTED:
            counted["warnings"] += len(decision.warnings or ())
    return counted
