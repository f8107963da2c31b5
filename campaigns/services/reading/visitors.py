"""The rows of those who came."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from campaigns.models import Touch, Visitor


def of(rows: Sequence[Touch]) -> dict[UUID, Visitor]:
    """By key, made where they are new, and locked: somebody who becomes known meanwhile waits, and then has her orders
    credited with what is read here."""
    first: dict[UUID, Touch] = {}
    for row in rows:
        if row.visitor_key not in first or row.at < first[row.visitor_key].at:
            first[row.visitor_key] = row
    found = _those(first)
    new = [
        Visitor(key=key, kind=row.visitor_kind, first_seen=row.at) for key, row in first.items() if key not in found
    ]
    if new:
        Visitor.objects.bulk_create(new, ignore_conflicts=True)
        found |= _those({one.key for one in new})
    return found


def _those(keys: Iterable[UUID]) -> dict[UUID, Visitor]:
    rows = Visitor.objects.select_for_update(of=("self",)).filter(key__in=keys).order_by("pk")
    return {one.key: one for one in rows}
