"""Sheets of booking systems: which column is which, when it is, found again, states, unknown names."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.choices import AppointmentState
from customers.models import Appointment, Customer, ImportBatch, ImportRow, Product
from customers.services.importing import matching
from customers.services.ordering import reporting
from scrm.kit import clock
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers import sheets
from tests.customers.services.contact_sheets.runs import appointments, at, booked, figures, rejected, warnings
from tests.factories.customers import identify, make_customer
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
A, B, C = "13777000001", "13777000002", "13777000003"
HEAD = ["预约编号", "客户姓名", "手机号", "门店", "服务项目", "美容师", "预约时间", "状态"]
ROWS: list[list[Any]] = [
    HEAD,
    ["Y1", "张三", A, "滨江店", "补水护理", "小许", "2025-11-03 14:00-15:30", "已完成"],
    ["Y2", "李四", B, "滨江店", "补水护理", "小许", "2026-12-24 10:00", "待到店"],
]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def sheet(tmp_path: Path, rows: Any = ROWS, name: str = "预约.xlsx", **more: Any) -> Path:
    return sheets.xlsx(tmp_path / name, rows, **more)


def test_a_list_of_a_booking_system(tmp_path: Path, shop: Shop, employee: Employee) -> None:
    service = make_product("补水护理")
    assert figures(appointments(sheet(tmp_path))) == (2, 0, 0, 0)
    assert booked() == [
        ("Y1", A, "2025-11-03 14:00", 90, "arrived"),
        ("Y2", B, "2026-12-24 10:00", 60, "booked"),
    ]
    first = Appointment.objects.get(number="Y1")
    assert (first.source, first.store, first.service, first.employee) == ("sheet", shop.binjiang, service, employee)
    assert (first.customer.name, at(first.state_at), first.note) == ("张三", "2025-11-03 14:00", "")
    assert ImportBatch.objects.get().kind == "appointments"
    assert ImportRow.objects.count() == 0


def test_the_same_sheet_again_changes_nothing(tmp_path: Path) -> None:
    path = sheet(tmp_path)
    appointments(path)
    before = booked()
    answer = appointments(path)
    assert (figures(answer), answer["customers_created"]) == ((0, 0, 2, 0), 0)
    assert booked() == before


def test_what_happened_since_is_an_update(tmp_path: Path, employee: Employee) -> None:
    appointments(sheet(tmp_path))
    later = [HEAD, ROWS[1], [*ROWS[2][:6], "2026-12-25 11:00", "已取消"]]
    assert figures(appointments(sheet(tmp_path, later, "后来.xlsx"))) == (0, 1, 1, 0)
    assert booked()[1] == ("Y2", B, "2026-12-25 11:00", 60, "cancelled")


def test_a_sheet_that_lags_behind_opens_nothing_again(tmp_path: Path) -> None:
    appointments(sheet(tmp_path))
    Appointment.objects.filter(number="Y2").update(state=AppointmentState.ARRIVED)
    changed = [HEAD, [*ROWS[2][:4], "肩颈", *ROWS[2][5:]]]
    assert figures(appointments(sheet(tmp_path, changed, "b.xlsx"))) == (0, 1, 0, 0)
    assert booked()[1][4] == "arrived"


def test_one_appointment_in_two_rows_is_as_the_last_one_says(tmp_path: Path) -> None:
    path = sheet(tmp_path, [HEAD, [*ROWS[2][:7], "待到店"], [*ROWS[2][:7], "已取消"]])
    assert figures(appointments(path)) == (1, 0, 1, 0)
    assert booked() == [("Y2", B, "2026-12-24 10:00", 60, "cancelled")]
    assert list(ImportRow.objects.values_list("number", "outcome", "code")) == [
        (2, "unchanged", "contact.again"), (3, "created", ""),
    ]  # fmt: skip
    assert figures(appointments(path)) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("when", "said", "state", "codes"),
    [
        ("2026-12-05 14:00", "已到店", "booked", ["contact.too_early"]),
        ("2026-12-05 14:00", "未到店", "booked", ["contact.too_early"]),
        ("2026-12-05 14:00", "已取消", "cancelled", []),
        ("2026-11-29 14:00", "未到店", "no_show", []),
        # Somebody may come ahead of her hour, but not fail to come before it has struck.
        ("2026-11-30 14:00", "已到店", "arrived", []),
        ("2026-11-30 14:00", "未到店", "booked", ["contact.too_early"]),
    ],
)
def test_nobody_came_yet_to_what_lies_ahead(tmp_path: Path, when: str, said: str, state: str, codes: list[str]) -> None:
    path = sheet(tmp_path, [["手机号", "预约时间", "状态"], [A, when, said]])
    with clock.staged(datetime(2026, 11, 30, 1, tzinfo=UTC)):
        dry = appointments(path, "--dry-run")
        assert appointments(path) == dry
        assert [code for _row, code in warnings()] == codes
        assert (dry["warnings"], booked()) == (len(codes), [("", A, when, 60, state)])


def test_the_word_that_came_too_early_counts_once_its_time_has_come(tmp_path: Path) -> None:
    path, out = sheet(tmp_path, [["手机号", "预约时间", "状态"], [A, "2026-12-05 14:00", "已到店"]]), tmp_path / "回.xlsx"
    with clock.staged(datetime(2026, 11, 30, 1, tzinfo=UTC)):
        appointments(path, "--report", str(out))
        assert sheets.rows_of_xlsx(out)[1][-1] == "状态（C2）：写的是“已到店”，但预约时间还没到，按已预约处理"
        assert figures(appointments(path)) == (0, 0, 1, 0)
    with clock.staged(datetime(2026, 12, 5, 8, tzinfo=UTC)):
        assert (figures(appointments(path)), warnings()) == ((0, 1, 0, 0), [])
    assert Appointment.objects.get().state == AppointmentState.ARRIVED


@pytest.mark.parametrize(
    ("head", "row", "codes"),
    [
        (["手机号", "预约时间"], [A, "2026-12-05"], ["contact.no_time"]),
        (["手机号", "预约时间"], [A, datetime(2026, 12, 5)], ["contact.no_time"]),
        (["手机号", "预约日期", "时间"], [A, "2026-12-05", None], ["contact.no_time"]),
        (["手机号", "预约日期", "时间"], [A, "2026-12-05", "10:00"], []),
        (["手机号", "预约时间"], [A, "2026-12-05 00:00"], []),
    ],
)
def test_a_day_without_a_time_is_said(tmp_path: Path, head: list[str], row: list[Any], codes: list[str]) -> None:
    answer = appointments(sheet(tmp_path, [head, row]))
    assert (answer["warnings"], [code for _row, code in warnings()]) == (len(codes), codes)


def test_without_numbers_it_is_found_by_customer_time_and_service(tmp_path: Path) -> None:
    head = ["手机", "项目", "预约日期", "时间", "状态"]
    rows = [head, [A, "洗剪吹", "2026-01-05", "14:00", "已预约"], [A, "染发", "2026-01-05", "14:00", "已预约"]]
    assert figures(appointments(sheet(tmp_path, rows))) == (2, 0, 0, 0)
    rows[1] = [A, "洗剪吹", "2026/1/5", "下午2:00", "已到店"]
    assert figures(appointments(sheet(tmp_path, rows, "b.xlsx"))) == (0, 1, 1, 0)
    assert [row[2:] for row in booked()] == [("2026-01-05 14:00", 60, "arrived"), ("2026-01-05 14:00", 60, "booked")]


def test_numbers_belong_to_their_source(tmp_path: Path) -> None:
    path = sheet(tmp_path)
    appointments(path, "--source", "美团")
    answer = appointments(path, "--source", "抖音")
    assert (answer["source"], figures(answer)) == ("抖音", (2, 0, 0, 0))
    assert sorted(Appointment.objects.values_list("source", "number")) == [
        ("抖音", "Y1"), ("抖音", "Y2"), ("美团", "Y1"), ("美团", "Y2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "said", "minutes"),
    [
        ("2025-11-03 14:00-15:30", "2025-11-03 14:00", 90),
        ("2025-11-03 14:00~15:00", "2025-11-03 14:00", 60),
        ("2025年11月3日 14点至16点", "2025-11-03 14:00", 120),
        ("2025/11/3 周一 下午2:00-3:30", "2025-11-03 14:00", 90),
        ("2025-11-03 23:30-00:30", "2025-11-03 23:30", 60),
        ("2025.11.3 9:05", "2025-11-03 09:05", 60),
        ("20251103", "2025-11-03 00:00", 60),
        (datetime(2025, 11, 3, 14, 30), "2025-11-03 14:30", 60),
        (45964.604166666664, "2025-11-03 14:30", 60),
    ],
)
def test_when_it_is(tmp_path: Path, cell: Any, said: str, minutes: int) -> None:
    path = sheet(tmp_path, [["客户手机", "预约时间", "状态"], [A, cell, "已预约"]])
    assert figures(appointments(path)) == (1, 0, 0, 0)
    assert booked() == [("", A, said, minutes, "booked")]


@pytest.mark.parametrize(
    ("clock", "said", "minutes"),
    [
        ("14:00-15:30", "14:00", 90),
        ("14：30", "14:30", 60),
        (time(14, 30), "14:30", 60),
        (0.604166666666667, "14:30", 60),
        ("下午3点", "15:00", 60),
        ("2:30 PM", "14:30", 60),
        ("2025-11-03 16:00", "16:00", 60),
        (None, "00:00", 60),
    ],
)
def test_the_time_beside_the_day(tmp_path: Path, clock: Any, said: str, minutes: int) -> None:
    path = sheet(tmp_path, [["会员手机", "预约日期", "时段", "技师"], [A, "2025-11-03", clock, "阿明"]])
    appointments(path)
    assert booked() == [("", A, f"2025-11-03 {said}", minutes, "booked")]


def test_the_end_and_the_length_of_their_own(tmp_path: Path) -> None:
    rows = [
        ["手机号", "开始时间", "结束时间", "时长", "项目"],
        [A, "2025-11-03 14:00", "2025-11-03 14:45", None, "一"],
        [A, "2025-11-03 14:00", "15:15", None, "二"],
        [A, "2025-11-03 14:00", None, "1.5小时", "三"],
        [A, "2025-11-03 14:00", "13:00", 30, "四"],
    ]
    appointments(sheet(tmp_path, rows))
    assert [row[3] for row in booked()] == [45, 75, 90, 30]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("已预约", "booked"), ("待到店", "booked"), ("", "booked"), ("已到店", "arrived"), ("已完成", "arrived"), ("爽约", "no_show"),
        ("未到", "no_show"), ("改约", "rescheduled"), ("已取消", "cancelled"), ("已取消（客户原因）", "cancelled"), ("No-show", "no_show"),
    ],
)  # fmt: skip
def test_states(tmp_path: Path, word: str, state: str) -> None:
    appointments(sheet(tmp_path, [["手机号", "预约时间", "预约状态"], [A, "2025-11-03 14:00", word]]))
    assert (booked()[0][4], warnings()) == (state, [])


def test_what_nobody_can_use_is_said(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["Y1", "张三", None, None, None, None, "2025-11-03 14:00", None],
        ["Y2", "张三", "138****0021", None, None, None, "2025-11-03 14:00", None],
        ["Y3", "张三", "1380000", None, None, None, "2025-11-03 14:00", None],
        ["Y4", "张三", A, None, None, None, "下周三", None],
        ["Y5", "张三", A, None, None, None, None, None],
        ["Y6", "张三", A, None, None, None, "2025-11-03 14:00", "飞了"],
        ["合计", None, None, None, None, None, 6, None],
    ]
    answer = appointments(sheet(tmp_path, rows))
    assert (figures(answer), answer["skipped"], answer["customers_created"], answer["warnings"]) == ((1, 0, 0, 5), 2, 1, 1)
    assert rejected(answer) == [
        (2, "contact.no_customer"), (3, "contact.masked"), (4, "phone.too_short"), (5, "contact.at"), (6, "contact.no_at"),
    ]  # fmt: skip
    assert warnings() == [(7, "contact.state")]


def test_an_employee_s_own_number_is_nobody_s(tmp_path: Path, employee: Employee) -> None:
    answer = appointments(sheet(tmp_path, [["手机号", "预约时间", "状态"], [employee.phone, "2025-11-03", "已预约"]]))
    assert (figures(answer), rejected(answer)) == ((0, 0, 0, 1), [(2, "phone.employee")])


def test_name_and_number_in_one_cell(tmp_path: Path) -> None:
    appointments(sheet(tmp_path, [["客户", "预约时间", "状态"], ["张三 13777000001", "2025-11-03", "已预约"]]))
    assert list(Customer.objects.values_list("name", "phone")) == [("张三", A)]


def test_a_customer_merged_over_her_rows(tmp_path: Path) -> None:
    rows = [["客户", "手机", "项目", "预约时间"], ["张三", A, "一", "2025-11-03"], [None, None, "二", "2025-11-04"], ["李四", None, "三", "2025-11-05"]]
    answer = appointments(sheet(tmp_path, rows, merge=["A2:A3", "B2:B3"]))
    assert (figures(answer), rejected(answer)) == ((2, 0, 0, 1), [(4, "contact.no_customer")])
    assert [row[1:3] for row in booked()] == [(A, "2025-11-03 00:00"), (A, "2025-11-04 00:00")]


def test_by_card_number(tmp_path: Path) -> None:
    here = make_customer("张三")
    identify(here, "legacy:收银", "8801")
    path = sheet(tmp_path, [["会员卡号", "预约时间", "状态"], ["8801", "2025-11-03", "已预约"], [8802.0, "2025-11-03", "已预约"]])
    answer = appointments(path, "--customer-key", "legacy:收银")
    assert (figures(answer), answer["customers_created"]) == ((2, 0, 0, 0), 1)
    assert Appointment.objects.earliest("pk").customer == here
    assert Customer.objects.latest("pk").identities.get().value == "8802"


def test_unknown_names_wait_for_somebody_to_say(tmp_path: Path, shop: Shop, owner: Employee, employee: Employee) -> None:
    rows = [
        HEAD, ["Y1", "张三", A, "滨江", "补水", "小许", "2025-11-03 10:00", "已完成"],
        ["Y2", "张三", A, "滨江", "补水", "阿花", "2025-11-04 10:00", "已完成"],
    ]  # fmt: skip
    path, out = sheet(tmp_path, rows), tmp_path / "回.xlsx"
    answer = appointments(path, "--report", str(out))
    assert (figures(answer), answer["warnings"], warnings()) == (
        (2, 0, 0, 0), 5,
        [(2, "contact.service"), (2, "name.store"), (3, "contact.service"), (3, "name.employee"), (3, "name.store")],
    )  # fmt: skip
    no_service = "服务项目（E{0}）：没有叫“补水”的商品，先记在备注里（请添加这个商品，或改正名称后再导入一次）"
    no_store = "门店（D{0}）：这里没有叫“滨江”的门店；在这次导入的结果页指定一次是哪家即可"
    no_employee = "美容师（F3）：这里没有叫“阿花”的员工；在这次导入的结果页指定一次是谁即可"
    assert [row[-1] for row in sheets.rows_of_xlsx(out)[1:]] == [
        "；".join([no_service.format(2), no_store.format(2)]), "；".join([no_service.format(3), no_employee, no_store.format(3)]),
    ]  # fmt: skip
    first, second = Appointment.objects.order_by("pk")
    assert (first.store, first.employee, first.note, second.employee) == (None, employee, "补水", None)
    batch = ImportBatch.objects.get()
    assert [(name.kind, name.text, name.rows) for name in matching.unknown_names(batch)] == [("store", "滨江", 2), ("owner", "阿花", 1)]
    matching.match(kind="store", text="滨江", store=shop.binjiang, by=owner)
    matching.match(kind="owner", text="阿花", employee=owner, by=owner)
    first, second = Appointment.objects.order_by("pk")
    assert (first.store, second.store, first.employee, second.employee) == (shop.binjiang, shop.binjiang, employee, owner)
    assert matching.unknown_names(batch) == []
    # Whom somebody has named since is no remark of the sheet any more.
    assert [one.reason for one in reporting.told_by(batch)] == [no_service.format(2), no_service.format(3)]
    Product.objects.create(name="补水")
    assert (figures(appointments(path)), warnings()) == ((0, 2, 0, 0), [])
    assert {own.service.name for own in Appointment.objects.all() if own.service} == {"补水"}
    assert figures(appointments(path)) == (0, 0, 2, 0)


def test_the_customer_s_store_where_the_sheet_names_none(tmp_path: Path, shop: Shop) -> None:
    make_customer("张三", A, store=shop.xihu)
    appointments(sheet(tmp_path, [["手机号", "预约时间", "状态"], [A, "2025-11-03", "已预约"]]))
    assert Appointment.objects.get().store == shop.xihu


def test_an_archived_customer_comes_back(tmp_path: Path) -> None:
    here = make_customer("张三", A, archived_at=timezone.now())
    appointments(sheet(tmp_path))
    here.refresh_from_db()
    assert here.archived_at is None


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    make_customer("张三", A)
    path = sheet(tmp_path)
    dry = appointments(path, "--dry-run")
    assert (Appointment.objects.count(), ImportBatch.objects.count(), Customer.objects.count()) == (0, 0, 1)
    assert appointments(path) == dry
    assert dry["customers_created"] == 1


def test_the_only_sheet_that_looks_right(tmp_path: Path) -> None:
    people = [["姓名", "手机号"], ["张三", A]]
    assert appointments(sheets.xlsx(tmp_path / "a.xlsx", {"客户": people, "预约": ROWS}))["sheet"] == "预约"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "无.xlsx" in str(appointments(tmp_path / "无.xlsx")["refused"])
