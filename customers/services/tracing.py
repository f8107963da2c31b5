"""Traces of behaviour 行为轨迹: links opened, pages seen, things drawn. Rows are added, never changed."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Event
from scrm.kit import clock
from scrm.kit.errors import Refused

# "page.viewed": a noun and what happened to it.
KIND = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+\Z")
LENGTHS = {"kind": 40, "object": 80, "visitor": 40}
LARGEST = 4_000
BATCH = 1_000


@dataclass(frozen=True)
class Trace:
    """What one customer, or a visitor nobody knows yet, did. `object` is what the kind is about ("product:12");
    `properties` are JSON. Without `at` it is now."""

    kind: str
    customer: int | None = None
    visitor: str = ""
    object: str = ""
    at: datetime | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


def record(*, events: Sequence[Trace]) -> list[Event]:
    """Adds them all in one transaction and returns them in their order. The same trace twice is two rows: what makes
    one once is the caller's affair.

    What a merged record did is the one's who was kept. Somebody erased leaves no traces any more: hers are left out.

    Raises Refused: event.kind, event.nobody, event.future, event.too_long, event.properties, event.unknown_customer.
    """
    now = clock.now()
    for event in events:
        _check(event, now)
    with transaction.atomic():
        hers = _whose({event.customer for event in events if event.customer is not None})
        return Event.objects.bulk_create(
            [
                Event(
                    customer_id=None if event.customer is None else hers[event.customer],
                    visitor=event.visitor, kind=event.kind, object=event.object, at=event.at or now,
                    properties=dict(event.properties),
                )
                for event in events
                if event.customer is None or hers[event.customer] is not None
            ],
            batch_size=BATCH,
        )  # fmt: skip


def _check(event: Trace, now: datetime) -> None:
    if not KIND.match(event.kind):
        raise Refused("event.kind", _("A trace needs a kind such as “page.viewed”."), kind=event.kind[:80])
    if event.customer is None and not event.visitor:
        raise Refused("event.nobody", _("A trace is a customer's or a visitor's."))
    if event.at is not None and event.at > now + timedelta(minutes=1):
        raise Refused("event.future", _("A trace tells what was; this one lies in the future."))
    for name, longest in LENGTHS.items():
        if len(getattr(event, name)) > longest:
            raise Refused("event.too_long", _("A trace is too long to be kept."), field=name, longest=longest)
    try:
        size = len(json.dumps(event.properties, allow_nan=False))
    except (TypeError, ValueError):
        raise Refused("event.properties", _("The details of a trace cannot be kept.")) from None
    if size > LARGEST:
        raise Refused("event.too_long", _("A trace is too long to be kept."), field="properties", longest=LARGEST)


def _whose(wanted: Iterable[int]) -> dict[int, int | None]:
    """{id: the living record's id, None for an erased one}. The rows stay locked, so that neither a merge nor an
    erasure overtakes the traces."""
    found: dict[int, tuple[int | None, bool]] = {}
    asked = set(wanted)
    while asked:
        rows = Customer.everyone.select_for_update(of=("self",), no_key=True).filter(pk__in=asked).order_by("pk")
        found |= {pk: (into, gone is not None) for pk, into, gone in rows.values_list("pk", "merged_into", "erased_at")}
        if missing := asked - found.keys():
            raise Refused("event.unknown_customer", _("There is no such customer."), customers=sorted(missing)[:10])
        asked = {into for pk in asked if (into := found[pk][0]) is not None} - found.keys()
    return {pk: _end(pk, found) for pk in wanted}


def _end(pk: int, found: Mapping[int, tuple[int | None, bool]]) -> int | None:
    into, erased = found[pk]
    if erased:
        return None
    return pk if into is None else _end(into, found)
