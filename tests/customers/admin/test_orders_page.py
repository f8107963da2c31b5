"""The page of one order, and its doors: giving back, approving, cancelling. Each role × each door."""

import re
from datetime import UTC, datetime

import pytest

from customers.choices import Approval, CreditRole, ImportKind, OrderState
from customers.models import Order, Refund
from customers.services.ordering import refunding
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.customers import make_batch, make_channel, make_customer
from tests.factories.orders import credit, make_line, make_order, make_product

pytestmark = pytest.mark.django_db
BASE = "/admin/customers/order/"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


@pytest.fixture
def order(juan, shop, employee, manager):
    made = make_order(
        juan, source="taobao", number="TB1", goods_fen=130000, discount_fen=10000, freight_fen=3450, paid_fen=123450,
        stored_value_fen=20000, ordered_at=datetime(2026, 5, 1, 4, tzinfo=UTC), store=shop.binjiang,
        channel=make_channel("抖音"), batch=make_batch("订单.xlsx", kind=ImportKind.ORDERS),
    )  # fmt: skip
    make_line(made, make_product("面膜"), amount_fen=100000, quantity="2.000", unit_price="500.0000")
    make_line(made, None, amount_fen=30000, quantity="1.500", unit_price=None)
    credit(made, employee, 6_667)
    credit(made, manager, 3_333, CreditRole.HELPER)
    return made


@pytest.fixture
def foreign(shop):
    return make_order(make_customer("李小明", "13900000022", store=shop.xihu))


def text_of(response, part):
    page = response.content.decode()
    start = page.index(f'id="{part}"')
    end = re.compile(r"</section>|</form>").search(page, start).start()
    return " ".join(re.sub(r"<[^>]+>", " ", page[start:end].partition(">")[2]).split())


def messages(response):
    return [str(said) for said in response.context["messages"]]


def door(order, name="change"):
    return f"{BASE}{order.pk}/{name}/"


# (method, path, data, answers for own, answers for foreign): owner, operator, manager, employee, agency
DOORS = {
    "page": ("get", "change", {}, (200, 200, 200, 200, 403), (200, 200, 404, 404, 403)),
    "refund": ("get", "refund", {}, (200, 200, 200, 403, 403), (200, 200, 404, 404, 403)),
    "refund plan": ("post", "refund", {"amount": "1"}, (200, 200, 200, 403, 403), (200, 200, 404, 404, 403)),
    "paid": ("get", "paid", {}, (302, 302, 302, 403, 403), (302, 302, 404, 404, 403)),
    "handed over": ("post", "handed-over", {}, (302, 302, 302, 302, 403), (302, 302, 404, 404, 403)),
    "cancel": ("get", "cancel", {}, (302, 302, 302, 403, 403), (302, 302, 404, 404, 403)),
    "decide": ("post", "decide", {"decision": "approve"}, (302, 302, 302, 403, 403), (302, 302, 404, 404, 403)),
    "decide by link": ("get", "decide", {}, (405, 405, 405, 405, 405), (405, 405, 405, 405, 405)),
    "save": ("post", "change", {"paid_fen": "1"}, (200, 200, 200, 200, 403), (200, 200, 404, 404, 403)),
    "delete": ("post", "delete", {"post": "yes"}, (403, 403, 403, 403, 403), (403, 403, 403, 403, 403)),
    "history": ("get", "history", {}, (404, 404, 404, 404, 404), (404, 404, 404, 404, 404)),
}


@pytest.mark.parametrize("name", DOORS)
def test_doors_of_one_order(client, everyone, order, foreign, name):
    method, path, data, own, other = DOORS[name]
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = tuple(getattr(client, method)(door(one, path), data).status_code for one in (order, foreign))
    assert answers == dict(zip(Role, zip(own, other, strict=True), strict=True))
    order.refresh_from_db()
    assert (order.paid_fen, order.refunded_fen, order.state, order.approval) == (123450, 0, "fulfilled", "")


