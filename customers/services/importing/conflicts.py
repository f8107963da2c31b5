"""A row that found a person of another name: somebody looks at it once and decides."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import ImportRow
from customers.services import people
from scrm.kit.errors import Refused

TAKEN, KEPT = "sheet", "kept"


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
