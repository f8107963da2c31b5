"""History rows of people around an edit."""

from typing import Any

from customers.models import Customer
from customers.queries.edits import BEFORE

# What changes without anybody's edit.
UNTOLD = ("updated_at", "last_contact_at")


def before_edit(pk: int) -> None:
    """How she stood, where the history does not tell. Sheets and acts on many write no history rows, and without
    this line the edit would look like nobody's, or like everything that was said since."""
    history = Customer.history
    row = Customer.everyone.get(pk=pk)
    last = history.filter(id=pk).order_by("-history_date", "-history_id").first()
    columns = [field.attname for field in Customer._meta.concrete_fields if field.name not in UNTOLD]
    if last is None or any(getattr(last, column) != getattr(row, column) for column in columns):
        history.bulk_history_create([row], update=True, default_change_reason=BEFORE)


def after_edit(pk: int, *, by: Any) -> None:
    """For an edit that did not go through `save`."""
    row = Customer.everyone.get(pk=pk)
    Customer.history.bulk_history_create([row], update=True, default_user=by)
