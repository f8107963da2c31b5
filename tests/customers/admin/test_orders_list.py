"""The list of orders: whose rows, what stands in a row, searches, filters, a constant number of queries."""

import re
from datetime import UTC, datetime

import pytest
from django.db.models import Q

from customers.admin import filters
from customers.choices import Approval, CreditRole, ImportKind, OrderState
from customers.models import Customer
from customers.queries import orders
from scrm.staff.choices import Role
from scrm.staff.scope import scope_providers
from tests.factories.customers import make_batch, make_channel, make_customer
from tests.factories.orders import credit, make_line, make_order, make_product
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/order/"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def shown(response):
    assert response.status_code == 200
    return [int(pk) for pk in re.findall(r'name="_selected_action" value="(\d+)"', response.content.decode())] or [
        row.pk for row in response.context["cl"].result_list
    ]


def found(client, query):
    return shown(client.get(f"{LIST}?{query}"))


@pytest.fixture
def books(shop, employee, manager, operator):
    """a: the consultant's customer, all said. b: of the other store, waiting. c: nobody's, placed, no time."""
    face, cream = make_product("面膜", code="M1"), make_product("面霜")
    source, batch = make_channel("抖音"), make_batch("订单.xlsx", kind=ImportKind.ORDERS)
    juan = make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)
    ming = make_customer("李小明", "13900000022", store=shop.xihu)
    nobody = make_customer("")
    a = make_order(
        juan, source="taobao", number="TB20260501-77", paid_fen=123450, refunded_fen=3450, channel=source, batch=batch,
        ordered_at=datetime(2026, 4, 30, 16, 30, tzinfo=UTC),
    )  # fmt: skip
    make_line(a, face, amount_fen=100000)
    make_line(a, cream, amount_fen=23450)
    make_line(a, cream, amount_fen=0)
    credit(a, employee, 7_000)
    credit(a, manager, 3_000, CreditRole.HELPER)
    b = make_order(ming, source="hand", number="H0000000001", approval=Approval.PENDING, entered_by=operator)
    credit(b, operator)
    c = make_order(nobody, number="TB9", state=OrderState.PLACED, ordered_at=None, paid_fen=0)
    return {"a": a, "b": b, "c": c, "face": face, "cream": cream, "channel": source, "batch": batch, "juan": juan}


SEES = {OWNER: "abc", OPERATOR: "abc", MANAGER: "a", EMPLOYEE: "a"}


@pytest.mark.parametrize("role", SEES)
def test_each_role_its_rows(client, everyone, books, role):
    client.force_login(everyone[role])
    assert sorted(found(client, "")) == sorted(books[key].pk for key in SEES[role])


def test_an_agency_sees_nothing(client, agency, books):
    client.force_login(agency)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{books['a'].pk}/change/").status_code == 403


def test_an_agency_that_was_granted_something_sees_its_campaigns_people_masked(client, agency, books, role_rights):
    role_rights(agency.role, ["customers.view_order", "customers.see_full_phone"])
    client.force_login(agency)
    assert found(client, "") == []
    provider = scope_providers.register("test", lambda who, model: Q(pk=books["a"].pk) if who.pk == agency.pk else None)
    try:
        assert found(client, "") == [books["a"].pk]
        page = client.get(LIST).content.decode()
        assert ("138****0021" in page, "13800000021" in page) == (True, False)
        assert found(client, "q=138") == []
    finally:
        assert scope_providers._entries.pop("test") is provider


def cells(response, order):
    page = response.content.decode()
    row = next(part for part in page.split("<tr")[1:] if f"/order/{order.pk}/change/" in part)
    return {
        name: " ".join(re.sub(r"<[^>]+>", " ", text).split())
        for name, text in re.findall(r'class="[^"]*field-(\w+)[^"]*"[^>]*>(.*?)</t[dh]>', row, re.S)
    }


