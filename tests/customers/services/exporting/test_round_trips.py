"""What goes out comes back unchanged: the base made from every shared sheet, people of every kind, orders of every kind."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer, CustomerTag, Identity, Opening, Order
from customers.services import tagging
from customers.services.importing import files as customer_files
from customers.services.merging import joining
from customers.services.ordering import files as order_files
from customers.services.ordering.lines import Rules
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers import sheets
from tests.customers.services.exporting.exports import exported, file_of, table
from tests.customers.services.ordering.runs import everything
from tests.factories.customers import identify, make_channel, make_customer, make_opening, make_tag, tag
from tests.factories.orders import credit, make_line, make_order, make_product

pytestmark = pytest.mark.django_db
CASES = Path(__file__).resolve().parents[5] / "shared" / "cases"
SHEETS = [
    "S01_超市联系人.xlsx", "S03_电话名单.xlsx", "S05_无表头三列.xlsx", "S09_团购物流_续行.xlsx", "S11_客户导入模板_必填行.xlsx", "S14_会员台账.xlsx",
    "S14_会员台账_gb18030.csv",
]  # fmt: skip
A, B = "13777000001", "13777000002"


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def base() -> list[Any]:
    """Every person with everything that hangs on her."""
    columns = [field.attname for field in Customer._meta.concrete_fields if field.attname != "updated_at"]
    return [
        list(Customer.everyone.order_by("pk").values_list(*columns)),
        list(Identity.objects.order_by("pk").values_list("customer", "kind", "value")),
        list(CustomerTag.objects.order_by("pk").values_list("customer", "tag__name")),
        list(Opening.objects.order_by("pk").values_list("customer", "system", "spend_fen", "orders", "last_order_on", "level")),
    ]


def comes_back_unchanged(by: Employee, tmp_path: Path, format: str) -> None:
    before = base()
    export = exported(by, format=format)
    batch = customer_files.run_file(file_of(export, tmp_path))
    counters = batch.counters
    people = len(list(before[0]))
    assert {key: counters[key] for key in ("rows", "created", "updated", "unchanged", "merged", "rejected", "conflicts", "warnings")} == {
        "rows": people, "created": 0, "updated": 0, "unchanged": people, "merged": 0, "rejected": 0, "conflicts": 0, "warnings": 0,
    }  # fmt: skip
    assert base() == before


@pytest.mark.parametrize("format", ["xlsx", "csv", "gz"])
def test_the_base_of_every_shared_sheet(owner: Employee, tmp_path: Path, format: str) -> None:
    key = CASES / "sheets" / "key_sheets.json"
    if not key.exists():
        pytest.skip("the shared cases are not at hand")
    for name in SHEETS:
        customer_files.run_file(CASES / "sheets" / name, require="name")
    assert Customer.objects.count() == 211
    comes_back_unchanged(owner, tmp_path, format)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("name", ["N10_formulas_cached.xlsx", "N13_injection.csv", "N13_injection.xlsx", "N16_unicode.csv", "N18c_dup_headers.csv", "N25_dates.xlsx", "N30_numbers.xlsx"])
def test_the_base_of_every_nasty_sheet(owner: Employee, tmp_path: Path, name: str, format: str) -> None:
    if not (CASES / "nasty" / name).exists():
        pytest.skip("the shared cases are not at hand")
    customer_files.run_file(CASES / "nasty" / name, require="name")
    comes_back_unchanged(owner, tmp_path, format)


def test_the_same_sheet_once_more_after_its_export(owner: Employee, tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "会员卡号", "生日", "标签", "累计消费", "消费次数", "最后消费日期", "会员等级", "积分", "爱好", "微信号", "入会日期"],
        ["张三", A, "008801", "农历八月十五", "VIP、宝妈", 3456.7, 12, "2023-05-01", "金卡", 300, "=SUM(A1)", "wx_zhang", "2020-02-29"],
        ["李四", "13777000002、13777000003", "8802", "5月1日", "老客", None, None, None, None, None, "@home", None, None],
    ]
    path = sheets.xlsx(tmp_path / "会员.xlsx", rows)
    customer_files.run_file(path, system="收银")
    comes_back_unchanged(owner, tmp_path, "csv")
    again = customer_files.run_file(path, system="收银").counters
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    first = table(file_of(exported(owner), tmp_path))[0]
    assert {key: first[key] for key in ("姓名", "手机号", "微信号", "会员卡号〔收银〕", "生日", "标签", "累计消费〔收银〕", "消费次数〔收银〕", "爱好〔原列〕", "积分〔原列〕")} == {
        "姓名": "张三", "手机号": A, "微信号": "wx_zhang", "会员卡号〔收银〕": "008801", "生日": "农历八月十五", "标签": "VIP、宝妈",
        "累计消费〔收银〕": 3456.7, "消费次数〔收银〕": 12, "爱好〔原列〕": "=SUM(A1)", "积分〔原列〕": 300,
    }  # fmt: skip
    assert first["入会日期"] in (date(2020, 2, 29), datetime(2020, 2, 29))


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_people_of_every_kind(owner: Employee, shop: Shop, tmp_path: Path, format: str) -> None:
    from customers.models import CustomField

    CustomField.objects.create(key="skin", label="肤质", kind="choice", choices=["油性", "干性"])
    CustomField.objects.create(key="limit", label="保额", kind="number")
    CustomField.objects.create(key="since", label="投保日", kind="date")
    CustomField.objects.create(key="vip", label="大客户", kind="boolean")
    CustomField.objects.create(key="gone", label="停用的", is_active=False)
    full = make_customer(
        "王丽娟 🌙", A, gender="female", birth_year=1990, birth_md=501, city="杭州", address="-滨江 1 号", company="锦绣", occupation="教师",
        education="本科", income_band="1–2万", spending_band="高", budget="5000", source=make_channel("抖音"), store=shop.xihu, owner=owner,
        known_since=date(2020, 1, 2), note="第一行\n+第二行\t<b>&amp;</b>  _x0041_ ", legacy={"手机号": "13800000000(老公)", "备注 (2)": "\t早", "姓名": "旧名", "订单号": "1"},
        custom={"skin": "油性", "limit": 12.5, "since": "2024-02-29", "vip": False, "gone": "x"},
    )  # fmt: skip
    for kind, value in (
        ("phone", "13911110000"), ("wechat_id", "lisa_moon"), ("wechat_id", "lisa2"), ("legacy:收银", "A-01"), ("legacy:收银", "A-02"),
        ("legacy:旧店", "77"), ("wechat_openid", "wx1:o-abc"), ("wecom_external_userid", "corp:wm-1"), ("member_no", "M1"),
    ):
        identify(full, kind, value)
    for name in ("VIP", "宝妈/孕妇", "a,b"):
        tag(full, make_tag(name))
    make_opening(full, "收银", spend_fen=345670, orders=3, last_order_on=date(2023, 1, 1), level="金卡")
    make_opening(full, "旧店", spend_fen=100)
    make_opening(make_customer("卡人", ""), "收银", spend_fen=5)
    identify(Customer.objects.get(name="卡人"), "legacy:收银", "B-9")
    lunar = make_customer("", B, birth_md=1230, birth_lunar=True, birth_year=1985, custom={"skin": "没有了的"})
    identify(lunar, "sheet_row", "f" * 64)
    odd = make_customer("零", "13777000009", birth_md=229)
    loser = make_customer("并入", "13777000010")
    joining.carry_out(joining.plan(keep=odd, fold=loser), by=owner)
    before = base()
    batch = customer_files.run_file(file_of(exported(owner, format=format), tmp_path))
    counters = batch.counters
    assert [counters[key] for key in ("rows", "created", "updated", "unchanged", "rejected", "warnings")] == [4, 0, 0, 4, 0, 0]
    assert base() == before


def test_who_has_nothing_but_a_name_is_not_doubled(owner: Employee, tmp_path: Path) -> None:
    """A customer by hand without any number is told by nothing: the sheet leaves her out, and says so."""
    make_customer("只有名字", "")
    counters = customer_files.run_file(file_of(exported(owner), tmp_path)).counters
    assert (counters["rejected"], counters["created"], Customer.objects.count()) == (1, 0, 1)


def test_into_an_empty_base_everything_comes_back(owner: Employee, tmp_path: Path) -> None:
    person = make_customer("张三", A, city="杭州", legacy={"爱好": "瑜伽"})
    identify(person, "wechat_id", "zhang_san")
    identify(person, "legacy:收银", "8801")
    tagging.put(Customer.objects.all(), [make_tag("VIP")], by=owner)
    make_opening(person, "收银", spend_fen=10_050)
    path = file_of(exported(owner), tmp_path)
    CustomerTag.objects.all().delete()
    Opening.objects.all().delete()
    Identity.objects.all().delete()
    Customer.everyone.all().delete()
    customer_files.run_file(path)
    back = Customer.objects.get()
    assert (back.name, back.phone, back.city, back.legacy) == ("张三", A, "杭州", {"爱好": "瑜伽"})
    assert sorted(back.identities.values_list("kind", "value")) == [("legacy:收银", "8801"), ("phone", A), ("wechat_id", "zhang_san")]
    assert list(back.openings.values_list("system", "spend_fen")) == [("收银", 10_050)]
    assert list(back.tag_links.values_list("tag__name", flat=True)) == ["VIP"]


# --- orders ---------------------------------------------------------------------------------------------------


def orders_come_back_unchanged(by: Employee, tmp_path: Path, format: str, rules: Rules, orders: int) -> None:
    before, people = everything(), Customer.objects.count()
    counters = order_files.run_file(file_of(exported(by, "orders", format), tmp_path), rules=rules).counters
    figures = {key: counters[key] for key in ("orders_created", "orders_updated", "orders_unchanged", "rejected", "no_customer", "customers_created")}
    assert figures == {
        "orders_created": 0, "orders_updated": 0, "orders_unchanged": orders, "rejected": 0, "no_customer": 0, "customers_created": 0,
    }  # fmt: skip
    assert (everything(), Customer.objects.count()) == (before, people)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_orders_of_a_sheet(owner: Employee, employee: Employee, tmp_path: Path, format: str) -> None:
    rows = [
        ["订单号", "下单时间", "手机号", "姓名", "商品编码", "商品名称", "数量", "单价", "来源渠道", "美容师"],
        ["D1", "2026-05-01 10:00:30", A, "张三", "C1", "面膜", 2, 99.5, "抖音", "小许"],
        ["D1", "2026-05-01 10:00:30", A, "张三", None, "精华", 1, 398, "抖音", "钱总"],
        ["=D2", "2026-05-02", B, "李四", None, "面膜", 1.5, 99, None, "没人"],
        ["D3", None, B, None, None, None, 1, 10, None, None],
    ]
    order_files.run_file(sheets.xlsx(tmp_path / "订单.xlsx", rows))
    orders_come_back_unchanged(owner, tmp_path, format, Rules(), 3)


def test_orders_by_card_number_and_with_freight(owner: Employee, tmp_path: Path) -> None:
    rows = [
        ["订单号", "下单时间", "会员卡号", "商品名称", "数量", "单价", "实付金额"],
        ["D1", "2026-05-01", "8801", "面膜", 2, 99, 210],
        ["D1", "2026-05-01", "8801", "精华", 1, 2, 210],
        ["D2", "2026-05-01", "8802", "面膜", 2, 99, 180],
    ]
    rules = Rules(key="legacy:收银", amount_is="order", source="收银机")
    order_files.run_file(sheets.xlsx(tmp_path / "订单.xlsx", rows), rules=rules)
    orders_come_back_unchanged(owner, tmp_path, "xlsx", Rules(key="legacy:收银", source="收银机"), 2)


def test_orders_without_numbers(owner: Employee, tmp_path: Path) -> None:
    rows = [["日期", "手机号", "项目", "金额"], ["2026-05-01", A, "补水", 99], ["2026-05-01", A, "补水", 99]]
    order_files.run_file(sheets.xlsx(tmp_path / "订单.xlsx", rows))
    orders_come_back_unchanged(owner, tmp_path, "csv", Rules(), 2)


def test_orders_that_were_worked_with(owner: Employee, employee: Employee, tmp_path: Path) -> None:
    """Another number of hers first, a product renamed, shares of two, a moment in another zone."""
    person = make_customer("张三", A)
    identify(person, "phone", B)
    order = make_order(person, source="sheet", number="D1", paid_fen=10_000, ordered_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    make_line(order, make_product("新名", code="C1"), quantity=Decimal("1.5"), unit_price=Decimal("66.6667"), amount_fen=10_000)
    credit(order, employee, 6_650)
    credit(order, owner, 3_350, "helper")
    orders_come_back_unchanged(owner, tmp_path, "xlsx", Rules(), 1)


def test_orders_of_another_source_are_not_doubled(owner: Employee, tmp_path: Path) -> None:
    make_line(make_order(make_customer("张三", A), source="hand", number="H1"), amount_fen=10_000)
    counters = order_files.run_file(file_of(exported(owner, "orders"), tmp_path)).counters
    assert (counters["rejected"], counters["orders_created"], Order.objects.count()) == (1, 0, 1)
