"""Products to choose from."""

from django.db.models import Q

from customers.models import Product

OFFERED = 20


def on_sale(text: str) -> list[Product]:
    """At most OFFERED, by name; those that begin with `text` first. A product list is short: it is simply read."""
    text = text.replace("\x00", "").strip()
    rows = Product.objects.filter(is_active=True).order_by("name", "pk")
    if not text:
        return list(rows[:OFFERED])
    begins = Q(name__istartswith=text) | Q(code__istartswith=text)
    first = list(rows.filter(begins)[:OFFERED])
    inside = rows.filter(Q(name__icontains=text) | Q(code__icontains=text)).exclude(begins)
    return [*first, *inside[: OFFERED - len(first)]]
