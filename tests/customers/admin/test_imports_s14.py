"""The happy path with a sheet as shops have it: 会员台账, from the upload to the undo."""

from io import BytesIO

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from customers.choices import BatchState
from customers.models import Channel, Consent, Customer, ImportMapping, ImportRow, Opening
from scrm.kit import jobs, money
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers.admin import imports_flow as flow
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db
NAME = "S14_会员台账.xlsx"
OUTCOMES = ("created", "updated", "unchanged", "merged", "rejected")
# key_S14.json under the default rule (any identity): row 22 comes in by her WeChat ID.
FIGURES = {"created": 26, "updated": 0, "unchanged": 0, "merged": 3, "rejected": 6}


@pytest.fixture
def sheet() -> bytes:
    return flow.case(f"sheets/{NAME}")


def test_columns_are_found_and_shown(desk: Client, sheet: bytes) -> None:
    batch = flow.uploaded(desk, sheet, NAME)
    page = desk.get(flow.url(batch))
    assert batch.state == BatchState.UPLOADED
    assert page.context["found"] == "The header was found in row 4; the 3 rows above it are left out."
    assert {choice.column.header: choice.target for choice in page.context["choices"]} == {
        "序号": "ignore", "姓名": "name", "性别": "gender", "生日": "birthday", "手机号": "phone", "微信号": "wechat_id",
        "会员等级": "opening_level", "可用积分": "points", "累计消费": "opening_spend", "标签": "tags",
        "入会日期": "known_since", "导购": "owner", "门店": "store", "备注": "note",
    }  # fmt: skip
    assert page.context["choices"][4].column.samples == ["13800001001", "13800001002", "138 0000 1003"]
    assert Customer.objects.count() == 0


def test_preview_says_what_the_run_then_does(desk: Client, sheet: bytes) -> None:
    batch = flow.preview(desk, flow.uploaded(desk, sheet, NAME))
    page = desk.get(flow.url(batch))
    assert batch.state == BatchState.PREVIEWED
    assert flow.values(page, "tile") == {**FIGURES, "conflicts": 1, "warnings": 4}
    assert {rule["value"]: (rule["taken"], rule["left_out"]) for rule in page.context["rules"]} == {
        "phone": (28, 7),
        "identity": (29, 6),
        "name": (34, 1),
    }
    assert [problem["row"] for problem in page.context["problems"]] == [
        14,
        17,
        18,
        19,
        20,
        21,
        23,
        25,
        29,
        39,
    ]
    assert page.context["more_problems"] == 1
    assert ("consultant", "小王", 4) in page.context["unknown"]
    assert Customer.objects.count() == ImportRow.objects.count() == 0

    ran = flow.run(desk, batch)
    assert {key: ran.counters[key] for key in FIGURES} == FIGURES
    assert flow.values(desk.get(flow.url(ran)), "tile") == {**FIGURES, "conflicts": 1, "warnings": 4}
    assert Customer.objects.count() == 26


def test_result_counts_are_the_rows_behind_them(desk: Client, sheet: bytes) -> None:
    batch = flow.imported(desk, sheet, NAME)
    page = desk.get(flow.url(batch))
    tiles = flow.values(page, "tile")
    assert tiles == {**FIGURES, "conflicts": 1, "warnings": 4}
    for key, count in tiles.items():
        assert len(flow.behind(desk, batch, key)) == count, key
    assert len(flow.behind(desk, batch, "all")) == 35 == sum(tiles[key] for key in OUTCOMES)
    assert flow.behind(desk, batch, "rejected") == [18, 19, 20, 21, 23, 25]
    assert flow.behind(desk, batch, "conflicts") == [29]
    filters = flow.values(desk.get(flow.url(batch, "rows")), "filter")
    assert filters == {"all": 35, **{key: count for key, count in tiles.items() if count}, "unknown": 10}
    assert flow.value(page, "new-people") == flow.value(page, "unowned") == 26


def test_opening_figures_and_points_are_named(desk: Client, sheet: bytes) -> None:
    batch = flow.imported(desk, sheet, NAME)
    page = desk.get(flow.url(batch)).content.decode()
    spent = Opening.objects.aggregate(sum=Sum("spend_fen"))["sum"]
    assert spent == 16528919
    assert f'data-fen="{spent}" data-people="{Opening.objects.count()}"' in page
    assert money.show(spent) in page
    assert "Points (可用积分) are kept on each customer" in page


