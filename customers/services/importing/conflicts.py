"""A row that found a person of another name: somebody looks at it once and decides."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import ImportBatch, ImportRow
from customers.services import people
from scrm.kit import audit
from scrm.kit.errors import Refused

TAKEN, KEPT = "sheet", "kept"
SLICE = 1_000


def settle(row: ImportRow, *, take: bool, by: Any) -> None:
    """Takes the sheet's name for the person, or says that hers stays; the figure of the import does not change.

    Raises Refused("conflict.settled") the second time, "conflict.nobody" for a row whose person is gone."""
    with transaction.atomic():
        row = ImportRow.objects.select_for_update(of=("self",)).select_related("customer").get(pk=row.pk)
        detail = row.detail or {}
        if "settled" in detail:
            raise Refused("conflict.settled", _("This name has been settled already."))
        if row.customer is None or not row.customer.is_living or not detail.get("name"):
            raise Refused(
                "conflict.nobody", _("This person is archived or merged; there is nothing to settle.")
            )
        if take:
            people.change(row.customer, by=by, name=detail["name"])
        row.detail = {**detail, "settled": TAKEN if take else KEPT}
        row.save(update_fields=["detail"])


def keep_all(batch: ImportBatch, *, by: Any) -> int:
    """Every name that nobody has settled stays as it is here; returns how many rows said otherwise. Repeatable: a slice a
    transaction, those of a broken off call stay settled."""
    waiting = ImportRow.objects.filter(
        batch=batch, conflict=True, detail__name__isnull=False, detail__settled__isnull=True
    ).order_by("pk")
    done = 0
    while done_now := _keep_some(waiting):
        done += done_now
    if done:
        audit.record("import.names_kept", by=by, on=batch, count=done)
    return done


def _keep_some(waiting: QuerySet[ImportRow]) -> int:
    with transaction.atomic():
        rows = list(waiting.select_for_update()[:SLICE])
        for row in rows:
            row.detail = {**(row.detail or {}), "settled": KEPT}
        return ImportRow.objects.bulk_update(rows, ["detail"]) if rows else 0
