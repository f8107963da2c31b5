"""Consultants and stores that a sheet names and nobody here is called: matched once, remembered for ever."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from customers.choices import CreditRole, ImportKind, NameKind
from customers.models import (
    Appointment,
    Customer,
    FollowUp,
    ImportBatch,
    ImportRow,
    KnownName,
    Order,
    OrderCredit,
)
from customers.naming import fold_name
from customers.services.ordering import listeners
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

UNKNOWN_KINDS = ("owner", "store", "source")


@dataclass(frozen=True)
class Unknown:
    """A name of a sheet that waits to be matched, as most rows write it. `rows` of the batch mean it."""

    kind: str
    text: str
    rows: int


def unknown_names(batch: ImportBatch) -> list[Unknown]:
    """What needs somebody to say who is meant; names matched meanwhile are gone from the list."""
    known = {(kind, fold_name(text)) for kind, text in KnownName.objects.values_list("kind", "text")}
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    rows = ImportRow.objects.filter(batch=batch, unknown__isnull=False).order_by()
    for kind in UNKNOWN_KINDS:
        for text, count in rows.values_list(f"unknown__{kind}").annotate(rows=Count("pk")):
            if text is not None:
                found[kind, fold_name(text)][text] += count
    names = [
        Unknown(key[0], _usual(texts), texts.total())
        for key, texts in found.items()
        if key not in known
    ]
    return sorted(names, key=lambda name: -name.rows)


def _usual(spellings: Counter[str]) -> str:
    """How most rows write it; the shortest of those that are equally many."""
    return min(spellings, key=lambda text: (-spellings[text], len(text), text))


@transaction.atomic
def match(*, kind: str, text: str, by: Any, employee: Any = None, store: Any = None) -> int:
    """Remembers who is meant and gives her every customer whose row said so and whose field is still empty.

    All imports count, not only the one at hand. Returns how many customers changed. Raises Refused.
    """
    column, target = ("owner", employee) if kind == NameKind.OWNER else ("store", store)
    if kind not in NameKind.values or target is None:
        raise Refused("name.no_target", _("Choose who or which store is meant."))
    KnownName.objects.update_or_create(
        kind=kind, text=text.strip()[:100], defaults={"employee": employee, "store": store}
    )
    rows = ImportRow.objects.filter(unknown__isnull=False, customer__isnull=False)
    spellings = {
        own
        for own in rows.values_list(f"unknown__{kind}", flat=True).distinct()
        if own and fold_name(own) == fold_name(text)
    }
    rows = rows.filter(**{f"unknown__{kind}__in": sorted(spellings)})
    if kind == NameKind.OWNER:
        _give_credit(rows.filter(batch__kind=ImportKind.ORDERS), target)
        # Follow-ups keep what the sheet says as well; who wrote them is whoever the name means.
        FollowUp.objects.filter(author=None, author_name__in=sorted(spellings)).update(author=target)
    _give_appointments(rows.filter(batch__kind=ImportKind.APPOINTMENTS), "employee" if kind == NameKind.OWNER else kind, target)
    # Who served an order need not look after the customer.
    said = rows.filter(batch__kind=ImportKind.CUSTOMERS).values("customer")
    changed = Customer.everyone.filter(pk__in=said, **{f"{column}__isnull": True}).update(
        **{column: target}, updated_at=clock.now()
    )
    audit.record("import.name_matched", by=by, on=target, count=changed, kind=kind)
    return changed


def _give_appointments(rows: QuerySet[ImportRow], field: str, target: Any) -> None:
    """Appointments whose row named her, or the store, and that have nobody, or none, yet."""
    for some in batched(rows.values_list("detail", flat=True).iterator(chunk_size=2_000), 2_000):
        named = [detail["appointment"] for detail in some if detail and "appointment" in detail]
        Appointment.objects.filter(pk__in=named, **{f"{field}__isnull": True}).update(**{field: target})


def _give_credit(rows: QuerySet[ImportRow], employee: Any) -> None:
    """The share that a sheet of orders says she has, of each order that still stands."""
    for some in batched(rows.values_list("batch__options", "detail").iterator(chunk_size=2_000), 2_000):
        shares = {(options["source"], detail["number"]): detail["share"] for options, detail in some if detail}
        orders = Order.objects.filter(number__in=[number for _source, number in shares])
        opened = set(
            OrderCredit.objects.filter(order__in=orders, role=CreditRole.OPENER).values_list("order_id", flat=True)
        )
        fresh = [
            OrderCredit(
                order_id=pk, employee=employee, share_bp=shares[source, number],
                role=CreditRole.HELPER if pk in opened else CreditRole.OPENER,
            )
            for pk, source, number in orders.values_list("pk", "source", "number")
            if (source, number) in shares
        ]  # fmt: skip
        OrderCredit.objects.bulk_create(fresh, ignore_conflicts=True)
        listeners.tell([one.order_id for one in fresh])
