"""商品项目: who sees what, who changes what; nothing is deleted."""

import pytest

from customers.models import Product
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/product/"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def mask(db):
    return make_product("面膜", code="M1", price_fen=9900, cost_fen=2500, role="lead")


def test_doors(client, everyone, mask):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        seen = [client.get(path).status_code for path in (LIST, f"{LIST}{mask.pk}/change/", f"{LIST}add/")]
        answers[role] = (*seen, client.post(f"{LIST}{mask.pk}/delete/", {"post": "yes"}).status_code)
    assert answers == {
        OWNER: (200, 200, 200, 403),
        OPERATOR: (200, 200, 200, 403),
        MANAGER: (200, 200, 403, 403),
        EMPLOYEE: (200, 200, 403, 403),
        AGENCY: (403, 403, 403, 403),
    }


@pytest.mark.parametrize("role", [OWNER, OPERATOR, MANAGER, EMPLOYEE])
def test_costs_are_head_offices(client, everyone, mask, role):
    client.force_login(everyone[role])
    sees = role in (OWNER, OPERATOR)
    page = client.get(LIST).content.decode()
    assert ("¥99.00" in page, "¥25.00" in page, "74.7%" in page) == (True, sees, sees)
    form = client.get(f"{LIST}{mask.pk}/change/").content.decode()
    assert ("99.00" in form, "25.00" in form, "cost" in form.split("<form", 1)[1]) == (True, sees, sees)


def test_whoever_may_not_change_it_writes_nothing(client, manager, mask):
    client.force_login(manager)
    assert client.post(f"{LIST}{mask.pk}/change/", {"name": "x"}).status_code == 403
    mask.refresh_from_db()
    assert (mask.name, mask.cost_fen) == ("面膜", 2500)


def test_changed_and_switched_off(client, operator, mask):
    client.force_login(operator)
    data = {"name": "面霜", "code": "M1", "role": "profit", "price_fen": "1,299.5元", "cost_fen": ""}
    assert client.post(f"{LIST}{mask.pk}/change/", data).status_code == 302
    mask.refresh_from_db()
    assert (mask.name, mask.role, mask.price_fen, mask.cost_fen, mask.is_active) == ("面霜", "profit", 129950, None, False)
    assert AuditEntry.objects.get(action="product.changed").detail == {
        "fields": ["name", "role", "price_fen", "cost_fen", "is_active"]
    }


def test_a_new_one(client, owner, mask):
    client.force_login(owner)
    data = {"name": "精华", "code": "J1", "role": "", "price_fen": "399", "is_active": "on"}
    assert client.post(f"{LIST}add/", data).status_code == 302
    made = Product.objects.get(code="J1")
    assert (made.name, made.price_fen, made.cost_fen, made.is_active) == ("精华", 39900, None, True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": "别的", "code": "M1"}, "Another product has this code."),
        ({"name": "面霜", "code": ""}, "Another product without a code has this name. Give one of them a code."),
        ({"name": "别的", "price_fen": "便宜"}, "Write an amount in yuan, for example 199 or 199.50."),
        ({"name": "别的", "price_fen": "-1"}, "An amount cannot be below zero."),
    ],
)
def test_what_cannot_be_is_said(client, owner, mask, data, said):
    make_product("面霜")
    client.force_login(owner)
    page = client.post(f"{LIST}add/", {"role": "", **data})
    assert (page.status_code, said in page.content.decode(), Product.objects.count()) == (200, True, 2)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, owner, rows, django_assert_num_queries):
    for _time in range(rows):
        make_product()
    client.force_login(owner)
    client.get(LIST)
    with django_assert_num_queries(5):
        client.get(LIST)
