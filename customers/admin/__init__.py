"""The customers app in the admin: a file per noun; workflow views live outside the ModelAdmin."""

from customers.admin import (
    channels,
    contacts,
    duplicates,
    exports,
    fields,
    imports,
    orders,
    people,
    products,
    tags,
)

__all__ = [
    "channels",
    "contacts",
    "duplicates",
    "exports",
    "fields",
    "imports",
    "orders",
    "people",
    "products",
    "tags",
]
