"""Plan and do of an erasure. There is no undo: what is gone is gone, and undo of an import or a merge brings nothing
back. Orders, credits and amounts stay and point at the emptied row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import ExportState
from customers.models import Customer, Export, ImportBatch, ImportRow, Order
from customers.services.erasing.erasers import erasers
from scrm.kit import audit, bulk, clock, files
from scrm.kit.errors import Refused

# Only the owner has it; an identity that is "added" to the erased ones is a person who goes.
ERASE = "customers.erase_customer"
WRITING = timedelta(minutes=30)


@dataclass
class ErasurePlan:
    """What an erasure would do now. `people` are her own id and those of the records folded into her."""

    customer: Customer
    people: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    orders: int = 0
    # Sheets that were uploaded still hold her until this day, when they are deleted as always.
    sheets: list[ImportBatch] = field(default_factory=list)
    sheets_until: date | None = None
    stamp: str = ""


def plan(customer: Customer, *, by: Any) -> ErasurePlan:
    """Changes nothing. Raises Refused: "erase.not_allowed", "person.erased", "erase.folded"."""
    if by is not None and not by.has_perm(ERASE):
        raise Refused("erase.not_allowed", _("Only the owner may erase personal data."))
    if customer.erased_at is not None:
        raise Refused("person.erased", _("The personal data of this customer was erased already."))
    if customer.merged_into_id is not None:
        raise Refused("erase.folded", _("This record is part of another customer. Erase that one."))
    found = ErasurePlan(customer, people=_people(customer.pk))
    found.counts = {name: count for name in erasers.names() if (count := erasers[name].count(found.people))}
    found.orders = Order.objects.filter(customer__in=found.people).count()
    rows = ImportRow.objects.filter(customer__in=found.people)
    found.sheets = list(ImportBatch.objects.filter(pk__in=rows.values("batch")).exclude(path="").order_by("pk"))
    if found.sheets:
        last = max(batch.created_at for batch in found.sheets)
        found.sheets_until = timezone.localdate(last) + timedelta(days=settings.KEEP_UPLOADS_DAYS)
    found.stamp = _stamp(found)
    return found


def carry_out(made: ErasurePlan, *, by: Any) -> None:
    """Does what the plan says, in one transaction, or raises: what `plan` raises, "erase.stale" when something came
    meanwhile, "erase.exporting" while a file is being written that may hold her."""
    with transaction.atomic():
        # Locked in one order with merges, so that nobody is folded into her meanwhile.
        list(Customer.everyone.select_for_update(of=("self",)).filter(pk__in=made.people).order_by("pk"))
        customer = Customer.everyone.get(pk=made.customer.pk)
        now_made = plan(customer, by=by)
        if now_made.stamp != made.stamp:
            raise stale()
        if Export.objects.filter(state=ExportState.RUNNING, at__gte=clock.now() - WRITING).exists():
            raise Refused("erase.exporting", _("An export is being written that may hold her. Try again in some minutes."))
        gone: list[str] = []
        for eraser in erasers:
            gone += eraser.erase(now_made.people)
        audit.record(
            "person.erased", by=by, on=customer, records=len(now_made.people), rows=sum(now_made.counts.values())
        )
        for path in gone:
            transaction.on_commit(partial(files.remove, path))
    made.customer.refresh_from_db()


def stale() -> Refused:
    return Refused("erase.stale", _("Something about her has changed meanwhile. Look at the plan again."))


def _people(pk: int) -> list[int]:
    """Herself, and whoever was folded into her, directly or before."""
    found, last = [pk], [pk]
    while last:
        last = list(Customer.everyone.filter(merged_into__in=last).order_by("pk").values_list("pk", flat=True))
        found += last
    return found


def _stamp(found: ErasurePlan) -> str:
    """What a plan was made from, in short."""
    changed = Customer.everyone.filter(pk__in=found.people).aggregate(last=Max("updated_at"))["last"]
    said: Sequence[Any] = [found.people, str(changed), sorted(found.counts.items()), found.orders]
    return blake2b(bulk.dump(said).encode(), digest_size=16).hexdigest()  # type: ignore[union-attr]
