"""Exports of follow-ups: the original author and time stay, nothing comes in twice, the last contact is known."""

from pathlib import Path
from typing import Any

import pytest

from customers.choices import Began
from customers.models import Customer, FollowUp, ImportBatch, ImportRow
from customers.services.importing import matching
from customers.services.merging import joining
from scrm.kit import clock
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers import sheets
from tests.customers.services.contact_sheets.runs import at, contacts, figures, follow_ups, rejected, warnings
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
HEAD = ["客户名称", "手机号", "跟进人", "跟进时间", "跟进方式", "跟进内容", "下次跟进时间"]
ROWS: list[list[Any]] = [
    HEAD,
    ["张三", A, "小许", "2025-11-03 14:05", "电话", "问了补水护理，想下周来", "2025-11-10"],
    ["李四", B, "阿花", "2025年11月4日", "企业微信", "发了价目表", None],
]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def sheet(tmp_path: Path, rows: Any = ROWS, name: str = "跟进.xlsx", **more: Any) -> Path:
    return sheets.xlsx(tmp_path / name, rows, **more)


def test_author_and_time_are_kept(tmp_path: Path, shop: Shop, employee: Employee) -> None:
    out = tmp_path / "回.xlsx"
    answer = follow_ups(sheet(tmp_path), "--report", str(out))
    assert (figures(answer), answer["customers_created"], answer["warnings"]) == ((2, 0, 0, 0), 2, 1)
    assert warnings() == [(3, "name.employee")]
    assert [row[-1] for row in sheets.rows_of_xlsx(out)[1:]] == [
        None, "跟进人（C3）：这里没有叫“阿花”的员工；在这次导入的结果页指定一次是谁即可",
    ]  # fmt: skip
    assert contacts() == [
        (A, "2025-11-03 14:05", "小许", "小许", "phone", "问了补水护理，想下周来"),
        (B, "2025-11-04 00:00", None, "阿花", "wecom", "发了价目表"),
    ]
    assert [at(own.last_contact_at) for own in Customer.objects.order_by("pk")] == ["2025-11-03 14:05", "2025-11-04 00:00"]
    assert ImportBatch.objects.get().kind == "follow_ups"


def test_the_same_sheet_again_changes_nothing(tmp_path: Path) -> None:
    path = sheet(tmp_path)
    follow_ups(path)
    answer = follow_ups(path)
    assert (figures(answer), answer["customers_created"], FollowUp.objects.count()) == ((0, 0, 2, 0), 0, 2)
    more = sheet(tmp_path, [*ROWS, ["张三", A, "小许", "2025-11-05", "微信", "改到下下周", None]], "b.xlsx")
    assert figures(follow_ups(more)) == (1, 0, 2, 0)


def test_one_contact_in_two_rows_is_one(tmp_path: Path) -> None:
    path = sheet(tmp_path, [HEAD, ROWS[1], ROWS[1]])
    assert figures(follow_ups(path, "--dry-run")) == (1, 0, 1, 0)
    assert figures(follow_ups(path)) == (1, 0, 1, 0)


def test_a_merge_makes_no_contact_look_new(tmp_path: Path, owner: Employee) -> None:
    path = sheet(tmp_path)
    follow_ups(path)
    one, other = Customer.objects.order_by("pk")
    joining.carry_out(joining.plan(keep=one, fold=other), by=owner)
    assert (figures(follow_ups(path)), Customer.objects.count()) == ((0, 0, 2, 0), 1)


def test_an_older_contact_is_not_the_last_one(tmp_path: Path) -> None:
    follow_ups(sheet(tmp_path))
    follow_ups(sheet(tmp_path, [HEAD, ["张三", A, "小许", "2024-01-01", "电话", "早先", None]], "b.xlsx"))
    assert at(Customer.objects.get(phone=A).last_contact_at) == "2025-11-03 14:05"


