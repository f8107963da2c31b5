"""One import of orders, as the command runs it, and what stands in the base afterwards."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from customers.models import ImportBatch, ImportRow, Order

LINES = ("lines", "no_customer", "returns", "free", "rejected")
ORDERS = ("orders_created", "orders_updated", "orders_unchanged")


def run(path: Path, *flags: str) -> dict[str, Any]:
    """The command's JSON object, refused or not."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_orders", str(path), "--json", *flags, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert code == (0 if answer["refused"] is None else 1)
    assert answer["rows"] == sum(answer[key] for key in LINES)
    return answer


def lines_of(answer: dict[str, Any]) -> tuple[int, ...]:
    """(lines, no_customer, returns, free, rejected)"""
    return tuple(answer[key] for key in LINES)


def orders_of(answer: dict[str, Any]) -> tuple[int, ...]:
    """(created, updated, unchanged)"""
    return tuple(answer[key] for key in ORDERS)


def rejected(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(row["row"], row["code"]) for row in answer["rejections"]]


def told(code: str = "") -> list[tuple[int, str, str]]:
    """(row, outcome, code) of every row of the last batch of which something is told."""
    rows = ImportRow.objects.filter(batch=ImportBatch.objects.latest("pk")).order_by("number")
    return [row for row in rows.values_list("number", "outcome", "code") if not code or row[2] == code]


def warnings() -> list[tuple[int, str]]:
    rows = ImportRow.objects.filter(batch=ImportBatch.objects.latest("pk"), warnings__isnull=False).order_by("number")
    return [(row.number, warning["code"]) for row in rows for warning in row.warnings or ()]


def order(number: str, source: str = "sheet") -> Order:
    return Order.objects.get(source=source, number=number)


def lines(number: str, source: str = "sheet") -> list[tuple[str, str, str, int]]:
    """(product, quantity, unit price, fen) of each line, in its order."""
    return [
        (
            line.product.name if line.product else "",
            f"{line.quantity.normalize():f}",
            "" if line.unit_price is None else f"{line.unit_price.normalize():f}",
            line.amount_fen,
        )
        for line in order(number, source).lines.select_related("product").order_by("pk")
    ]


def everything() -> list[tuple[Any, ...]]:
    """All orders with their lines and credits, to be compared as a whole."""
    found = []
    for own in Order.objects.select_related("customer").order_by("source", "number"):
        found.append(
            (
                own.source, own.number, own.customer.phone, own.ordered_at, own.goods_fen, own.discount_fen, own.freight_fen,
                own.paid_fen, own.refunded_fen, tuple(lines(own.number, own.source)),
                tuple(own.credits.order_by("pk").values_list("employee__name", "role", "share_bp")),
                tuple(own.refunds.order_by("pk").values_list("number", "amount_fen")),
            )
        )  # fmt: skip
    return found
