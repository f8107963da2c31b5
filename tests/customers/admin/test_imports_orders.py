"""A sheet of orders through the wizard: upload, columns and rules, preview, run, result, undo."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers.choices import BatchState
from customers.models import Customer, ImportBatch, ImportMapping, ImportRow, Order, OrderCredit, Refund
from customers.services.ordering import refunding
from scrm.kit import clock, jobs
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.admin import imports_flow as flow
from tests.customers.services.ordering import runs as order_runs
from tests.customers.services.ordering.runs import everything
from tests.factories.customers import identify, make_batch, make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
HEAD = ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价", "美容师", "原订单号"]
ROWS: list[list[Any]] = [
    HEAD,
    ["D1", "2026-05-01 10:00", A, "面膜", 2, 99, "许静", None],
    ["D1", "2026-05-01 10:00", A, "精华", 1, 398, "小何", None],
    ["D2", "2026-05-02", B, "面膜", 1, 99, None, None],
    ["D3", "2026-05-02", None, "面膜", 1, 99, None, None],
    ["D4", "2026-05-03", B, "面膜", 1, "面议", None, None],
    ["D5", "2026-05-03", B, "赠品", 1, 0, None, None],
    ["T1", "2026-05-04", A, "面膜", -1, 99, None, "D1"],
]


def uploaded(client: Client, *rows: list[Any], name: str = "订单.xlsx", kind: str = "orders") -> ImportBatch:
    content = flow.book(*(rows or ROWS))
    answer = client.post(reverse(flow.UPLOAD), {"file": SimpleUploadedFile(name, content), "kind": kind})
    batch = ImportBatch.objects.latest("pk")
    assert answer.url == flow.url(batch)
    return batch


def form_of(batch: ImportBatch, **changes: Any) -> dict[str, Any]:
    data = {f"target_{i}": target or "" for i, target in enumerate(batch.mapping["targets"])}
    return {**data, **batch.options, "new_source": "", "remember_as": "", **changes}


def previewed(client: Client, batch: ImportBatch, **changes: Any) -> ImportBatch:
    answer = client.post(flow.url(batch, "columns"), form_of(batch, **changes))
    assert (answer.status_code, answer.url) == (302, flow.url(batch))
    jobs.drain()
    batch.refresh_from_db()
    return batch


def imported(client: Client, *rows: list[Any], **changes: Any) -> ImportBatch:
    batch = previewed(client, uploaded(client, *rows), **changes)
    assert batch.state == BatchState.PREVIEWED
    return run(client, batch)


def run(client: Client, batch: ImportBatch) -> ImportBatch:
    assert client.post(flow.url(batch, "start")).status_code == 302
    jobs.drain()
    batch.refresh_from_db()
    return batch


def undo(client: Client, batch: ImportBatch) -> ImportBatch:
    client.post(flow.url(batch, "undo"))
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    return batch


# --- columns and rules ----------------------------------------------------------------------------------------


def test_the_columns_page_knows_what_it_can(desk: Client) -> None:
    batch = uploaded(desk)
    page = desk.get(flow.url(batch))
    assert batch.kind == "orders"
    assert batch.mapping["targets"] == [
        "number", "ordered_at", "customer", "product_name", "quantity", "unit_price", "employee", "refund_of",
    ]  # fmt: skip
    assert batch.options == {"source": "sheet", "key": "phone", "returns": "skip", "amount_is": "line"}
    assert (page.context["key_now"], page.context["source_now"], page.context["found"]) == ("phone", "sheet", "The header is row 1.")
    assert (page.context["other_kind"], page.context["nobody"]) == ("", False)


def test_cards_are_of_the_system_that_came_in_last(desk: Client) -> None:
    make_batch("老系统客户.csv", system="a1b2c3d4")
    make_batch("会员.xlsx", system="收银")
    batch = uploaded(desk, ["订单号", "会员卡号", "金额"], ["D1", "8801", 10])
    page = desk.get(flow.url(batch))
    assert page.context["key_now"] == "legacy:收银"
    assert page.context["keys"] == [
        ("phone", "mobile numbers"), ("legacy:收银", "card numbers of “收银”"), ("legacy:a1b2c3d4", "card numbers of “老系统客户.csv”"),
        ("member_no", "member numbers of our own programme"),
    ]  # fmt: skip


def test_rules_are_taken_over(desk: Client) -> None:
    identify(here := make_customer("张三", A), "legacy:收银", "8801")
    batch = uploaded(desk, ["订单号", "卡号", "金额"], ["D1", "8801", 10])
    batch = previewed(desk, batch, key="legacy:收银", new_source=" 美团 ", returns="record", amount_is="order", remember_as="美团账单")
    assert batch.options == {"source": "美团", "key": "legacy:收银", "returns": "record", "amount_is": "order"}
    run(desk, batch)
    order = Order.objects.get()
    assert (order.source, order.customer) == ("美团", here)
    mapping = ImportMapping.objects.get()
    assert (mapping.name, mapping.kind, mapping.columns) == ("美团账单", "orders", {"订单号": "number", "卡号": "customer", "金额": "amount"})
    again = uploaded(desk, ["订单号", "卡号", "金额"], ["D2", "8801", 10])
    page = desk.get(flow.url(again))
    assert (again.mapping_name, page.context["sources"]) == ("美团账单", ["美团"])
    # A saved mapping of orders says nothing of customers.
    assert flow.uploaded(desk, flow.book(["订单号", "卡号", "金额"], ["D2", "8801", 10])).mapping_name == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target_2": ""}, "No column says who bought (a mobile number, a card number). Say which one it is."),
        ({"target_5": ""}, "No column says what was paid (an amount or a unit price). Say which one it is."),
        ({"target_0": "customer"}, "Two columns are “Customer (number or card)”. Choose one of them and leave the other one unread."),
        ({"target_0": "salary"}, "A chosen field does not exist any more. Open the page again."),
        ({"key": "name"}, "“name” tells no customer: write phone, member_no or legacy:NAME."),
        ({"returns": "eat"}, "Choose one of the rules."),
        ({"amount_is": "cell"}, "Choose one of the rules."),
    ],
)
def test_what_cannot_be_taken_keeps_every_choice(desk: Client, changes: dict[str, str], said: str) -> None:
    batch = uploaded(desk)
    page = desk.post(flow.url(batch, "columns"), form_of(batch, new_source="抖音", remember_as="存", **changes))
    assert flow.told(page) == [said]
    assert (page.context["new_source"], page.context["remember_as"]) == ("抖音", "存")
    batch.refresh_from_db()
    assert (batch.state, batch.options["source"], ImportMapping.objects.count()) == (BatchState.UPLOADED, "sheet", 0)


def test_the_wrong_kind_is_said_and_changed_with_one_tap(desk: Client) -> None:
    batch = uploaded(desk, kind="customers")
    page = desk.get(flow.url(batch))
    assert page.context["other_kind"] == "orders" and "This looks like a list of orders" in page.content.decode()
    desk.post(flow.url(batch, "kind"), {"kind": "orders"})
    batch.refresh_from_db()
    assert (batch.kind, batch.mapping["targets"][0], desk.get(flow.url(batch)).context["other_kind"]) == ("orders", "number", "")
    people = uploaded(desk, ["姓名", "手机号", "生日"], ["张三", A, "1990-05-01"])
    assert desk.get(flow.url(people)).context["other_kind"] == "customers"
    desk.post(flow.url(people, "kind"), {"kind": "customers"})
    people.refresh_from_db()
    assert (people.kind, people.mapping["targets"]) == ("customers", ["name", "phone", "birthday"])
    assert flow.told(desk.post(flow.url(people, "kind"), {"kind": "cars"}, follow=True)) == ["Choose what the rows of the sheet are."]
    flow.run(desk, flow.preview(desk, people))
    assert flow.told(desk.post(flow.url(people, "kind"), {"kind": "orders"}, follow=True)) == [
        "The import has moved on meanwhile. Look at its page again."
    ]


# --- preview, run, result -------------------------------------------------------------------------------------


def test_the_preview_says_what_the_run_then_does(desk: Client) -> None:
    make_employee("许静")
    batch = previewed(desk, uploaded(desk))
    page = desk.get(flow.url(batch))
    sentence = (
        "7 rows: 3 rows of goods, 1 without a customer, 1 returns, 1 with nothing paid, 1 failed; 1 rows such as the header are not "
        "counted. Orders: 2 new, 0 changed, 0 unchanged; net ¥695.00"
    )
    tiles = {
        "orders_created": 2, "orders_updated": 0, "orders_unchanged": 0, "customers_created": 2, "no_customer": 1, "returns": 1, "free": 1,
        "rejected": 1,
    }  # fmt: skip
    assert (page.context["sentence"], page.context["net"], page.context["orders"]) == (sentence, "¥695.00", 2)
    assert flow.values(page, "tile") == tiles
    assert [(p["row"], p["bad"]) for p in page.context["problems"]] == [(6, True), (5, True), (7, True), (8, True), (3, False)]
    assert page.context["unknown"] == [("小何", 1)]
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)

    ran = run(desk, batch)
    result = desk.get(flow.url(ran))
    assert (ran.state, result.context["sentence"], flow.values(result, "tile")) == (BatchState.DONE, sentence, tiles)
    assert flow.behind(desk, ran, "no_customer") == [5]
    assert flow.behind(desk, ran, "return") == [8]
    assert flow.behind(desk, ran, "rejected") == [6]
    assert flow.behind(desk, ran, "free") == [7]
    assert flow.behind(desk, ran, "unknown") == [3]
    assert flow.behind(desk, ran, "all") == [3, 5, 6, 7, 8]
    assert sentence in desk.get(reverse(flow.LIST)).content.decode()
    assert desk.get(flow.url(ran, "rows"), {"show": "created"}).status_code == 404


def test_returns_as_refunds(desk: Client) -> None:
    batch = imported(desk, returns="record")
    assert (Refund.objects.get().amount_fen, Order.objects.get(number="D1").refunded_fen) == (9900, 9900)
    assert desk.get(flow.url(batch)).context["net"] == "¥596.00"


def test_an_unknown_name_is_matched_once_and_gets_her_share(desk: Client) -> None:
    xu, he = make_employee("许静"), make_employee("何莹")
    batch = imported(desk)
    page = desk.get(flow.url(batch))
    assert [(name.kind, name.text, name.rows) for name in page.context["unknown"]] == [("owner", "小何", 1)]
    desk.post(flow.url(batch, "match"), {"kind": "owner", "text": "小何", "chosen": he.pk})
    assert list(OrderCredit.objects.order_by("pk").values_list("order__number", "employee", "role", "share_bp")) == [
        ("D1", xu.pk, "opener", 3322), ("D1", he.pk, "helper", 6678),
    ]  # fmt: skip
    # Who served is not who looks after her.
    assert set(Customer.objects.values_list("owner", flat=True)) == {None}
    assert desk.get(flow.url(batch)).context["unknown"] == []


def test_the_report_comes_back(desk: Client, tmp_path: Any) -> None:
    batch = imported(desk)
    out = tmp_path / "回.xlsx"
    with translation.override("en"):
        answer = desk.get(reverse("private_file", args=["import-report", batch.pk]))
    out.write_bytes(b"".join(answer.streaming_content))
    rows = sheets.rows_of_xlsx(out)
    assert [row[8] for row in rows] == ["导入结果", "booked", "booked", None, "not booked", "rejected", "not booked", "not booked"]
    problems = desk.get(reverse("private_file", args=["import-report", batch.pk]), {"only": "problems"})
    out.write_bytes(b"".join(problems.streaming_content))
    assert [row[0] for row in sheets.rows_of_xlsx(out)] == ["订单号", "D1", "D1", "D3", "D4", "D5", "T1"]


def test_a_preview_that_turns_out_to_be_impossible(desk: Client) -> None:
    batch = previewed(desk, uploaded(desk, ["订单号", "手机号", "金额"], ["合计", None, None]))
    assert batch.state == BatchState.REFUSED
    page = desk.get(flow.url(batch)).content.decode()
    assert "表头下面没有数据行" in page and flow.url(batch, "columns") in page


def test_another_import_meanwhile(desk: Client) -> None:
    batch = previewed(desk, uploaded(desk))
    imported(desk)
    assert 'id="overtaken"' in desk.get(flow.url(batch)).content.decode()
    desk.post(flow.url(batch, "rule"))
    jobs.drain()
    batch.refresh_from_db()
    assert (batch.state, batch.preview["counters"]["orders_unchanged"]) == (BatchState.PREVIEWED, 2)


@pytest.mark.parametrize("who", ["manager", "employee", "agency"])
def test_only_head_office_gets_there(who: str, desk: Client, client: Client, request: Any) -> None:
    batch = previewed(desk, uploaded(desk))
    client.force_login(request.getfixturevalue(who))
    for name in ("change", "columns", "rows", "undo"):
        assert client.get(flow.url(batch, name)).status_code == 403
    for name in ("kind", "columns", "rule", "start", "undo", "match"):
        assert client.post(flow.url(batch, name)).status_code == 403
    batch.refresh_from_db()
    assert (batch.kind, batch.state, Order.objects.count()) == ("orders", BatchState.PREVIEWED, 0)


# --- undo -----------------------------------------------------------------------------------------------------


def test_undo_takes_orders_refunds_and_people_back(desk: Client) -> None:
    here = make_customer("李四", B)
    batch = imported(desk, returns="record")
    page = desk.get(flow.url(batch, "undo"))
    assert flow.values(page, "plan") == {"orders-removed": 2, "refunds-removed": 1, "removed": 1}
    undone = undo(desk, batch)
    assert (Order.objects.count(), Refund.objects.count(), list(Customer.everyone.all())) == (0, 0, [here])
    assert undone.counters["undo"]["orders_removed"] == 2
    said = desk.get(flow.url(batch)).content.decode()
    assert "2 orders removed, 1 refunds removed, 1 customers removed" in said and 'id="next"' not in said


def test_who_was_made_is_offered_only_where_somebody_was(desk: Client) -> None:
    first, again = imported(desk), imported(desk)
    assert ['id="next"' in desk.get(flow.url(batch)).content.decode() for batch in (first, again)] == [True, False]


# --- the same file once more --------------------------------------------------------------------------------


def test_the_same_file_begins_with_the_source_and_rules_it_had(desk: Client, tmp_path: Any) -> None:
    path = tmp_path / "订单.csv"
    path.write_text("订单号,手机号,金额\nD1,13777000001,300\nD1,13777000001,\n", encoding="utf-8")
    order_runs.run(path, "--source", "美团", "--amount-is", "order", "--returns", "record")
    as_orders = {"file": SimpleUploadedFile("改了名.csv", path.read_bytes()), "kind": "orders"}
    desk.post(reverse(flow.UPLOAD), as_orders)
    batch = ImportBatch.objects.latest("pk")
    assert batch.options == {"source": "美团", "key": "phone", "returns": "record", "amount_is": "order"}
    page = desk.get(flow.url(batch))
    assert (page.context["source_now"], page.context["returns_now"], page.context["amount_is_now"]) == ("美团", "record", "order")
    assert page.context["notes"][-1] == (
        "Source and rules are filled in as they were then (source: 美团), so that nothing comes in twice."
    )
    ran = run(desk, previewed(desk, batch))
    assert (ran.counters["orders_created"], ran.counters["orders_unchanged"], Order.objects.count()) == (0, 1, 1)


def test_another_source_than_the_same_file_had_is_said(desk: Client) -> None:
    imported(desk)
    batch = previewed(desk, uploaded(desk), new_source="抖音")
    assert desk.get(flow.url(batch)).context["notes"][-1] == (
        "Then its source was “a sheet”. Under another source its rows count as new and come in a second time."
    )
    # Where the first one was undone, nothing is there to come in twice.
    undo(desk, ImportBatch.objects.earliest("pk"))
    assert desk.get(flow.url(batch)).context["notes"] == []


def test_who_left_is_offered_last_and_marked(desk: Client) -> None:
    gone, here = make_employee("白露", is_active=False), make_employee("许静")
    batch = imported(desk)
    page = desk.get(flow.url(batch))
    offered = [employee.name for employee in page.context["owners"]]
    assert (offered[-1], here.name in offered) == ("白露", True)
    assert f'<option value="{gone.pk}">白露 (has left)</option>' in page.content.decode()
    desk.post(flow.url(batch, "match"), {"kind": "owner", "text": "小何", "chosen": gone.pk})
    assert OrderCredit.objects.get(employee=gone).order.number == "D1"


def test_orders_that_were_here_become_what_they_were(desk: Client) -> None:
    xu = make_employee("许静")
    imported(desk)
    before = everything()
    changed = [HEAD, ["D1", "2026-06-01", B, "面膜", 5, 99, "王蕾", None], ["D9", "2026-06-01", A, "面膜", 1, 99, None, None]]
    make_employee("王蕾")
    batch = imported(desk, *changed)
    assert everything() != before
    assert flow.values(desk.get(flow.url(batch, "undo")), "plan") == {"orders-removed": 1, "orders-restored": 1, "removed": 0}
    undo(desk, batch)
    assert everything() == before
    assert OrderCredit.objects.get().employee == xu


def test_what_was_touched_since_stays(desk: Client, owner: Employee) -> None:
    batch = imported(desk)
    refunding.refund(Order.objects.get(number="D2"), amount_fen=100, by=owner)
    assert flow.values(desk.get(flow.url(batch, "undo")), "plan") == {"orders-removed": 1, "orders-kept": 1, "removed": 1, "kept": 1}
    undone = undo(desk, batch)
    kept = Order.objects.get()
    assert (kept.number, kept.batch, kept.customer.phone, Customer.objects.count()) == ("D2", None, B, 1)
    assert (undone.counters["undo"]["orders_kept"], undone.counters["undo"]["kept"]) == (1, 1)


def test_a_later_sheet_that_changed_an_order_holds_it(desk: Client) -> None:
    first = imported(desk)
    imported(desk, HEAD, ["D2", "2026-05-02", B, "面膜", 3, 99, None, None])
    assert flow.values(desk.get(flow.url(first, "undo")), "plan")["orders-kept"] == 1
    undo(desk, first)
    assert list(Order.objects.values_list("number", "paid_fen")) == [("D2", 29700)]


def test_people_with_other_orders_stay(desk: Client) -> None:
    batch = imported(desk)
    make_order(Customer.objects.get(phone=A))
    undo(desk, batch)
    assert list(Customer.objects.values_list("phone", flat=True)) == [A]


def test_a_change_by_hand_since_is_not_overwritten_by_undo(desk: Client) -> None:
    imported(desk)
    batch = imported(desk, HEAD, ["D2", "2026-05-02", B, "面膜", 3, 99, None, None])
    Order.objects.filter(number="D2").update(digest="somebody else")
    undo(desk, batch)
    assert Order.objects.get(number="D2").paid_fen == 29700


def test_undo_ends_with_the_file_and_rows_forget_their_cells(desk: Client) -> None:
    from customers.services.importing import forgetting

    batch = imported(desk)
    ImportBatch.objects.update(created_at=clock.now() - timedelta(days=31))
    assert forgetting.forget_uploads() == 1
    assert "undo ended with it" in desk.get(flow.url(batch, "undo")).content.decode()
    assert desk.get(flow.url(batch)).status_code == 200
    assert set(ImportRow.objects.filter(batch=batch).values_list("cells", flat=True)) == {None}