@pytest.mark.parametrize("pk", ["0", "999999", "x", "-1", "99999999999999999999", "1e3"])
@pytest.mark.parametrize("path", ["change", "refund", "cancel"])
def test_one_that_never_was(client, owner, pk, path):
    client.force_login(owner)
    assert client.get(f"{BASE}{pk}/{path}/").status_code == 404


def test_what_stands_there(client, owner, manager, order):
    refunding.refund(order, amount_fen=3450, by=manager, reason="破损", lines=[order.lines.first()])
    client.force_login(owner)
    page = client.get(door(order))
    assert text_of(page, "order-number").startswith("TB1 fulfilled")
    assert text_of(page, "figures") == (
        "Goods ¥1,300.00 Discount -¥100.00 Freight ¥34.50 Paid ¥1,234.50 of it from stored value ¥200.00"
        " Refunded -¥34.50 Net ¥1,200.00"
    )
    assert text_of(page, "lines") == "Bought 面膜 given back ¥500 × 2 ¥1,000.00 (no product) × 1.5 ¥300.00"
    assert re.fullmatch(r"Refunds 破损 · 面膜 ¥34\.50 \d{4}-\d\d-\d\d \d\d:\d\d · 李店长", text_of(page, "refunds"))
    assert text_of(page, "served") == "Who served 小许 opened the order 66.67% 李店长 helped 33.33%"
    assert text_of(page, "order-source").startswith("taobao · 抖音")
    assert f"/admin/customers/importbatch/{order.batch_id}/change/" in page.content.decode()


def test_the_import_is_no_link_for_who_may_not_import(client, employee, order):
    client.force_login(employee)
    page = client.get(door(order)).content.decode()
    assert ("importbatch" in page, f"import #{order.batch_id}" in page) == (False, True)
    assert 'id="refund-link"' not in page


def test_no_number_leaks_from_a_page(client, employee, order):
    Order.objects.filter(pk=order.pk).update(number="D13700002222", note="打 13600003333", source="店13500004444")
    order.customer.name = "王小娟 13900001111"
    order.customer.save(update_fields=["name"])
    client.force_login(employee)
    page = client.get(door(order)).content.decode()
    masks = ("137****2222", "136****3333", "135****4444", "139****1111", "138****0021")
    assert [mask in page for mask in masks] == [True] * 5
    assert re.findall(r"1[3-9]\d{9}", page) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_as_much_with_many_lines(client, owner, manager, order, rows, django_assert_num_queries):
    for _time in range(rows - 1):
        line = make_line(order, make_product())
        refunding.refund(order, amount_fen=100, by=manager, lines=[line])
    refunding.refund(order, amount_fen=100, by=manager, lines=[order.lines.first()])
    client.force_login(owner)
    client.get(door(order))
    with django_assert_num_queries(7):
        client.get(door(order))


