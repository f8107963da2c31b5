"""Which pages lead a kind of sheet through its steps; sheets of customers go the importer's own way."""

from typing import Any

from customers.admin.imports import contacts_pages, orders_pages
from customers.choices import ImportKind
from customers.models import ImportBatch

_PAGES: dict[str, Any] = {
    ImportKind.ORDERS: orders_pages,
    ImportKind.APPOINTMENTS: contacts_pages,
    ImportKind.FOLLOW_UPS: contacts_pages,
}


def of(batch: ImportBatch) -> Any:
    """A module with show_columns, take_columns, show_preview, again and show_result; None for customers."""
    return _PAGES.get(batch.kind)
