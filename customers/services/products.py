"""Products by hand. Sheets make their own (ordering.products); nothing here deletes one."""

from typing import Any

from django.db import transaction

from customers.models import Product
from scrm.kit import audit

FIELDS = ("code", "name", "role", "price_fen", "cost_fen", "is_active")


def create_product(*, by: Any, **values: Any) -> Product:
    with transaction.atomic():
        made = Product.objects.create(**values)
        audit.record("product.created", by=by, on=made)
    return made


def change_product(product: Product, *, by: Any, **values: Any) -> list[str]:
    """Writes what differs and returns the names of it. Orders keep the amounts they were sold for."""
    changed = [name for name, value in values.items() if getattr(product, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(product, name, values[name])
    with transaction.atomic():
        product.save(update_fields=changed)
        audit.record("product.changed", by=by, on=product, fields=changed)
    return changed