class TestGivingBack:
    def post(self, client, order, **data):
        return client.post(door(order, "refund"), {"seen": order.refunded_fen, **data})

    def test_asked_then_planned_then_done(self, client, manager, order):
        client.force_login(manager)
        asked = client.get(door(order, "refund"))
        assert re.search(r"<span[^>]*>\s*Give money back\s*</span>", asked.content.decode())
        assert 'name="amount" value="1234.50"' in asked.content.decode()
        line = order.lines.first()
        data = {"amount": "34.5元", "reason": "破损", "lines": [line.pk]}
        plan = self.post(client, order, step="plan", **data)
        assert text_of(plan, "sure") .startswith("Give back ¥34.50? 面膜 × 2 Reason: 破损 Afterwards ¥1,200.00")
        assert Refund.objects.count() == 0
        done = self.post(client, order, step="do", **data)
        assert (done.status_code, done["Location"]) == (302, door(order))
        made = Refund.objects.get()
        assert (made.amount_fen, made.reason, made.recorded_by, list(made.lines.all())) == (3450, "破损", manager, [line])
        order.refresh_from_db()
        assert (order.refunded_fen, order.net_fen) == (3450, 120000)
        assert AuditEntry.objects.get(action="order.refunded").detail == {"amount_fen": 3450}

    def test_sent_twice_it_gives_back_once(self, client, manager, order):
        client.force_login(manager)
        data = {"step": "do", "amount": "100", "seen": 0, "reason": "破损"}
        assert client.post(door(order, "refund"), data).status_code == 302
        again = client.post(door(order, "refund"), data)
        page = again.content.decode()
        assert "Meanwhile ¥100.00 of this order is given back." in page
        assert ('value="破损"' in page, 'value="100"' in page, 'name="seen" value="10000"' in page) == (True, True, True)
        assert Refund.objects.count() == 1

    @pytest.mark.parametrize(
        ("amount", "said"),
        [
            ("", "This field is required."),
            ("0", "Write how much is given back."),
            ("-5", "An amount cannot be below zero."),
            ("1e3", "Write an amount in yuan, for example 199 or 199.50."),
            ("一百", "Write an amount in yuan, for example 199 or 199.50."),
            ("1234.51", "Only ¥1,234.50 of this order can still be given back."),
        ],
    )
    @pytest.mark.parametrize("step", ["plan", "do"])
    def test_what_cannot_be_is_said_and_kept(self, client, owner, order, amount, said, step):
        client.force_login(owner)
        page = self.post(client, order, step=step, amount=amount, reason="破损").content.decode()
        assert (said in page.replace("&#x27;", "'"), 'value="破损"' in page, Refund.objects.count()) == (True, True, 0)

    def test_a_line_of_another_order(self, client, owner, order, foreign):
        line = make_line(foreign)
        client.force_login(owner)
        page = self.post(client, order, step="do", amount="1", lines=[line.pk]).content.decode()
        assert ("A line of another order was chosen." in page, Refund.objects.count()) == (True, 0)

    def test_back_to_change_something(self, client, owner, order):
        client.force_login(owner)
        page = self.post(client, order, step="edit", amount="12", reason="破损").content.decode()
        assert ('id="sure"' in page, 'value="12"' in page, 'value="破损"' in page) == (False, True, True)

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"state": OrderState.PLACED}, "Only an order that is paid and agreed to can be given back."),
            ({"approval": Approval.PENDING}, "Only an order that is paid and agreed to can be given back."),
            ({"refunded_fen": 123450}, "All of this order is given back already."),
        ],
    )
    def test_an_order_that_cannot_be_given_back(self, client, owner, order, fields, said):
        Order.objects.filter(pk=order.pk).update(**fields)
        client.force_login(owner)
        response = client.post(door(order, "refund"), {"step": "do", "amount": "1", "seen": 0}, follow=True)
        assert (messages(response), Refund.objects.count()) == ([said], 0)


class TestDeciding:
    @pytest.fixture
    def waiting(self, juan, employee):
        return make_order(juan, source="hand", approval=Approval.PENDING, entered_by=employee)

    def decide(self, client, order, decision, note=""):
        return client.post(door(order, "decide"), {"decision": decision, "note": note}, follow=True)

    def test_approved(self, client, manager, waiting):
        client.force_login(manager)
        assert "Waits for approval" in text_of(client.get(door(waiting)), "approval")
        assert messages(self.decide(client, waiting, "approve")) == ["The order is approved and counts from now on."]
        waiting.refresh_from_db()
        assert (waiting.approval, waiting.approved_by) == (Approval.APPROVED, manager)
        assert list(Order.objects.counting()) == [waiting]

    def test_not_approved_says_why(self, client, manager, employee, waiting):
        client.force_login(manager)
        assert messages(self.decide(client, waiting, "reject", "  ")) == [
            "Write why, so that whoever entered it knows what to do."
        ]
        self.decide(client, waiting, "reject", "凭证看不清 13700001111")
        client.force_login(employee)
        page = client.get(door(waiting))
        assert re.fullmatch(
            r"Not approved by 李店长 on \S+ \S+ 凭证看不清 137\*{4}1111 Enter it anew", text_of(page, "approval")
        )
        assert "This order is in no figure" in text_of(page, "figures")
        assert list(Order.objects.counting()) == []

    def test_the_second_of_two_is_told(self, client, manager, owner, waiting):
        client.force_login(manager)
        self.decide(client, waiting, "approve")
        client.force_login(owner)
        (said,) = messages(self.decide(client, waiting, "reject", "不对"))
        assert re.fullmatch(r"李店长 has approved this order already, on \S+ \S+\.", said)
        waiting.refresh_from_db()
        assert waiting.approval == Approval.APPROVED

    def test_a_manager_does_not_decide_on_her_own(self, client, manager, waiting):
        Order.objects.update(entered_by=manager)
        client.force_login(manager)
        assert 'name="decision"' not in client.get(door(waiting)).content.decode()
        assert client.post(door(waiting, "decide"), {"decision": "approve"}).status_code == 403

    @pytest.mark.parametrize("role", [OWNER, OPERATOR])
    def test_head_office_does(self, client, everyone, waiting, role):
        Order.objects.update(entered_by=everyone[role])
        client.force_login(everyone[role])
        self.decide(client, waiting, "approve")
        assert Order.objects.get().approved_by == everyone[role]