def test_what_stands_in_a_row(client, owner, books):
    client.force_login(owner)
    page = client.get(LIST)
    assert cells(page, books["a"]) == {
        "shown_number": "TB20260501-77",
        "buyer": "王小娟 138****0021",
        "when": "2026-05-01 00:30",
        "shown_bought": "面膜 and 2 more",
        "paid": "¥1,234.50",
        "refunded": "¥34.50",
        "shown_state": "fulfilled",
        "shown_served": "小许、李店长",
        "shown_source": "taobao",
    }
    waits = cells(page, books["b"])
    assert (waits["shown_state"], waits["shown_source"], waits["shown_bought"]) == (
        "waits for approval", "Entered by hand", "",
    )  # fmt: skip
    last = cells(page, books["c"])
    assert (last["buyer"], last["when"], last["paid"], last["refunded"]) == ("(no name)", "not known", "¥0.00", "")


def test_no_number_leaks(client, employee, books):
    Customer.objects.filter(pk=books["juan"].pk).update(name="王小娟 13900001111")
    books["a"].number, books["a"].source = "D13700002222", "抖音13600003333"
    books["a"].save(update_fields=["number", "source"])
    client.force_login(employee)
    page = client.get(LIST).content.decode()
    assert [mask in page for mask in ("139****1111", "D137****2222", "抖音136****3333")] == [True] * 3
    assert re.findall(r"1[3-9]\d{9}", page) == []


def test_search(client, owner, manager, employee, books):
    a, b = books["a"].pk, books["b"].pk
    client.force_login(owner)
    searches = {
        "TB20260501-77": [a], "TB2": [a], "TB": [], "TB9": [books["c"].pk], "H00": [b], "0021": [a], "13800000021": [a],
        "1380": [a], "小娟": [a], "王": [a], "李小明": [b], "138****0021": [a], "没有": [], " ": sorted([a, b, books["c"].pk]),
        "x" * 300: [], "\x00": sorted([a, b, books["c"].pk]),
    }  # fmt: skip
    assert {text: sorted(shown(client.get(LIST, {"q": text}))) for text in searches} == searches
    client.force_login(employee)
    hers = {"1380": [], "0021": [a], "13800000021": [a], "0022": [], "TB2": [a], "H00": [], "李小明": [], "王小娟": [a]}
    assert {text: shown(client.get(LIST, {"q": text})) for text in hers} == hers


@pytest.mark.parametrize("number", ["13800000021", "D13800000021", "单-138-0000-0021", "+8613800000021"])
def test_no_beginning_spells_out_a_number_inside_an_order_number(client, employee, books, number):
    books["a"].number = number
    books["a"].save(update_fields=["number"])
    client.force_login(employee)
    start = re.search(r"1[-0-9]*$", number).start()
    for end in range(start + 1, len(number)):
        assert shown(client.get(LIST, {"q": number[:end]})) == [], number[:end]
    assert shown(client.get(LIST, {"q": number})) == [books["a"].pk]


def test_too_many_people_are_said(client, owner, books, monkeypatch):
    monkeypatch.setattr(orders, "PEOPLE_HITS", 1)
    client.force_login(owner)
    page = client.get(LIST, {"q": "小"})
    assert 'id="cut"' not in page.content.decode()
    page = client.get(LIST, {"q": "王"})
    assert 'id="cut"' not in page.content.decode()
    make_order(make_customer("王大娟"))
    page = client.get(LIST, {"q": "王"})
    assert ('id="cut"' in page.content.decode(), len(shown(page))) == (True, 1)


def test_filters(client, owner, operator, shop, employee, manager, books):
    client.force_login(owner)
    a, b, c = (books[key].pk for key in "abc")
    expected = {
        "from=2026-05-01&to=2026-05-01": [a],
        "from=2026-05-02&to=2026-05-02": [],
        "to=2026-04-30": [],
        "from=2026-05-01": sorted([a, b]),
        "state=fulfilled": sorted([a, b]),
        "state=placed": [c],
        "state=cancelled": [],
        "waiting=1": [b],
        "source=taobao": [a],
        "source=hand": [b],
        "source=nirgends": [],
        f"channel={books['channel'].pk}": [a],
        f"served={manager.pk}": [a],
        f"served={operator.pk}": [b],
        f"product={books['cream'].pk}": [a],
        f"store={shop.xihu.pk}": [b],
        f"customer={books['juan'].pk}": [a],
        f"batch={books['batch'].pk}": [a],
        f"batch={books['batch'].pk}&state=placed": [],
        "batch=999": [],
    }
    assert {query: sorted(found(client, query)) for query in expected} == expected


