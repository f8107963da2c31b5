"""How fast customers become a sheet: the stock way, the physical limit and ours, in one run.

    uv run python benchmarks/export_customers.py --rows 100000 --json

(a) stock: a ModelResource of django-import-export with prefetching, to xlsx, as its documentation shows; the same
           people, the same columns.
(b) limit: xlsxwriter in constant memory writing the very cells of our file, nothing else: no database, no rules.
(c) ours:  `ask` and the job: frozen ids, scope, slices, marks, the sheet that comes back unchanged.

The three alternate, n rounds, medians. Each round and each way runs in a process of its own, whose peak memory is
taken; a second, smaller base shows whether it grows with the rows. Needs PostgreSQL (DATABASE_URL, default a local
server); it makes and drops a database of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import database

DATABASE = "scrm_bench_export"
WAYS = ("stock", "limit", "ours")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stock-rows", type=int, default=0, help="stock writes only so many (0: all of them)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        run_one(options)
        return
    with database.own(DATABASE) as (folder, _there):
        result = measure(folder, options)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    database.set_up()
    from import_customers import write_sheet

    from customers.models import Customer
    from customers.services.importing import run_file
    from scrm.staff.choices import Role
    from scrm.staff.models import Employee

    Employee.objects.create(name="Bench", phone="13800000000", role=Role.OWNER)
    sheet = folder / "sheet.csv"
    write_sheet(sheet, options.rows)
    assert run_file(sheet, system="bench").state == "done"
    people = Customer.objects.count()
    stock_rows = options.stock_rows or people
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    peaks: dict[str, list[float]] = {way: [] for way in WAYS}
    sizes: dict[str, int] = {}
    # The limit writes the cells of our file: made once, not measured.
    run(folder, "ours", people)
    for _round in range(options.rounds):
        for way in WAYS:
            told, peak = run(folder, way, stock_rows if way == "stock" else people)
            seconds[way].append(told["seconds"])
            peaks[way].append(peak)
            sizes[way] = told["bytes"]
    few = max(people // 10, 1)
    small = {way: run(folder, way, few)[1] for way in ("stock", "ours")}
    rows = {"stock": stock_rows, "limit": people, "ours": people}
    rate = {way: rows[way] / statistics.median(values) for way, values in seconds.items()}
    memory = {way: round(statistics.median(values), 1) for way, values in peaks.items()}
    return {
        "rows": people,
        "stock_rows": stock_rows,
        "rounds": options.rounds,
        "seconds": {way: [round(value, 3) for value in values] for way, values in seconds.items()},
        "rows_per_second": {way: round(value) for way, value in rate.items()},
        "bytes": sizes,
        "peak_mb": memory,
        "peak_mb_at_a_tenth": small,
        "ours_grows_mb": round(memory["ours"] - small["ours"], 1),
        "ours_over_stock": round(rate["ours"] / rate["stock"], 2),
        "ours_over_limit": round(rate["ours"] / rate["limit"], 3),
        "goals": {"ours_over_stock": 7, "ours_grows_mb": 30},
    }


# A child starts with the high-water mark of the process it was forked from, so a small one stands between.
WATCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_pid, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, file=sys.stderr)
"""


def run(folder: Path, way: str, rows: int) -> tuple[dict[str, Any], float]:
    """One way in a process of its own: what it tells, and the MB that it held at most."""
    command = [sys.executable, __file__, "--way", way, "--rows", str(rows), "--out", str(folder / f"{way}.xlsx")]
    watched = subprocess.run([sys.executable, "-S", "-c", WATCH, *command], capture_output=True, text=True, check=True)
    code, kilobytes = map(int, watched.stderr.splitlines()[-1].split())
    if code:
        raise SystemExit(f"{way} ended with {code}:\n{watched.stderr}")
    return json.loads(watched.stdout.splitlines()[-1]), round(kilobytes / 1024, 1)


def run_one(options: argparse.Namespace) -> None:
    database.set_up(migrate=False)
    target = Path(options.out)
    seconds = {"stock": stock, "limit": limit, "ours": ours}[options.way](options.rows, target)
    print(json.dumps({"seconds": seconds, "bytes": target.stat().st_size}))