class TestPaying:
    def test_from_the_button_to_handed_over(self, client, manager, employee, juan):
        order = make_order(juan, state=OrderState.PLACED, goods_fen=12_000, discount_fen=500, paid_fen=0)
        client.force_login(manager)
        page = client.get(door(order)).content.decode()
        assert [part in page for part in ("paid-link", "handed-over-link", "cancel-link")] == [True, False, True]
        assert "¥115.00 came in. From now on the order counts in all figures." in client.get(door(order, "paid")).content.decode()
        assert Order.objects.get().state == OrderState.PLACED
        assert messages(client.post(door(order, "paid"), follow=True)) == ["¥115.00 is paid."]
        assert messages(client.post(door(order, "paid"), follow=True)) == ["This order is paid already."]
        assert (Order.objects.get().state, Order.objects.get().paid_fen) == (OrderState.PAID, 11_500)
        client.force_login(employee)
        page = client.get(door(order)).content.decode()
        assert [part in page for part in ("paid-link", "handed-over-link", "cancel-link")] == [False, True, False]
        assert "Hand this order over?" in client.get(door(order, "handed-over")).content.decode()
        assert messages(client.post(door(order, "handed-over"), follow=True)) == ["The order is handed over."]
        assert Order.objects.get().state == OrderState.FULFILLED
        page = client.get(door(order)).content.decode()
        assert [part in page for part in ("paid-link", "handed-over-link", "cancel-link")] == [False, False, False]
        assert "Handed over at" in page

    def test_one_that_waits_for_approval_is_not_paid(self, client, manager, juan):
        order = make_order(juan, state=OrderState.PLACED, paid_fen=0, goods_fen=100, approval=Approval.PENDING)
        client.force_login(manager)
        assert "paid-link" not in client.get(door(order)).content.decode()
        said = messages(client.post(door(order, "paid"), follow=True))
        assert said == ["This order waits for approval, or is not approved. Decide on that first."]
        assert Order.objects.get().paid_fen == 0


class TestCancelling:
    def test_one_that_is_not_paid(self, client, manager, juan):
        order = make_order(juan, state=OrderState.PLACED, paid_fen=0)
        client.force_login(manager)
        assert "Cancel this order?" in client.get(door(order, "cancel")).content.decode()
        assert Order.objects.get().state == OrderState.PLACED
        assert messages(client.post(door(order, "cancel"), follow=True)) == ["The order is cancelled."]
        assert Order.objects.get().state == OrderState.CANCELLED
        assert messages(client.post(door(order, "cancel"), follow=True)) == ["This order is cancelled already."]

    def test_one_that_is_paid(self, client, manager, order):
        client.force_login(manager)
        said = messages(client.post(door(order, "cancel"), follow=True))
        assert (said, Order.objects.get().state) == (
            ["This order is paid: give the money back instead."], OrderState.FULFILLED,
        )  # fmt: skip
