"""Sheets of orders in the shapes of the world: what becomes an order, what is counted and left out."""

import csv
import gzip
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Channel, Customer, ImportRow, Order, Product
from scrm.kit import clock
from tests.customers import sheets
from tests.customers.services.importing.runs import CASES, needs_cases
from tests.customers.services.ordering.runs import (
    everything,
    lines,
    lines_of,
    order,
    orders_of,
    rejected,
    run,
    told,
    warnings,
)
from tests.factories.customers import identify, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
A, B, C = (f"1377700000{n}" for n in range(1, 4))
HEAD = ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价"]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def book(tmp_path: Path, *rows: list[Any], name: str = "订单.xlsx", **options: Any) -> Path:
    return sheets.xlsx(tmp_path / name, [list(row) for row in rows], **options)


def at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))  # type: ignore[arg-type]


# --- the whole of it ------------------------------------------------------------------------------------------


@needs_cases
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL is shown a part of it, below")
def test_online_retail_gives_the_published_numbers() -> None:
    """UCI Online Retail: 541,909 = 397,917 + 135,080 + 8,905 + 7 + 0 (spec: customers, section 3)."""
    answer = run(CASES / "rfm" / "online_retail.csv.gz", "--customer-key", "legacy:retail", "--returns", "skip")
    assert lines_of(answer) == (397_917, 135_080, 8_905, 7, 0)
    assert (answer["customers_created"], *orders_of(answer), answer["net"]) == (4_338, 18_532, 0, 0, "8911407.90")
    assert (Customer.objects.count(), Order.objects.count()) == (4_338, 18_532)