def ours(rows: int, target: Path) -> float:
    import shutil

    from customers.models import Customer, Export
    from customers.services.exporting import running
    from scrm.kit import files
    from scrm.staff.models import Employee

    me = Employee.objects.get()
    begun = time.perf_counter()
    last = Customer.objects.order_by("pk").values_list("pk", flat=True)[rows - 1]
    export = running.ask(
        what="customers", rows=Customer.objects.filter(pk__lte=last), format="xlsx", selection="", by=me
    )
    while not running.write(Export.objects.select_related("by").get(pk=export.pk)):
        pass
    seconds = time.perf_counter() - begun
    export.refresh_from_db()
    assert (export.state, export.rows) == ("done", rows), (export.state, export.rows)
    shutil.move(files.full_path(export.path), target)
    if not target.with_suffix(".cells").exists():
        keep_cells(target, target.with_suffix(".cells"))
    return seconds


def keep_cells(sheet: Path, cells: Path) -> None:
    """The cells of our file, a JSON line each row, for the limit to write; days as text, as JSON has no other."""
    from scrm.kit.tabular import open_source

    with open_source(sheet, max_rows=2_000_000) as source, cells.open("w", encoding="utf-8") as out:
        for _number, row in source.rows(source.sheets[0]):
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def limit(rows: int, target: Path) -> float:
    """Reading the cells from their file is not counted: they are parsed in batches beside the clock."""
    from itertools import batched

    from xlsxwriter import Workbook

    seconds = 0.0
    begun = time.perf_counter()
    book = Workbook(str(target), {"constant_memory": True, "strings_to_urls": False})
    page = book.add_worksheet()
    seconds += time.perf_counter() - begun
    y = 0
    with target.with_name("ours.cells").open(encoding="utf-8") as source:
        for lines in batched(source, 2_000):
            parsed = [json.loads(line) for line in lines]
            begun = time.perf_counter()
            for row in parsed:
                for x, value in enumerate(row):
                    if value == "":
                        continue
                    if isinstance(value, str):
                        page.write_string(y, x, value)
                    else:
                        page.write_number(y, x, value)
                y += 1
            seconds += time.perf_counter() - begun
    begun = time.perf_counter()
    book.close()
    return seconds + time.perf_counter() - begun


def stock(rows: int, target: Path) -> float:
    """A ModelResource with the same columns; tags, identities and figures by prefetching, as one has to do."""
    from import_export import fields, resources

    from customers.models import Customer

    plain = (
        "name", "phone", "gender", "birthday", "city", "address", "company", "occupation", "education", "income_band",
        "spending_band", "budget", "note",
    )  # fmt: skip

    class CustomerResource(resources.ModelResource):
        source = fields.Field(attribute="source__name")
        store = fields.Field(attribute="store__name")
        owner = fields.Field(attribute="owner__name")
        wechat, card, tags, spend, orders, last, level, birthday = (fields.Field() for _nth in range(8))

        class Meta:
            model = Customer
            fields = (
                *plain, "source", "store", "owner", "known_since", "wechat", "card", "tags", "spend", "orders", "last", "level",
                "last_contact_at", "created_at",
            )  # fmt: skip

        def dehydrate_birthday(self, person: Any) -> str:
            return str(person.birthday or "")

        def dehydrate_wechat(self, person: Any) -> str:
            return next((own.value for own in person.identities.all() if own.kind == "wechat_id"), "")

        def dehydrate_card(self, person: Any) -> str:
            return next((own.value for own in person.identities.all() if own.kind.startswith("legacy:")), "")

        def dehydrate_tags(self, person: Any) -> str:
            return "、".join(link.tag.name for link in person.tag_links.all())

        def _opening(self, person: Any) -> Any:
            return next(iter(person.openings.all()), None)

        def dehydrate_spend(self, person: Any) -> Any:
            own = self._opening(person)
            return own.spend_fen / 100 if own and own.spend_fen is not None else ""

        def dehydrate_orders(self, person: Any) -> Any:
            own = self._opening(person)
            return own.orders if own and own.orders is not None else ""

        def dehydrate_last(self, person: Any) -> Any:
            own = self._opening(person)
            return own.last_order_on or "" if own else ""

        def dehydrate_level(self, person: Any) -> str:
            own = self._opening(person)
            return own.level if own else ""

    begun = time.perf_counter()
    last = Customer.objects.order_by("pk").values_list("pk", flat=True)[rows - 1]
    people = (
        Customer.objects.filter(pk__lte=last)
        .order_by("pk")
        .select_related("source", "store", "owner")
        .prefetch_related("identities", "tag_links__tag", "openings")
    )
    target.write_bytes(CustomerResource().export(people).export("xlsx"))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
