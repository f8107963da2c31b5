"""How fast a legacy sheet becomes customers: the stock way, the physical limit and ours, in one run.

    uv run python benchmarks/import_customers.py --rows 100000 --json

(a) stock: what a user of django-import-export waits for (dry run, then import, with tags), 5,000 rows.
(b) limit: COPY of the finished rows into the very tables that ours fills, indexes and foreign keys included.
(c) ours:  `run_file` with everything: detection, checks, one person per identity, tags, an outcome for every row.

The three alternate, n rounds, medians. Needs PostgreSQL (DATABASE_URL, default a local server); it makes and drops a
database of its own. Memory is that of whole processes (`--memory-rows`, 0 leaves it out).
"""

import argparse
import csv
import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import database

DATABASE = "scrm_bench_import"
HEADER = ["姓名", "手机号", "性别", "生日", "微信号", "会员卡号", "累计消费", "标签", "入会日期", "来源", "备注"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--stock-rows", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-rows", type=int, default=0, help="e.g. 500000")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with database.own(DATABASE) as (folder, _there):
        result = measure(folder, options)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    database.set_up()
    sheet, small = folder / "sheet.csv", folder / "small.csv"
    write_sheet(sheet, options.rows)
    write_sheet(small, options.stock_rows)
    finished = capture(sheet)
    seconds: dict[str, list[float]] = {"stock": [], "limit": [], "ours": []}
    for _round in range(options.rounds):
        seconds["stock"].append(timed(lambda: run_stock(small)))
        seconds["limit"].append(timed(lambda: run_limit(finished)))
        seconds["ours"].append(timed(lambda: run_ours(sheet)))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    rate = {
        "stock": options.stock_rows / medians["stock"],
        "limit": options.rows / medians["limit"],
        "ours": options.rows / medians["ours"],
    }
    result: dict[str, Any] = {
        "rows": options.rows,
        "stock_rows": options.stock_rows,
        "rounds": options.rounds,
        "seconds": {name: [round(value, 3) for value in values] for name, values in seconds.items()},
        "rows_per_second": {name: round(value) for name, value in rate.items()},
        "ours_over_stock": round(rate["ours"] / rate["stock"], 2),
        "ours_over_limit": round(rate["ours"] / rate["limit"], 3),
        "goals": {"ours_over_stock": 30, "ours_over_limit": 0.35},
    }
    if options.memory_rows:
        result["memory"] = memory(folder, options.memory_rows)
    return result


def write_sheet(path: Path, rows: int) -> None:
    """A plain member sheet: one phone a person in two spellings, cards, some WeChat ids, up to three tags."""
    rng = random.Random(20_261_121)
    surnames, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "子雨欣怡思涵佳琪浩宇博文慧敏静丽娟芳燕玲"
    tags = ["VIP", "复购", "敏感肌", "油皮", "宝妈", "学生", "老客", "新客", "冬季", "促销"]

    def lines() -> Any:
        for i in range(rows):
            phone = str(13_000_000_000 + i * 7_919 % 999_999_999)
            yield [
                rng.choice(surnames) + rng.choice(given) + rng.choice(given),
                phone if i % 3 else f"{phone[:3]} {phone[3:7]} {phone[7:]}",
                rng.choice("男女"),
                f"{rng.randint(1960, 2005)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
                f"wx_{i}" if i % 4 == 0 else "",
                str(100_000 + i),
                f"{rng.randint(0, 999_999) / 100:.2f}",
                "、".join(rng.sample(tags, rng.randint(0, 3))),
                f"20{rng.randint(15, 25)}/{rng.randint(1, 12)}/{rng.randint(1, 28)}",
                rng.choice(["抖音", "美团", "朋友介绍", "自然到店"]),
                f"备注{i}" if i % 5 == 0 else "",
            ]

    if path.suffix == ".xlsx":
        from scrm.kit.tabular import write_xlsx

        write_xlsx(path, [("会员", (row for part in ([HEADER], lines()) for row in part))])
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(lines())