def test_whose_orders_they_are_is_said(client, owner, employee, books):
    client.force_login(owner)
    page = client.get(f"{LIST}?customer={books['juan'].pk}").content.decode()
    assert re.search(rf'id="of-customer">Only orders of <a [^>]+/customer/{books["juan"].pk}/change/">王小娟</a>', page)
    assert 'id="of-customer"' not in client.get(LIST).content.decode()
    client.force_login(employee)
    other = books["b"].customer_id
    assert 'id="of-customer"' not in client.get(f"{LIST}?customer={other}").content.decode()


@pytest.mark.parametrize("name", ["product", "served", "customer"])
def test_where_there_are_many_the_filter_is_an_autocomplete(client, owner, books, monkeypatch, name):
    monkeypatch.setattr(filters, "SHORT", 0)
    client.force_login(owner)
    chosen = {"product": books["face"].pk, "served": owner.pk, "customer": books["juan"].pk}[name]
    page = client.get(f"{LIST}?{name}={chosen}").content.decode()
    assert re.search(rf'<select name="{name}"[^>]*data-ajax--url', page)


def test_filters_stay_inside_the_scope(client, employee, shop, operator, books):
    client.force_login(employee)
    for query in ("waiting=1", f"store={shop.xihu.pk}", f"served={operator.pk}", "source=hand", "state=placed"):
        assert found(client, query) == [], query
    assert found(client, f"batch={books['batch'].pk}") == [books["a"].pk]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-13-01", "Enter a date, for example 2024-05-01."),
        ("from=x", "Enter a date, for example 2024-05-01."),
        ("from=2026-05-02&to=2026-05-01", "The last day lies before the first."),
    ],
)
def test_a_day_that_is_none_is_said_and_shows_nothing(client, owner, books, query, said):
    client.force_login(owner)
    response = client.get(f"{LIST}?{query}")
    assert (shown(response), said in response.content.decode()) == ([], True)


@pytest.mark.parametrize(
    "query",
    ["customer__phone__startswith=1380", "number__startswith=D13", "customer__owner=1", "paid_fen__gt=1"],
)
def test_nothing_but_the_filters(client, employee, books, query):
    client.force_login(employee)
    assert client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["state=x", "product=x", "customer=-1", "served=1e3", "batch=1'--"])
def test_a_filter_takes_only_what_it_offers(client, owner, books, query):
    client.force_login(owner)
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?e=1")


@pytest.mark.parametrize(("role", "queries"), [(OWNER, 11), (MANAGER, 14), (EMPLOYEE, 9)])
def test_queries_do_not_grow(client, everyone, books, role, queries, django_assert_num_queries):
    client.force_login(everyone[role])
    client.get(LIST)
    Customer.objects.exclude(pk=books["juan"].pk).update(owner=None)
    with django_assert_num_queries(queries):
        assert books["a"].pk in found(client, f"customer={books['juan'].pk}")
    for _time in range(2):
        more = make_order(books["juan"])
        make_line(more, make_product())
        credit(more, make_employee())
    with django_assert_num_queries(queries):
        assert len(found(client, f"customer={books['juan'].pk}")) == 3


def test_an_empty_list_says_what_to_do(client, operator, employee, shop):
    client.force_login(employee)
    page = client.get(LIST).content.decode()
    assert ("No orders yet" in page, "/admin/customers/customer/" in page, "Import a sheet" in page) == (True, True, False)
    client.force_login(operator)
    assert "Import a sheet" in client.get(LIST).content.decode()
    assert "No order fits" in client.get(f"{LIST}?q=xyz").content.decode()


def test_nothing_is_added_changed_or_deleted_from_the_list(client, owner, books):
    client.force_login(owner)
    doors = [client.get(f"{LIST}add/"), client.post(f"{LIST}{books['a'].pk}/delete/", {"post": "yes"})]
    assert [door.status_code for door in doors] == [403, 403]
    assert client.get(f"{LIST}{books['a'].pk}/history/").status_code == 404


def test_sources_are_each_told_once(books):
    make_order(books["juan"], source="taobao")
    assert orders.sources() == ["hand", "taobao", "test"]
