"""Lines of orders that are told anew: what is equal stays the row it was, so that a refund still names it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from customers.models import OrderLine
from scrm.kit import bulk

# (product id, quantity, unit price, amount in fen)
Row = tuple[int | None, Decimal, Decimal | None, int]
_COLUMNS = ("product", "quantity", "unit_price", "amount_fen")


def replace(wanted: Mapping[int, Sequence[Row]]) -> None:
    """{order: its lines from now on}. Deletes and inserts the difference only, three statements for all of them."""
    here: dict[tuple[int, Row], list[int]] = defaultdict(list)
    for pk, order, *row in OrderLine.objects.filter(order__in=wanted).order_by("-pk").values_list("pk", "order", *_COLUMNS):
        here[order, tuple(row)].append(pk)  # type: ignore[index]
    new = []
    for order, rows in wanted.items():
        for row in rows:
            if same := here[order, row]:
                same.pop()
            else:
                new.append((order, *row))
    OrderLine.objects.filter(pk__in=[pk for rest in here.values() for pk in rest]).delete()
    insert(new)


def insert(rows: Iterable[tuple[int, int | None, Decimal, Decimal | None, int]]) -> None:
    """Rows of (order, …)."""
    bulk.insert(OrderLine, ("order", *_COLUMNS), rows)