def empty() -> None:
    """Before each round: no customers, statistics fresh, nothing left to vacuum from the round before."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE customers_customer, customers_importbatch, customers_tag, customers_taggroup, customers_channel CASCADE"
        )
        cursor.execute("CHECKPOINT")


def timed(run: Any) -> float:
    empty()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def run_ours(sheet: Path) -> None:
    from customers.services.importing import run_file

    batch = run_file(sheet)
    assert batch.state == "done", batch.state


def capture(sheet: Path) -> list[tuple[Any, tuple[str, ...], list[Any]]]:
    """The finished rows of every table, as ours writes them: the limit only has to put them there."""
    from customers.models import Channel, ImportBatch, Tag, TagGroup
    from scrm.kit import bulk

    kept: dict[Any, tuple[tuple[str, ...], list[Any]]] = {}
    insert = bulk.insert

    def recording(model: Any, names: Any, rows: Any) -> int:
        rows = list(rows)
        kept.setdefault(model, (tuple(names), []))[1].extend(rows)
        return insert(model, names, rows)

    empty()
    bulk.insert = recording
    try:
        run_ours(sheet)
    finally:
        bulk.insert = insert
    tables = [(model, names, rows) for model, (names, rows) in kept.items()]
    for model in (ImportBatch, Channel, TagGroup, Tag):
        names = tuple(field.attname.removesuffix("_id") for field in model._meta.concrete_fields)
        rows = [
            tuple(getattr(item, field.attname) for field in model._meta.concrete_fields) for item in model.objects.all()
        ]
        tables.insert(0, (model, names, rows))
    order = {ImportBatch: 0, Channel: 0, TagGroup: 0, Tag: 1}
    tables.sort(key=lambda table: order.get(table[0], 2))
    return tables


def run_limit(tables: list[tuple[Any, tuple[str, ...], list[Any]]]) -> None:
    from django.db import transaction

    from scrm.kit import bulk

    with transaction.atomic():
        for model, names, rows in tables:
            bulk.insert(model, names, rows)


def run_stock(sheet: Path) -> None:
    """A plain ModelResource with tags, as the documentation shows: dry run first, then the import.

    Tags, channels and who is known are looked up once, and a row's tags go in with one statement: with a
    get_or_create for each of them (five savepoints a row in one transaction) PostgreSQL takes ten times as long.
    """
    import tablib
    from import_export import fields, resources, widgets

    from customers.models import Channel, Customer, CustomerTag, Identity, Tag, TagGroup

    group, _made = TagGroup.objects.get_or_create(name="stock")

    class CustomerResource(resources.ModelResource):
        name = fields.Field(attribute="name", column_name="姓名")
        phone = fields.Field(attribute="phone", column_name="手机号")
        known_since = fields.Field(
            attribute="known_since", column_name="入会日期", widget=widgets.DateWidget(format="%Y/%m/%d")
        )
        note = fields.Field(attribute="note", column_name="备注")
        source = fields.Field(
            attribute="source", column_name="来源", widget=widgets.ForeignKeyWidget(Channel, field="name")
        )

        class Meta:
            model = Customer
            import_id_fields = ("phone",)
            fields = ("name", "phone", "known_since", "note", "source")
            use_transactions = True

        def before_import(self, dataset: Any, **kwargs: Any) -> None:
            self.tags: dict[str, Any] = {}
            self.channels: set[str] = set()

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            row["手机号"] = row["手机号"].replace(" ", "")
            if row["来源"] not in self.channels:
                Channel.objects.get_or_create(name=row["来源"])
                self.channels.add(row["来源"])

        def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            Identity.objects.bulk_create(
                [Identity(kind="phone", value=instance.phone, customer=instance)], ignore_conflicts=True
            )
            names = [name for name in row["标签"].split("、") if name]
            for name in names:
                if name not in self.tags:
                    self.tags[name] = Tag.objects.get_or_create(name=name, defaults={"group": group})[0]
            links = [CustomerTag(customer=instance, tag=self.tags[name]) for name in names]
            CustomerTag.objects.bulk_create(links, ignore_conflicts=True)

    dataset = tablib.Dataset().load(sheet.read_text(encoding="utf-8-sig"), format="csv")
    resource = CustomerResource()
    for dry_run in (True, False):
        outcome = resource.import_data(dataset, dry_run=dry_run, raise_errors=True)
        assert not outcome.has_errors()


BARE = """
import sys
from python_calamine import CalamineWorkbook
for row in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows():
    pass
"""


def memory(folder: Path, rows: int) -> dict[str, Any]:
    """Peak resident memory of whole processes, in MB."""
    figures: dict[str, Any] = {"rows": rows, "goals": {"csv": 250, "xlsx_above_calamine": 150}}
    command = [sys.executable, str(database.ROOT / "manage.py"), "import_customers"]
    for ending in ("csv", "xlsx"):
        path = folder / f"large.{ending}"
        write_sheet(path, rows)
        empty()
        figures[ending] = peak([*command, str(path), "--json"])
    figures["calamine"] = peak([sys.executable, "-c", BARE, str(folder / "large.xlsx")])
    figures["xlsx_above_calamine"] = round(figures["xlsx"] - figures["calamine"], 1)
    return figures


# A child starts with the high-water mark of the process it was forked from, so a small one stands between.
WATCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_pid, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""


def peak(command: list[str]) -> float:
    """MB that `command` held at most; of a bare interpreter some 10."""
    watched = subprocess.run([sys.executable, "-S", "-c", WATCH, *command], stdout=subprocess.PIPE, text=True, check=True)
    code, kilobytes = map(int, watched.stdout.split())
    if code:
        raise SystemExit(f"{command} ended with {code}")
    return round(kilobytes / 1024, 1)


if __name__ == "__main__":
    main()