def test_only_a_next_time_that_lies_ahead_is_kept(tmp_path: Path) -> None:
    soon = f"{clock.today().year + 1}-03-01"
    follow_ups(sheet(tmp_path, [HEAD, [*ROWS[1][:6], "2025-11-10"], [*ROWS[2][:6], soon]]))
    first, second = FollowUp.objects.order_by("pk")
    assert first.next_at is None and second.next_at is not None
    assert at(second.next_at) == f"{soon} 00:00"


@pytest.mark.parametrize(
    ("word", "medium", "began"),
    [
        ("电话", "phone", Began.US), ("来电", "phone", Began.CUSTOMER), ("微信", "wecom", Began.US), ("企业微信-单聊", "wecom", Began.US),
        ("短信", "sms", Began.US), ("面谈", "visit", Began.US), ("到店", "visit", Began.CUSTOMER), ("小程序", "mini_program", Began.US),
        ("电话（未接）", "phone", Began.US), ("", "wecom", Began.US),
    ],
)  # fmt: skip
def test_media(tmp_path: Path, word: str, medium: str, began: str) -> None:
    follow_ups(sheet(tmp_path, [["手机号", "回访日期", "回访方式", "回访内容"], [A, "2025-11-03", word, "好"]]))
    own = FollowUp.objects.get()
    assert (own.medium, own.began, warnings()) == (medium, began, [])


def test_a_medium_nobody_knows_is_said(tmp_path: Path) -> None:
    follow_ups(sheet(tmp_path, [["手机号", "回访日期", "回访方式", "回访内容"], [A, "2025-11-03", "飞鸽", "好"]]))
    assert warnings() == [(2, "contact.medium")]


def test_what_nobody_can_use_is_said(tmp_path: Path, employee: Employee) -> None:
    rows = [
        HEAD,
        ["张三", None, "小许", "2025-11-03", "电话", "谁？", None],
        ["张三", A, "小许", None, "电话", "何时？", None],
        ["张三", A, "小许", "2999-01-01", "电话", "将来", None],
        ["张三", A, "小许", f"{clock.today().year + 1}-01-01", "电话", "明年", None],
        ["张三", A, "小许", "2025-11-03", "电话", None, "改天"],
    ]
    answer = follow_ups(sheet(tmp_path, rows))
    assert (figures(answer), answer["warnings"]) == ((1, 0, 0, 4), 1)
    assert rejected(answer) == [
        (2, "contact.no_customer"), (3, "contact.no_at"), (4, "contact.at"), (5, "contact.not_yet"),
    ]  # fmt: skip
    assert warnings() == [(6, "date.unreadable")]


def test_lines_and_id_cards_in_the_content(tmp_path: Path) -> None:
    follow_ups(sheet(tmp_path, [HEAD, ["张三", A, "小许", "2025-11-03", "电话", "第一行\r\n身份证 110101199003074578", None]]))
    assert FollowUp.objects.get().content == "第一行\n身份证 ******"


def test_an_unknown_author_is_matched_once(tmp_path: Path, shop: Shop, owner: Employee, employee: Employee) -> None:
    path = sheet(tmp_path)
    follow_ups(path)
    batch = ImportBatch.objects.get()
    assert [(name.text, name.rows) for name in matching.unknown_names(batch)] == [("阿花", 1)]
    matching.match(kind="owner", text="阿花", employee=owner, by=owner)
    assert [row[2:4] for row in contacts()] == [("小许", "小许"), ("钱总", "阿花")]
    assert figures(follow_ups(path)) == (0, 0, 2, 0)
    assert ImportRow.objects.filter(batch=ImportBatch.objects.latest("pk")).count() == 0
    assert Customer.objects.filter(owner__isnull=False).count() == 0


def test_an_archived_customer_stays_so(tmp_path: Path) -> None:
    make_customer("张三", A, archived_at=clock.now())
    assert figures(follow_ups(sheet(tmp_path))) == (2, 0, 0, 0)
    assert Customer.everyone.get(phone=A).archived_at is not None
