"""manage.py import_orders: one JSON object, exit codes, options, a dry run that writes nothing, a report."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from customers.models import Customer, ImportBatch, Order
from tests.customers import sheets
from tests.customers.services.ordering.runs import lines_of, order, run
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
KEYS = [
    "file", "sheet", "source", "rows", "lines", "no_customer", "returns", "free", "rejected", "orders_created", "orders_updated",
    "orders_unchanged", "customers_created", "warnings", "skipped", "net", "rejections", "refused",
]  # fmt: skip
A, B = "13777000001", "13777000002"
HEAD = ["订单号", "手机号", "商品", "数量", "金额"]
ROWS = [HEAD, ["D1", A, "面膜", 1, 99], ["D2", None, "面膜", 1, 99], ["D3", B, "面膜", -1, 99], ["D4", B, "赠品", 1, 0], ["D5", B, "面膜", 1, "?"]]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return sheets.xlsx(tmp_path / "订单.xlsx", ROWS)


def refused(path: Path, *flags: str) -> str:
    answer = run(path, *flags)
    assert (answer["rows"], Order.objects.count(), ImportBatch.objects.count()) == (0, 0, 0)
    assert list(answer) == KEYS and answer["net"] == "0.00" and answer["rejections"] == []
    return str(answer["refused"])


def test_every_key_is_there(path: Path) -> None:
    answer = run(path)
    assert list(answer) == KEYS
    assert answer == {
        "file": "订单.xlsx", "sheet": "Sheet1", "source": "sheet", "rows": 5, "lines": 1, "no_customer": 1, "returns": 1, "free": 1,
        "rejected": 1, "orders_created": 1, "orders_updated": 0, "orders_unchanged": 0, "customers_created": 1, "warnings": 0, "skipped": 1,
        "net": "99.00", "rejections": [{"row": 6, "code": "order.amount", "reason": "金额（E6）：“?”不是金额"}], "refused": None,
    }  # fmt: skip


def test_a_dry_run_says_the_same_and_writes_nothing(path: Path) -> None:
    make_customer("张三", A)
    dry = run(path, "--dry-run")
    assert (Order.objects.count(), ImportBatch.objects.count(), Customer.objects.count()) == (0, 0, 1)
    assert run(path) == dry
    assert dry["customers_created"] == 0


def test_said_for_people(path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    with translation.override("zh-hans"):
        call_command("import_orders", str(path), stdout=out, stderr=err)
    assert out.getvalue().splitlines() == [
        "5 行：记入 1，没有客户 1，退货 1，零元 1，失败 1；订单新增 1，更新 0，无变化 0；新客户 1 位；净额 ¥99.00",
        "  第 6 行：金额（E6）：“?”不是金额",
    ]
    assert err.getvalue().strip() == "没有下单时间这一列：这些订单计入总额，但不计入任何月份，也不算“最近消费”。"


@pytest.mark.parametrize("flags", [(), ("--dry-run",)])
def test_the_report_is_the_own_sheet_with_reasons(path: Path, tmp_path: Path, flags: tuple[str, ...]) -> None:
    out = tmp_path / "回.xlsx"
    run(path, "--report", str(out), *flags)
    rows = sheets.rows_of_xlsx(out)
    assert rows[0] == [*HEAD, "导入结果", "错误原因"]
    assert [row[5:] for row in rows[1:]] == [
        [None, None],
        ["未记入", "这一行没有客户，不建订单"],
        ["未记入", "退货行（数量为零或负数），没有记入"],
        ["未记入", "这个订单没有付钱（只有赠品不算消费），没有记入"],
        ["失败", "金额（E6）：“?”不是金额"],
    ]
    assert lines_of(run(out)) == (1, 1, 1, 1, 1)


def test_columns_by_letter(tmp_path: Path) -> None:
    path = sheets.csv_file(tmp_path / "a.csv", [["D1", A, "99"], ["D2", B, "1"]])
    answer = run(path, "--map", "number=A", "--map", "customer=B", "--map", "amount=C")
    assert (lines_of(answer), answer["net"]) == ((2, 0, 0, 0, 0), "100.00")


def test_columns_by_header(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["编", "谁", "付了", "金额"], ["D1", A, 80, 99]])
    answer = run(path, "--map", "number=编", "--map", "customer=谁", "--map", "amount=付了")
    assert (lines_of(answer), order("D1").paid_fen) == ((1, 0, 0, 0, 0), 8000)


def test_the_only_sheet_that_looks_like_orders(tmp_path: Path) -> None:
    people = [["姓名", "手机号"], ["张三", A]]
    path = sheets.xlsx(tmp_path / "a.xlsx", {"客户": people, "订单": ROWS})
    assert run(path)["sheet"] == "订单"
    both = sheets.xlsx(tmp_path / "b.xlsx", {"一月": ROWS, "二月": ROWS})
    assert "一月、二月" in str(run(both)["refused"])
    assert run(both, "--sheet", "二月")["sheet"] == "二月"


@pytest.mark.parametrize(
    ("rows", "flags", "said"),
    [
        ([["姓名", "金额"], ["张三", 5]], (), "没有哪一列说明是谁买的（手机号、会员卡号）。请指定是哪一列。例如：--map customer=B"),
        ([["订单号", "手机号"], ["D1", A]], (), "没有哪一列说明付了多少钱（金额或单价）。请指定是哪一列。例如：--map amount=F"),
        (ROWS, ("--map", "salary=A"), "没有名为“salary”的字段。"),
        (ROWS, ("--map", "amount"), "“amount”不是列对应。请写成 字段=列，例如 number=订单号 或 number=A。"),
        (ROWS, ("--map", "amount=没有"), "没有“没有”这一列"),
        (ROWS, ("--customer-key", "name"), "“name”不能认出客户：请写 phone、member_no 或 legacy:名称。"),
        (ROWS, ("--customer-key", "legacy:"), "“legacy:”不能认出客户"),
        ([HEAD], (), "表头下面没有数据行"),
    ],
)
def test_refused_in_one_sentence(tmp_path: Path, rows: Any, flags: tuple[str, ...], said: str) -> None:
    with translation.override("zh-hans"):
        assert said in refused(sheets.xlsx(tmp_path / "a.xlsx", rows), *flags)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "无.xlsx" in refused(tmp_path / "无.xlsx")
    assert str(tmp_path / "no" / "out.xlsx") in refused(sheets.xlsx(tmp_path / "a.xlsx", ROWS), "--report", str(tmp_path / "no" / "out.xlsx"))


@pytest.mark.parametrize("flags", [("--returns", "keep"), ("--amount-is", "cell")])
def test_words_that_are_no_choice(path: Path, flags: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("import_orders", str(path), *flags)
