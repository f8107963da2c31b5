"""Sheets of appointments and follow-ups through the wizard: upload, columns, preview, run, result, rows, undo."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers.choices import BatchState
from customers.models import Appointment, Customer, FollowUp, ImportBatch, ImportMapping
from scrm.kit import jobs
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers.admin import imports_flow as flow
from tests.customers.services.contact_sheets.runs import booked, contacts

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
BOOK = ["预约编号", "手机号", "门店", "服务项目", "技师", "预约时间", "状态"]
BOOKED: list[list[Any]] = [
    BOOK,
    ["Y1", A, "滨江店", "补水", "小许", "2025-11-03 14:00-15:30", "已完成"],
    ["Y2", B, "滨江", "补水", "阿花", "2025-11-04 10:00", "飞了"],
    ["Y3", None, "滨江店", "补水", "小许", "2025-11-05", "已完成"],
]
TOLD: list[list[Any]] = [
    ["客户名称", "手机号", "跟进人", "跟进时间", "跟进方式", "跟进内容"],
    ["张三", A, "阿花", "2025-11-03 14:05", "电话", "问了补水护理"],
]


def uploaded(client: Client, rows: list[list[Any]], kind: str) -> ImportBatch:
    answer = client.post(reverse(flow.UPLOAD), {"file": SimpleUploadedFile("表.xlsx", flow.book(*rows)), "kind": kind})
    batch = ImportBatch.objects.latest("pk")
    assert answer.url == flow.url(batch)
    return batch


def previewed(client: Client, batch: ImportBatch, **changes: Any) -> ImportBatch:
    data = {f"target_{i}": target or "" for i, target in enumerate(batch.mapping["targets"])}
    answer = client.post(flow.url(batch, "columns"), {**data, **batch.options, "new_source": "", "remember_as": "", **changes})
    assert answer.status_code == 302
    jobs.drain()
    batch.refresh_from_db()
    return batch


def run(client: Client, batch: ImportBatch) -> ImportBatch:
    assert client.post(flow.url(batch, "start")).status_code == 302
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    return batch


def test_appointments_from_upload_to_undo(desk: Client, shop: Shop, employee: Employee) -> None:
    batch = uploaded(desk, BOOKED, "appointments")
    page = desk.get(flow.url(batch))
    assert batch.mapping["targets"] == ["number", "customer", "store", "service", "employee", "at", "state"]
    assert (page.context["key_now"], page.context["numbered"], page.context["other_kind"]) == ("phone", True, "")
    batch = previewed(desk, batch, new_source="美团", remember_as="美团预约")
    page = desk.get(flow.url(batch))
    assert page.context["sentence"] == (
        "3 rows: 2 new, 0 updated, 0 unchanged, 1 failed; 1 rows such as the header are not counted; 2 customers made"
    )
    assert page.context["rules"] == ["Source: 美团", "The customer column holds mobile numbers"]
    assert [(text, rows) for _what, text, rows in page.context["unknown"]] == [("阿花", 1), ("滨江", 1)]
    assert [(row["row"], row["bad"]) for row in page.context["problems"]] == [(4, True), (2, False), (3, False)]
    assert Appointment.objects.count() == 0
    batch = run(desk, batch)
    page = desk.get(flow.url(batch))
    assert flow.values(page, "tile") == {
        "created": 2, "updated": 0, "unchanged": 0, "customers_created": 2, "rejected": 1, "warnings": 5,
    }  # fmt: skip
    assert booked() == [("Y1", A, "2025-11-03 14:00", 90, "arrived"), ("Y2", B, "2025-11-04 10:00", 60, "booked")]
    assert flow.behind(desk, batch, "rejected") == [4]
    assert flow.behind(desk, batch, "warnings") == [2, 3]
    assert flow.behind(desk, batch, "unknown", kind="store", text="滨江") == [3]
    desk.post(flow.url(batch, "match"), {"kind": "store", "text": "滨江", "chosen": shop.binjiang.pk})
    assert Appointment.objects.get(number="Y2").store == shop.binjiang
    assert ImportMapping.objects.get().kind == "appointments"
    report = desk.get(reverse("private_file", args=["import-report", batch.pk]))
    assert report.status_code == 200 and len(b"".join(report.streaming_content)) > 1_000
    plan = desk.get(flow.url(batch, "undo"))
    assert flow.values(plan, "plan") == {"entries-removed": 2, "removed": 2}
    desk.post(flow.url(batch, "undo"))
    jobs.drain()
    assert (Appointment.objects.count(), Customer.objects.count()) == (0, 0)
    assert "2 rows taken back, 2 customers removed" in desk.get(flow.url(batch)).content.decode()
    assert "2 rows taken back" in desk.get(reverse(flow.LIST)).content.decode()


def test_the_same_file_begins_with_the_source_it_had(desk: Client, shop: Shop, employee: Employee) -> None:
    run(desk, previewed(desk, uploaded(desk, BOOKED, "appointments"), new_source="美团"))
    batch = uploaded(desk, BOOKED, "appointments")
    assert batch.options == {"source": "美团", "key": "phone"}
    assert "as they were then (source: 美团)" in desk.get(flow.url(batch)).context["notes"][-1]
    assert run(desk, previewed(desk, batch)).counters["created"] == 0


def test_follow_ups_from_upload_to_undo(desk: Client, shop: Shop, owner: Employee) -> None:
    batch = uploaded(desk, TOLD, "follow_ups")
    page = desk.get(flow.url(batch))
    assert batch.mapping["targets"] == ["customer_name", "customer", "employee", "at", "medium", "content"]
    assert (page.context["numbered"], 'id="source"' in page.content.decode()) == (False, False)
    batch = run(desk, previewed(desk, batch))
    assert contacts() == [(A, "2025-11-03 14:05", None, "阿花", "phone", "问了补水护理")]
    desk.post(flow.url(batch, "match"), {"kind": "owner", "text": "阿花", "chosen": owner.pk})
    assert FollowUp.objects.get().author == owner
    desk.post(flow.url(batch, "undo"))
    jobs.drain()
    assert (FollowUp.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("rows", "kind", "other"),
    [
        (BOOKED, "customers", "appointments"), (BOOKED, "orders", "appointments"), (TOLD, "customers", "follow_ups"),
        (TOLD, "appointments", "follow_ups"), (BOOKED, "appointments", ""), (TOLD, "follow_ups", ""),
        ([["姓名", "手机号", "备注"], ["张三", A, "好"]], "appointments", "customers"),
        ([["姓名", "手机号", "备注", "最近跟进时间"], ["张三", A, "好", "2025-01-01"]], "customers", ""),
        ([["订单号", "手机号", "商品名称", "金额", "下单时间"], ["D1", A, "面膜", 9, "2025-01-01"]], "follow_ups", "orders"),
    ],
)  # fmt: skip
def test_another_kind_of_sheet_is_noticed(desk: Client, rows: Any, kind: str, other: str) -> None:
    batch = uploaded(desk, rows, kind)
    page = desk.get(flow.url(batch))
    assert page.context["other_kind"] == other
    if other:
        desk.post(flow.url(batch, "kind"), {"kind": other})
        batch.refresh_from_db()
        assert (batch.kind, desk.get(flow.url(batch)).context["other_kind"]) == (other, "")


def test_what_was_chosen_is_not_lost_by_a_refusal(desk: Client) -> None:
    batch = uploaded(desk, TOLD, "follow_ups")
    data = {f"target_{i}": target or "" for i, target in enumerate(batch.mapping["targets"])}
    page = desk.post(flow.url(batch, "columns"), {**data, "target_3": "", "key": "phone", "remember_as": "嗯"}, follow=True)
    assert flow.told(page) == ["No column says when the contacts were. Say which one it is."]
    assert [target for _column, target in page.context["choices"]] == ["customer_name", "customer", "employee", "", "medium", "content"]
    assert page.context["remember_as"] == "嗯"


@pytest.mark.parametrize("kind", ["appointments", "follow_ups"])
def test_in_chinese(operator: Employee, client: Client, kind: str) -> None:
    client.force_login(operator)
    with translation.override("zh-hans"):
        batch = uploaded(client, BOOKED if kind == "appointments" else TOLD, kind)
        pages = [client.get(flow.url(batch)).content.decode()]
        batch = previewed(client, batch)
        pages.append(client.get(flow.url(batch)).content.decode())
        batch = run(client, batch)
        pages.append(client.get(flow.url(batch)).content.decode())
    assert ("这些预约从哪里来？" in pages[0]) == (kind == "appointments")
    assert f"导入 {2 if kind == 'appointments' else 1} 行" in pages[1]
    assert "没对上的顾问" in pages[2]


def test_whoever_may_not_import_sees_nothing(desk: Client, manager: Employee) -> None:
    batch = uploaded(desk, TOLD, "follow_ups")
    desk.force_login(manager)
    assert desk.get(flow.url(batch)).status_code == 403
    assert desk.post(flow.url(batch, "kind"), {"kind": "orders"}).status_code == 403


def test_the_figures_of_a_run_cost_the_same_with_more_rows(desk: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in (1, 3):
        rows = [TOLD[0], *([f"客{i}", f"138000{n}{i:04}", "阿花", "2025-11-03", "电话", "好"] for i in range(n))]
        batch = previewed(desk, uploaded(desk, rows, "follow_ups"))
        desk.post(flow.url(batch, "start"))
        with CaptureQueriesContext(connection) as queries:
            jobs.drain()
        counts.append(len(queries))
    assert counts[0] == counts[1]