@needs_cases
@pytest.mark.parametrize("first", [1, 200_001])
def test_a_part_of_it_gives_what_plain_reading_gives(tmp_path: Path, first: int) -> None:
    """The rule read in a dozen lines: no customer; not above 0; orders that cost nothing; the rest."""
    with gzip.open(CASES / "rfm" / "online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        head, *rows = (row for n, row in enumerate(csv.reader(file)) if n == 0 or first <= n < first + 30_000)
    orders: dict[str, list[Decimal]] = {}
    counted = Counter("no_customer" if not row[6] else "returns" if int(row[3]) <= 0 else "" for row in rows)
    for row in rows:
        if row[6] and int(row[3]) > 0:
            orders.setdefault(row[0], []).append(Decimal(row[3]) * Decimal(row[5]))
    paid = {number: amounts for number, amounts in orders.items() if sum(amounts) > 0}
    path = tmp_path / "part.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    answer = run(path, "--customer-key", "legacy:retail", "--returns", "skip")
    kept = sum(map(len, paid.values()))
    assert lines_of(answer) == (kept, counted["no_customer"], counted["returns"], counted[""] - kept, 0)
    assert (orders_of(answer), Order.objects.count()) == ((len(paid), 0, 0), len(paid))
    assert Decimal(answer["net"]) == sum(map(sum, paid.values()))
    assert Customer.objects.count() == len({row[6] for row in rows if row[0] in paid and int(row[3]) > 0 and row[6]})


def test_lines_of_one_number_are_one_order(tmp_path: Path) -> None:
    make_customer("王丽娟", A)
    path = book(
        tmp_path, HEAD,
        ["D1", "2026-05-01 18:30", A, "面膜", 2, 99], ["D2", "2026-05-02", B, "小气泡", 1, 68],
        ["D1", "2026-05-01 18:10", A, "精华", 1, "398.005"],
    )  # fmt: skip
    answer = run(path)
    assert (lines_of(answer), orders_of(answer), answer["customers_created"]) == ((3, 0, 0, 0, 0), (2, 0, 0), 1)
    assert (answer["net"], answer["sheet"], answer["source"], answer["skipped"]) == ("664.01", "Sheet1", "sheet", 1)
    one = order("D1")
    assert (one.customer.name, one.ordered_at, one.paid_fen, one.state) == ("王丽娟", at(2026, 5, 1, 18, 10), 59601, "fulfilled")
    assert (one.paid_at, one.fulfilled_at) == (one.ordered_at, one.ordered_at)
    assert lines("D1") == [("面膜", "2", "99", 19800), ("精华", "1", "398.005", 39801)]
    assert (order("D2").customer.phone, order("D2").customer.name) == (B, "")


def test_found_again_as_a_whole(tmp_path: Path) -> None:
    rows = [["D1", "2026-05-01", A, "面膜", 2, 99], ["D1", "2026-05-01", A, "面膜", 2, 99], ["D2", "2026-05-02", B, "精华", 1, 398]]
    path = book(tmp_path, HEAD, *rows)
    assert orders_of(run(path)) == (2, 0, 0)
    assert lines("D1") == [("面膜", "2", "99", 19800)] * 2
    before = everything()
    assert orders_of(run(path)) == (0, 0, 2)
    # Other columns, other formats, the same orders.
    other = book(
        tmp_path, ["商品名称", "订单编号", "单价", "数量", "联系电话", "下单日期"], *[[r[3], r[0], r[5], r[4], f"+86 {r[2]}", r[1]] for r in rows],
        name="另一张.xlsx",
    )  # fmt: skip
    answer = run(other)
    assert (orders_of(answer), answer["net"]) == ((0, 0, 2), "794.00")
    assert everything() == before


def test_an_order_that_changed_is_changed_as_a_whole(tmp_path: Path) -> None:
    run(book(tmp_path, HEAD, ["D1", "2026-05-01", A, "面膜", 2, 99], ["D1", "2026-05-01", A, "精华", 1, 398]))
    answer = run(book(tmp_path, HEAD, ["D1", "2026-05-01", A, "面膜", 3, 99], name="改.xlsx"))
    assert (orders_of(answer), answer["net"], Order.objects.count()) == ((0, 1, 0), "297.00", 1)
    assert lines("D1") == [("面膜", "3", "99", 29700)]
    row = ImportRow.objects.get(outcome="updated")
    assert (row.number, row.customer, row.changes["paid_fen"]) == (2, order("D1").customer, 59600)
    assert [line[1:] for line in row.changes["lines"]] == [["2.000", "99.0000", 19800], ["1.000", "398.0000", 39800]]


def test_numbers_are_unique_within_a_source(tmp_path: Path) -> None:
    path = book(tmp_path, HEAD, ["1001", "2026-05-01", A, "面膜", 1, 99])
    run(path, "--source", "美团")
    assert orders_of(run(path, "--source", "抖音")) == (1, 0, 0)
    assert sorted(Order.objects.values_list("source", "number")) == [("抖音", "1001"), ("美团", "1001")]


# --- which row belongs where ----------------------------------------------------------------------------------


def test_rows_that_go_on_and_rows_that_are_none(tmp_path: Path) -> None:
    path = book(
        tmp_path, ["2026年5月销售明细"], HEAD,
        ["D1", "2026-05-01", A, "面膜", 1, 99],
        [None, None, None, "精华", 1, 398],  # blank number: the order above
        ["D1", None, None, "小气泡", 1, 68],  # same number, blank buyer
        [], HEAD,
        ["D2", "2026-05-02", None, "面膜", 1, 99],  # nobody
        ["D3", "2026-05-02", "—", "面膜", 1, 99],
        ["合计", None, None, None, 5, 763], ["制表人：小林"],
    )  # fmt: skip
    answer = run(path)
    assert (lines_of(answer), answer["skipped"]) == ((3, 2, 0, 0, 0), 6)
    assert [line[0] for line in lines("D1")] == ["面膜", "精华", "小气泡"]
    assert [row for row, _outcome, _code in told("order.no_customer")] == [8, 9]


def test_merged_cells_carry_down(tmp_path: Path) -> None:
    path = book(
        tmp_path, ["订单编号", "收货人", "手机", "商品", "数量", "实付金额"],
        ["D1", "张三", A, "面膜", 1, 400], [None, None, None, "精华", 1, None], ["D2", "李四", B, "面膜", 1, 99],
        merge=["A2:A3", "B2:B3", "C2:C3", "F2:F3"],
    )  # fmt: skip
    answer = run(path)
    assert (lines_of(answer), answer["net"]) == ((3, 0, 0, 0, 0), "499.00")
    assert lines("D1") == [("面膜", "1", "", 40000), ("精华", "1", "", 0)]
    assert sorted(Customer.objects.values_list("name", "phone")) == [("张三", A), ("李四", B)]


def test_a_ledger_without_numbers(tmp_path: Path) -> None:
    """A shop's own list: each row is an order, found again by what it says; equal rows are two visits."""
    rows = [["日期", "客户姓名", "手机", "项目", "金额"], ["2026-05-01", "张三", A, "护理", 298], ["2026-05-01", "张三", A, "护理", 298]]
    path = book(tmp_path, *rows)
    assert orders_of(run(path)) == (2, 0, 0)
    assert orders_of(run(path)) == (0, 0, 2)
    assert list(Order.objects.values_list("paid_fen", flat=True)) == [29800, 29800]


def test_lines_of_an_order_need_not_stand_together(tmp_path: Path) -> None:
    rows = [[f"D{n % 40}", "2026-05-01", A if n % 2 else B, "面膜", 1, n + 1] for n in range(3000)]
    rows = [[number, day, A, *rest] for number, day, _who, *rest in rows]
    answer = run(book(tmp_path, HEAD, *rows))
    assert (lines_of(answer), orders_of(answer)) == ((3000, 0, 0, 0, 0), (40, 0, 0))
    assert {own.lines.count() for own in Order.objects.all()} == {75}


# --- who ------------------------------------------------------------------------------------------------------


def test_ids_lose_their_point_zero_and_find_who_is_here(tmp_path: Path) -> None:
    here = make_customer("张三", A)
    identify(here, "legacy:retail", "17850")
    path = book(tmp_path, ["订单号", "客户编号", "金额"], ["D1", 17850.0, 10], ["D2", "17850.0", 20], ["D3", "银卡", 30])
    answer = run(path, "--customer-key", "legacy:retail")
    assert (lines_of(answer), answer["customers_created"]) == ((2, 0, 0, 0, 1), 0)
    assert rejected(answer) == [(4, "order.customer")]
    assert set(Order.objects.values_list("customer", flat=True)) == {here.pk}


def test_a_member_number_is_a_key(tmp_path: Path) -> None:
    here = make_customer("张三", A)
    identify(here, "member_no", "M0001")
    run(book(tmp_path, ["订单号", "会员号", "金额"], ["D1", "Ｍ0001", 10]), "--customer-key", "member_no")
    assert order("D1").customer == here


def test_folded_and_archived_people(tmp_path: Path) -> None:
    winner = make_customer("王丽娟", B)
    make_customer("Lisa", A, merged_into=winner)
    gone = make_customer("李四", C, archived_at=clock.now())
    run(book(tmp_path, HEAD, ["D1", "2026-05-01", A, "面膜", 1, 99], ["D2", "2026-05-01", C, "面膜", 1, 99]))
    assert (order("D1").customer, order("D2").customer) == (winner, gone)
    gone.refresh_from_db()
    assert gone.archived_at is None


def test_an_employees_own_number_is_nobodys(tmp_path: Path) -> None:
    make_employee(phone=A)
    assert lines_of(run(book(tmp_path, HEAD, ["D1", "2026-05-01", A, "面膜", 1, 99]))) == (0, 1, 0, 0, 0)


def test_a_number_that_cannot_be_read_rejects_the_whole_order(tmp_path: Path) -> None:
    path = book(tmp_path, HEAD, ["D1", "2026-05-01", "1.38E+10", "面膜", 1, 99], ["D1", None, None, "精华", 1, 398])
    answer = run(path)
    assert (lines_of(answer), rejected(answer)) == ((0, 0, 0, 0, 2), [(2, "phone.precision_lost"), (3, "phone.precision_lost")])
    assert (Customer.objects.count(), Order.objects.count()) == (0, 0)


def test_two_customers_in_one_order(tmp_path: Path) -> None:
    path = book(tmp_path, HEAD, ["D1", "2026-05-01", A, "面膜", 1, 99], ["D1", "2026-05-01", B, "精华", 1, 398])
    answer = run(path)
    assert (lines_of(answer), answer["warnings"], answer["customers_created"]) == ((2, 0, 0, 0, 0), 1, 1)
    assert (order("D1").customer.phone, warnings()) == (A, [(3, "order.two_customers")])


# --- what -----------------------------------------------------------------------------------------------------


def test_returns_and_samples_are_left_out(tmp_path: Path) -> None:
    path = book(
        tmp_path, HEAD,
        ["D1", "2026-05-01", A, "面膜", 2, 99], ["D1", "2026-05-01", A, "试用装", 1, 0],  # free, inside a paid order
        ["D2", "2026-05-02", B, "试用装", 1, 0],  # samples alone
        ["D3", "2026-05-03", A, "面膜", -1, 99], ["D4", "2026-05-03", None, "面膜", -1, 99],
        ["D5", "2026-05-03", C, "面膜", 0, 99],
    )  # fmt: skip
    answer = run(path)
    assert (lines_of(answer), orders_of(answer), answer["net"]) == ((2, 1, 2, 1, 0), (1, 0, 0), "198.00")
    assert told() == [
        (4, "skipped", "order.free"), (5, "skipped", "order.return"), (6, "skipped", "order.no_customer"), (7, "skipped", "order.return"),
    ]  # fmt: skip
    assert list(Customer.objects.values_list("phone", flat=True)) == [A]


def test_a_discount_line_lowers_what_was_paid(tmp_path: Path) -> None:
    run(book(tmp_path, HEAD, ["D1", "2026-05-01", A, "面膜", 2, 99], ["D1", "2026-05-01", A, "满减", 1, -20]))
    one = order("D1")
    assert (one.goods_fen, one.discount_fen, one.freight_fen, one.paid_fen) == (19800, 2000, 0, 17800)


@pytest.mark.parametrize(
    ("paid", "discount", "freight"), [(297, 0, 0), (250, 4700, 0), (309, 0, 1200)]
)
def test_an_amount_of_the_whole_order(tmp_path: Path, paid: int, discount: int, freight: int) -> None:
    head = [*HEAD, "实付金额"]
    rows = [["D1", "2026-05-01", A, "面膜", 2, 99, paid], ["D1", "2026-05-01", A, "面膜", 1, 99, paid]]
    answer = run(book(tmp_path, head, *rows), "--amount-is", "order")
    one = order("D1")
    assert (one.goods_fen, one.discount_fen, one.freight_fen, one.paid_fen) == (29700, discount, freight, paid * 100)
    assert answer["net"] == f"{paid}.00"
    assert [line[3] for line in lines("D1")] == [19800, 9900]


def test_an_amount_of_the_whole_order_without_prices_is_split_by_pieces(tmp_path: Path) -> None:
    rows = [["订单号", "手机号", "商品", "数量", "金额"], ["D1", A, "甲", 1, 100], ["D1", A, "乙", 2, 100]]
    run(book(tmp_path, *rows), "--amount-is", "order")
    assert ([line[3] for line in lines("D1")], order("D1").paid_fen) == ([3333, 6667], 10000)


def test_units_and_prices_of_four_decimals(tmp_path: Path) -> None:
    rows = [["订单号", "手机号", "商品", "数量", "单价（分）"], ["D1", A, "甲", "1.5", 1234], ["D2", A, "乙", 1000, "0.33335"]]
    run(book(tmp_path, *rows))
    assert lines("D1") == [("甲", "1.5", "12.34", 1851)]
    assert lines("D2") == [("乙", "1000", "0.0033", 330)]


def test_cells_that_cannot_be_read_reject_their_line_only(tmp_path: Path) -> None:
    path = book(
        tmp_path, [*HEAD, "金额"], ["D1", "2026-05-01", A, "面膜", 1, 99, None], ["D1", "2026-05-01", A, "精华", "两", 398, None],
        ["D1", "2026-05-01", A, "护理", 1, "面议", None], ["D1", "2026-05-01", A, "套餐", 1, None, "1,2,3"], ["D2", "3/4/2026", B, "面膜", 1, 99, None],
        ["D3", "2026-05-01", B, "面膜", 1, None, None], [6.2e15, "2026-05-01", B, "面膜", 1, 99, None],
    )  # fmt: skip
    answer = run(path)
    assert (lines_of(answer), orders_of(answer), answer["warnings"]) == ((2, 0, 0, 0, 5), (2, 0, 0), 1)
    assert rejected(answer) == [
        (3, "order.quantity"), (4, "order.price"), (5, "order.amount"), (7, "order.no_amount"), (8, "order.number"),
    ]  # fmt: skip
    assert (warnings(), order("D2").ordered_at) == ([(6, "date.ambiguous")], None)
    assert answer["rejections"][0]["reason"] == "数量（E3）：“两”不是数量"


def test_without_a_time_orders_are_in_no_window(tmp_path: Path) -> None:
    answer = run(book(tmp_path, ["订单号", "手机号", "金额"], ["D1", A, 10]))
    assert (lines_of(answer), order("D1").ordered_at) == ((1, 0, 0, 0, 0), None)
    today = clock.today()
    assert Order.objects.ordered_within(today.replace(year=2000), today).count() == 0
    assert Order.objects.counting().count() == 1


# --- products, channels, who served ---------------------------------------------------------------------------


def test_products_are_known_by_code_else_by_name(tmp_path: Path) -> None:
    known = Product.objects.create(code="SKU1", name="面膜 10 片")
    head = ["订单号", "手机号", "商品编码", "商品名称", "金额"]
    rows = [["D1", A, "SKU1", "面膜（改名）", 10], ["D2", A, "SKU2", "精华", 10], ["D3", A, None, "面膜 10 片", 10], ["D4", A, None, "护理", 10], ["D5", A, None, "护理", 10]]
    run(book(tmp_path, head, *rows))
    assert sorted(Product.objects.values_list("code", "name")) == [("", "护理"), ("SKU1", "面膜 10 片"), ("SKU2", "精华")]
    assert [order(number).lines.get().product_id == known.pk for number in ("D1", "D2", "D3")] == [True, False, True]


def test_channels_and_who_served(tmp_path: Path) -> None:
    xu, wang = make_employee("许静"), make_employee("王蕾")
    head = ["订单号", "手机号", "项目", "金额", "美容师", "订单来源"]
    rows = [
        ["D1", A, "护理", 300, "许静", "抖音"], ["D1", A, "精华", 100, "王蕾", "抖音"], ["D2", A, "护理", 100, "小何", None],
        ["D3", A, "护理", 0.01, "许静", None], ["D4", A, "护理", 1, None, None],
    ]  # fmt: skip
    out = tmp_path / "回.xlsx"
    answer = run(book(tmp_path, head, *rows), "--report", str(out))
    assert (answer["warnings"], warnings()) == (1, [(4, "name.employee")])
    assert [row[-1] for row in sheets.rows_of_xlsx(out)[3:5]] == [
        "美容师（E4）：这里没有叫“小何”的员工；在这次导入的结果页指定一次是谁即可", None,
    ]  # fmt: skip
    assert order("D1").channel == Channel.objects.get(name="抖音")
    assert list(order("D1").credits.values_list("employee", "role", "share_bp")) == [(wang.pk, "helper", 2500), (xu.pk, "opener", 7500)]
    assert list(order("D2").credits.all()) == list(order("D4").credits.all()) == []
    assert list(order("D3").credits.values_list("employee", "share_bp")) == [(xu.pk, 10_000)]
    row = ImportRow.objects.get(unknown__isnull=False)
    assert (row.number, row.unknown, row.customer) == (4, {"owner": "小何"}, order("D2").customer)


def test_every_cell_that_names_nobody_is_said_and_waits_once_an_order(tmp_path: Path) -> None:
    make_employee("许静")
    head = ["订单号", "手机号", "项目", "金额", "美容师"]
    rows = [["D1", A, "护理", 300, "小何"], ["D1", A, "精华", 100, "小何"], ["D2", A, "护理", 100, "许静 60%、阿花 30%、小何 10%"]]
    path = book(tmp_path, head, *rows)
    dry = run(path, "--dry-run")
    answer = run(path)
    assert answer == dry
    assert (answer["warnings"], warnings()) == (4, [(2, "name.employee"), (3, "name.employee"), (4, "name.employee"), (4, "name.employee")])
    told = ImportRow.objects.get(number=4)
    assert [warning["value"] for warning in told.warnings or ()] == ["阿花", "小何"]
    assert list(ImportRow.objects.filter(unknown__isnull=False).order_by("number").values_list("number", "unknown", "detail")) == [
        (2, {"owner": "小何"}, {"number": "D1", "share": 10_000}), (4, {"owner": "阿花"}, {"number": "D2", "share": 3_000}),
    ]  # fmt: skip
    assert (run(path)["warnings"], orders_of(run(path))) == (4, (0, 0, 2))
