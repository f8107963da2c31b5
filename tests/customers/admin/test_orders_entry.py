"""录单 in the admin: who may for whom, what the form keeps, the picture behind the scope, products suggested."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from customers.choices import Approval, OrderState
from customers.models import Order, OrderCredit, OrderLine, Product
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.orders import make_product
from tests.factories.staff import make_employee

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
def foreign(shop):
    return make_customer("李小明", "13900000022", store=shop.xihu)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile("小票.png", out.getvalue(), "image/png")


def form(me, lines=(("面膜", "2", "99.5"),), served=None, **values):
    served = [(me.pk, "100")] if served is None else served
    data = {
        "key": "0123456789", "discount": "", "freight": "", "paid": "", "stored_value": "", "note": "",
        "ordered_at": "2026-05-01T14:30", "store": "", "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0,
        "served-TOTAL_FORMS": len(served), "served-INITIAL_FORMS": 1,
    }  # fmt: skip
    for at, (name, quantity, price) in enumerate(lines):
        data |= {f"lines-{at}-name": name, f"lines-{at}-quantity": quantity, f"lines-{at}-price": price}
    for at, (who, share) in enumerate(served):
        data |= {f"served-{at}-employee": who, f"served-{at}-share": share}
    return data | values


def url(customer):
    return f"{BASE}enter/{customer.pk}/"


def messages(response):
    return [str(said) for said in response.context["messages"]]


def test_doors(client, everyone, juan, foreign):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = tuple(client.get(url(person)).status_code for person in (juan, foreign)) + tuple(
            client.post(url(person), form(user)).status_code for person in (foreign,)
        )
    assert answers == {
        OWNER: (200, 200, 302),
        OPERATOR: (200, 200, 302),
        MANAGER: (200, 404, 404),
        EMPLOYEE: (200, 404, 404),
        AGENCY: (403, 403, 403),
    }


@pytest.mark.parametrize("pk", ["0", "x", "-1", "99999999999999999999"])
def test_a_customer_that_never_was(client, owner, pk):
    client.force_login(owner)
    assert client.get(f"{BASE}enter/{pk}/").status_code == 404


def test_no_orders_for_archived_people(client, owner, juan):
    juan.archived_at = clock.now()
    juan.save(update_fields=["archived_at"])
    client.force_login(owner)
    assert client.get(url(juan)).status_code == 404


def test_the_form_begins_with_me_and_now(client, employee, juan):
    client.force_login(employee)
    page = client.get(url(juan)).content.decode()
    assert f'<option value="{employee.pk}" selected>小许</option>' in page
    assert 'name="served-0-share" value="100"' in page
    assert re.search(r'name="ordered_at" value="\d{4}-\d\d-\d\dT\d\d:\d\d"', page)
    assert f'<option value="{juan.store_id}" selected>' in page
    assert ("Send for approval" in page, "13800000021" in page) == (True, False)


def test_the_picture_is_needed_of_whoever_waits_for_approval(client, owner, employee, juan):
    labels = {}
    for who in (employee, owner):
        client.force_login(who)
        (labels[who],) = re.findall(r'for="id_proof">(Proof[^<]*)<', client.get(url(juan)).content.decode())
    assert labels == {employee: "Proof picture (needed)", owner: "Proof picture"}


def test_a_consultant_enters_and_it_waits(client, employee, manager, juan, shop):
    client.force_login(employee)
    data = form(
        employee, lines=[("面膜", "2", "99.5"), ("", "1", ""), ("面霜", "1", "1,000元")], store=shop.binjiang.pk,
        discount="99", stored_value="100", served=[(employee.pk, "66.67"), (manager.pk, "33.33")], proof=picture(),
        note="自提",
    )  # fmt: skip
    answer = client.post(url(juan), data, follow=True)
    assert messages(answer) == ["The order of ¥1,100.00 is entered. It counts once a colleague has approved it."]
    order = Order.objects.get()
    assert (order.goods_fen, order.discount_fen, order.paid_fen, order.stored_value_fen) == (119900, 9900, 110000, 10000)
    assert (order.approval, order.state, order.note) == (Approval.PENDING, OrderState.FULFILLED, "自提")
    assert order.ordered_at.isoformat() == "2026-05-01T06:30:00+00:00"
    assert list(OrderLine.objects.order_by("pk").values_list("product__name", "amount_fen")) == [
        ("面膜", 19900), ("面霜", 100000),
    ]  # fmt: skip
    assert list(OrderCredit.objects.order_by("pk").values_list("share_bp", flat=True)) == [6667, 3333]
    page = answer.content.decode()
    assert (f"/files/order-proof/{order.pk}/" in page, "Waits for approval" in page) == (True, True)


def test_whoever_approves_enters_at_once(client, manager, juan):
    client.force_login(manager)
    answer = client.post(url(juan), form(manager), follow=True)
    assert messages(answer) == ["The order of ¥199.00 is entered."]
    assert Order.objects.counting().count() == 1


def test_not_paid_yet(client, manager, juan):
    client.force_login(manager)
    answer = client.post(url(juan), form(manager, paid="0"), follow=True)
    assert messages(answer) == ["The order is entered. It counts once it is paid."]
    assert 'id="cancel-link"' in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"paid": "100"}, "¥199.00 is due, ¥100.00 was paid."),
        ({"discount": "300"}, "The discount is more than the goods cost (¥199.00)."),
        ({"stored_value": "199.01"}, "The part from stored value cannot be more than what was paid (¥199.00)."),
        ({"discount": "abc"}, "Write an amount in yuan, for example 199 or 199.50."),
        ({"ordered_at": "2999-01-01T00:00"}, "This moment has not come yet."),
        ({"ordered_at": "gestern"}, "Write day and time, for example 2026-05-01 14:30."),
        ({"lines": [("", "1", "")]}, "Write what was bought."),
        ({"lines": [("面膜", "-1", "5")]}, "A quantity has to be above zero."),
        ({"lines": [("面膜", "viele", "5")]}, "Write a number."),
        ({"lines": [("面膜", "1.0001", "5")]}, "Write a number of at most 3 decimals."),
        ({"lines": [("面膜", "1", "")]}, "This field is required."),
        ({"proof": SimpleUploadedFile("小票.png", b"no picture")}, "This is no picture that can be opened."),
        ({}, "Add a picture of the receipt or the payment: a colleague has to approve it."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, employee, juan, values, said):
    client.force_login(employee)
    sent = form(employee, **({"proof": picture()} if values else {}) | values, note="自提 2 号柜")
    page = client.post(url(juan), sent)
    text = page.content.decode()
    assert (page.status_code, said in text, "自提 2 号柜" in text, Order.objects.count()) == (200, True, True, 0)
    assert 'name="key" value="0123456789"' in text


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (["90"], "The shares make 90 percent; they have to make 100."),
        (["99.99"], "The shares make 99.99 percent; they have to make 100."),
        (["-100"], "Each share has to be above zero"),
    ],
)
def test_shares_are_said_beside_those_who_served(client, manager, juan, shares, said):
    client.force_login(manager)
    page = client.post(url(juan), form(manager, served=[(manager.pk, share) for share in shares])).content.decode()
    assert (said in page.partition('id="served"')[2], Order.objects.count()) == (True, 0)


def test_whom_one_may_name(client, employee, juan, shop, agency):
    near, far = make_employee("小何", department=shop.binjiang), make_employee("西湖的", department=shop.xihu)
    client.force_login(employee)
    page = client.get(url(juan)).content.decode()
    offered = [name in page for name in (near.name, far.name, agency.name)]
    assert offered == [True, False, False]
    page = client.post(url(juan), form(employee, served=[(far.pk, "100")], proof=picture()))
    assert (page.status_code, Order.objects.count()) == (200, 0)


def test_sent_twice_it_is_entered_once(client, manager, juan):
    client.force_login(manager)
    first, second = client.post(url(juan), form(manager)), client.post(url(juan), form(manager))
    assert (first["Location"], Order.objects.count()) == (second["Location"], 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_as_much_with_more_products(client, manager, juan, rows, django_assert_num_queries):
    for _time in range(rows):
        make_product()
    client.force_login(manager)
    client.get(url(juan))
    with django_assert_num_queries(8):
        client.get(url(juan))


class TestProof:
    @pytest.fixture
    def order(self, client, employee, juan):
        client.force_login(employee)
        client.post(url(juan), form(employee, proof=picture()))
        return Order.objects.get()

    def test_inside_the_scope_only(self, client, everyone, order, shop):
        elsewhere = make_employee("西湖的", Role.MANAGER, department=shop.xihu)
        answers = {}
        for name, user in [*everyone.items(), ("elsewhere", elsewhere)]:
            client.force_login(user)
            answers[name] = client.get(f"/files/order-proof/{order.pk}/").status_code
        assert answers == {OWNER: 200, OPERATOR: 200, MANAGER: 200, EMPLOYEE: 200, AGENCY: 404, "elsewhere": 404}

    def test_as_a_picture_that_nobody_sniffs(self, client, order):
        answer = client.get(f"/files/order-proof/{order.pk}/")
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"

    def test_nobody_logged_in(self, client, order):
        client.logout()
        assert client.get(f"/files/order-proof/{order.pk}/").status_code == 302

    def test_an_order_without_one(self, client, order):
        Order.objects.update(proof="")
        assert client.get(f"/files/order-proof/{order.pk}/").status_code == 404


class TestSuggesting:
    def names(self, client, text):
        answer = client.get(f"{BASE}products/", {"q": text})
        return [row["name"] for row in answer.json()["products"]] if answer.status_code == 200 else answer.status_code

    def test_by_name_or_code(self, client, employee, agency):
        make_product("补水面膜", code="M1", price_fen=9950)
        make_product("面霜", code="X面")
        make_product("停售面膜", is_active=False)
        client.force_login(employee)
        assert self.names(client, "面") == ["面霜", "补水面膜"]
        assert self.names(client, "m1") == ["补水面膜"]
        assert self.names(client, "没有") == []
        assert self.names(client, "") == ["补水面膜", "面霜"]
        row = client.get(f"{BASE}products/", {"q": "补"}).json()["products"]
        assert row == [{"id": Product.objects.get(code="M1").pk, "name": "补水面膜", "code": "M1", "price": "99.50"}]
        client.force_login(agency)
        assert self.names(client, "面") == 403

    def test_twenty_at_most_and_no_cost(self, client, employee):
        for number in range(25):
            make_product(f"面膜{number:02d}", cost_fen=4321)
        client.force_login(employee)
        assert len(self.names(client, "面")) == 20
        assert "4321" not in client.get(f"{BASE}products/", {"q": "面"}).content.decode()