def test_unknown_consultant_is_matched_once_and_for_all(
    desk: Client, operator: Employee, shop: Shop, sheet: bytes
) -> None:
    batch = flow.imported(desk, sheet, NAME)
    wang = make_employee("王美丽", Role.EMPLOYEE, department=shop.binjiang)
    first = make_department("第一门店", shop.company)
    assert {(name.kind, name.text): name.rows for name in desk.get(flow.url(batch)).context["unknown"]} == {
        ("owner", "小王"): 4, ("owner", "小李"): 3, ("owner", "小张"): 3,
        ("store", "一店"): 4, ("store", "二店"): 3, ("store", "三店"): 3,
    }  # fmt: skip
    rows = flow.behind(desk, batch, "unknown", kind="owner", text="小王")
    assert len(rows) == 4
    people = set(ImportRow.objects.filter(batch=batch, number__in=rows).values_list("customer_id", flat=True))

    answer = desk.post(
        flow.url(batch, "match"), {"kind": "owner", "text": "小王", "chosen": wang.pk}, follow=True
    )
    assert flow.told(answer) == [f"“小王” is {wang} from now on; {len(people)} customers got it."]
    assert set(Customer.objects.filter(owner=wang).values_list("pk", flat=True)) == people
    assert ("owner", "小王") not in {(name.kind, name.text) for name in answer.context["unknown"]}
    assert flow.value(answer, "unowned") == 26 - len(people)

    desk.post(flow.url(batch, "match"), {"kind": "store", "text": "一店", "chosen": first.pk})
    assert Customer.objects.filter(store=first).count() == len(people)
    again = flow.imported(desk, flow.csv("姓名,手机号,导购", "新客,13800009001,小王"))
    assert Customer.objects.get(phone="13800009001").owner == wang
    assert desk.get(flow.url(again)).context["unknown"] == []


def test_own_sheet_comes_back_with_reasons(desk: Client, sheet: bytes) -> None:
    batch = flow.imported(desk, sheet, NAME)
    page = desk.get(flow.url(batch)).content.decode()
    report = reverse("private_file", args=["import-report", batch.pk])
    assert f'href="{report}"' in page and f'href="{report}?only=problems"' in page
    full = load_workbook(BytesIO(b"".join(desk.get(report).streaming_content))).worksheets[0]
    assert [full.cell(18, column).value for column in (2, 17, 18)] == [
        "蒋五",
        "rejected",
        "手机号 (E18): “021-61234567” is a landline, a mobile number is needed",
    ]
    problems = load_workbook(
        BytesIO(b"".join(desk.get(f"{report}?only=problems").streaming_content))
    ).worksheets[0]
    assert problems.max_row == 1 + 6 + 1 + 4
    original = desk.get(reverse("private_file", args=["import-original", batch.pk]))
    assert b"".join(original.streaming_content) == sheet


def test_consent_is_recorded_on_its_ground(desk: Client, sheet: bytes) -> None:
    batch = flow.preview(desk, flow.uploaded(desk, sheet, NAME))
    flow.run(desk, batch, consent="yes", ground="入会表签字")
    grounds = Consent.objects.filter(batch=batch, given=True, purpose="promotion").values_list(
        "ground", flat=True
    )
    assert list(grounds) == ["入会表签字"] * 26
    assert "agreed to marketing: 入会表签字" in desk.get(flow.url(batch)).content.decode()


def test_second_upload_finds_the_mapping_and_changes_nothing(desk: Client, sheet: bytes) -> None:
    flow.imported(desk, sheet, NAME, remember_as="老系统台账")
    batch = flow.uploaded(desk, sheet, NAME)
    page = desk.get(flow.url(batch))
    assert page.context["remembered"] == "老系统台账"
    assert ImportMapping.objects.get().name == "老系统台账"
    again = flow.run(desk, flow.preview(desk, batch, remember_as="老系统台账"))
    assert (again.counters["created"], again.counters["updated"]) == (0, 0)
    assert Customer.objects.count() == 26


def test_undo_takes_everything_back(desk: Client, sheet: bytes) -> None:
    batch = flow.imported(desk, sheet, NAME)
    changed = Customer.objects.order_by("pk").first()
    assert changed is not None
    edit = reverse("admin:customers_customer_edit", args=[changed.pk])
    desk.post(edit, {"name": "改过的名字"})
    page = desk.get(flow.url(batch, "undo"))
    assert flow.values(page, "plan") == {"removed": 25, "kept": 1}

    answer = desk.post(flow.url(batch, "undo"))
    assert answer.url == flow.url(batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDOING
    assert desk.get(flow.url(batch)).context["may_cancel"] is False
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert list(Customer.everyone.values_list("name", flat=True)) == ["改过的名字"]
    assert Channel.objects.count() == 0
    done = desk.get(flow.url(batch))
    assert "Customers: 25 removed, 1 kept because somebody has worked with them since" in done.content.decode()
    assert 'id="undo"' not in done.content.decode()
    assert desk.get(flow.url(batch, "undo")).context["plan"].possible is False
    assert AuditEntry.objects.filter(action="import.undo_asked").count() == 1
