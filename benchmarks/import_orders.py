"""How fast a sheet of orders becomes orders: the stock way, the physical limit and ours, in one run.

    uv run python benchmarks/import_orders.py --lines 500000 --json

(a) stock: what a user of django-import-export waits for (dry run, then import, a row a line), 5,000 lines.
(b) limit: COPY of the finished rows into the very tables that ours fills, indexes and foreign keys included.
(c) ours:  `run_file` with everything: detection, checks, whole orders, customers, products, an outcome for every line.

The three alternate, n rounds, medians. Needs PostgreSQL (DATABASE_URL, default a local server); it makes and drops a
database of its own.
"""

import argparse
import csv
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

import database

DATABASE = "scrm_bench_orders"
HEADER = ["订单号", "下单时间", "手机号", "商品编码", "商品名称", "数量", "单价"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--stock-lines", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with database.own(DATABASE) as (folder, _there):
        result = measure(folder, options)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    database.set_up()
    sheet, small = folder / "orders.csv", folder / "small.csv"
    write_sheet(sheet, options.lines)
    write_sheet(small, options.stock_lines)
    finished = capture(sheet)
    seconds: dict[str, list[float]] = {"stock": [], "limit": [], "ours": []}
    for _round in range(options.rounds):
        seconds["stock"].append(timed(lambda: run_stock(small)))
        seconds["limit"].append(timed(lambda: run_limit(finished)))
        seconds["ours"].append(timed(lambda: run_ours(sheet)))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    rate = {
        "stock": options.stock_lines / medians["stock"],
        "limit": options.lines / medians["limit"],
        "ours": options.lines / medians["ours"],
    }
    return {
        "lines": options.lines,
        "stock_lines": options.stock_lines,
        "rounds": options.rounds,
        "seconds": {name: [round(value, 3) for value in values] for name, values in seconds.items()},
        "lines_per_second": {name: round(value) for name, value in rate.items()},
        "ours_over_stock": round(rate["ours"] / rate["stock"], 2),
        "ours_over_limit": round(rate["ours"] / rate["limit"], 3),
    }


def write_sheet(path: Path, lines: int) -> None:
    """Orders of one to seven lines, a fifth as many customers as orders, 2,000 products."""
    chance = random.Random(11)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        written = order = 0
        while written < lines:
            order += 1
            phone = f"13{chance.randrange(max(lines // 20, 1)):09d}"
            at = f"2026-{chance.randrange(1, 10):02d}-{chance.randrange(1, 28):02d} 10:{chance.randrange(60):02d}:00"
            for _line in range(min(chance.randrange(1, 8), lines - written)):
                product = chance.randrange(2_000)
                writer.writerow(
                    [f"D{order}", at, phone, f"P{product}", f"商品{product}", chance.randrange(1, 5), product / 10 + 1]
                )
                written += 1


def timed(run: Any) -> float:
    empty()
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def tables() -> list[Any]:
    from customers.models import Customer, Identity, ImportRow, Order, OrderCredit, OrderLine, Product

    return [Product, Customer, Identity, Order, OrderLine, OrderCredit, ImportRow]


def empty() -> None:
    from django.db import connection

    names = ", ".join(f'"{model._meta.db_table}"' for model in reversed(tables()))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}, customers_importbatch, customers_refund CASCADE")
        cursor.execute("VACUUM")


def run_ours(sheet: Path) -> None:
    from customers.services.ordering import files

    files.run_file(sheet)


def capture(sheet: Path) -> dict[str, bytes]:
    """The rows that ours writes, as PostgreSQL's own COPY text."""
    from django.db import connection

    empty()
    run_ours(sheet)
    found = {}
    with connection.cursor() as cursor:
        for model in tables():
            with cursor.cursor.copy(f'COPY "{model._meta.db_table}" TO STDOUT') as copy:
                found[model._meta.db_table] = b"".join(bytes(part) for part in copy)
    return found


def run_limit(finished: dict[str, bytes]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in finished.items():
            with cursor.cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(rows)


def run_stock(sheet: Path) -> None:
    """A resource of a row a line: the order by its number, the customer and the product by theirs, as its guide does."""
    from decimal import Decimal

    import tablib
    from django.utils import timezone
    from django.utils.dateparse import parse_datetime
    from import_export import fields, resources

    from customers.models import Customer, Identity, Order, OrderLine, Product

    class Lines(resources.ModelResource):
        quantity = fields.Field(attribute="quantity", column_name="数量")
        unit_price = fields.Field(attribute="unit_price", column_name="单价")

        class Meta:
            model = OrderLine
            fields = ("quantity", "unit_price")
            import_id_fields = ()
            skip_diff = True
            skip_html_diff = True

        def before_save_instance(self, instance: Any, row: Any, **_options: Any) -> None:
            known = Identity.objects.filter(kind="phone", value=row["手机号"]).select_related("customer").first()
            if known is None:
                customer = Customer.everyone.create(phone=row["手机号"])
                Identity.objects.create(customer=customer, kind="phone", value=row["手机号"])
            else:
                customer = known.customer
            at = timezone.make_aware(parse_datetime(row["下单时间"]))  # type: ignore[arg-type]
            order, _made = Order.objects.get_or_create(
                source="sheet", number=row["订单号"], defaults={"customer": customer, "ordered_at": at}
            )
            product, _made = Product.objects.get_or_create(code=row["商品编码"], defaults={"name": row["商品名称"]})
            instance.order, instance.product = order, product
            instance.quantity, instance.unit_price = Decimal(row["数量"]), Decimal(row["单价"])
            instance.amount_fen = round(instance.quantity * instance.unit_price * 100)
            order.paid_fen += instance.amount_fen
            order.save(update_fields=["paid_fen"])

    data = tablib.Dataset().load(sheet.read_text(encoding="utf-8"), format="csv")
    resource = Lines()
    for dry in (True, False):
        result = resource.import_data(data, dry_run=dry, raise_errors=True)
        assert not result.has_errors()


if __name__ == "__main__":
    main()
