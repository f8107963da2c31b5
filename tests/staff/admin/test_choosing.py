"""Drop-downs of colleagues and stores: for who assigns, inside the own branch, by name only."""

import pytest
from django.test import Client
from django.urls import reverse

from scrm.staff.choices import Role
from scrm.staff.models import Employee
from scrm.staff.queries import colleagues
from tests.cast import Shop
from tests.factories.staff import make_department, make_employee


def offered(client: Client, field: str, term: str = "") -> list[str] | int:
    asked = {"app_label": "customers", "model_name": "customer", "field_name": field, "term": term}
    response = client.get(reverse("admin:autocomplete"), asked)
    if response.status_code != 200:
        return response.status_code
    return [row["text"] for row in response.json()["results"]]


@pytest.fixture
def branches(everyone: dict[Role, Employee], shop: Shop) -> dict[Role, Employee]:
    make_employee("远山", department=shop.xihu)
    make_employee("故人", department=shop.binjiang, is_active=False)
    make_employee("楼上", department=make_department("滨江店二楼", shop.binjiang))
    make_department("旧店", shop.company, is_active=False)
    return everyone


NEAR = ["李店长", "小许", "楼上"]
EVERYBODY = ["钱总", "孙运营", "李店长", "小许", "远山", "楼上"]
PLACES = ["锦绣商贸", "滨江店", "滨江店二楼", "西湖店", "线上部"]


@pytest.mark.parametrize(
    ("role", "people", "stores"),
    [
        (Role.OWNER, EVERYBODY, PLACES),
        (Role.OPERATOR, EVERYBODY, PLACES),
        (Role.MANAGER, NEAR, ["滨江店", "滨江店二楼"]),
        (Role.EMPLOYEE, 403, 403),
        (Role.AGENCY, 403, 403),
    ],
)
def test_who_is_offered_whom(
    client: Client, branches: dict[Role, Employee], role: Role, people: object, stores: object
) -> None:
    client.force_login(branches[role])
    assert offered(client, "owner") == people
    found = offered(client, "store")
    assert (sorted(found) if isinstance(found, list) else found) == (
        sorted(stores) if isinstance(stores, list) else stores
    )


def test_by_name_never_by_number(client: Client, branches: dict[Role, Employee]) -> None:
    """Else a manager could spell a colleague's number out, digit by digit."""
    client.force_login(branches[Role.MANAGER])
    assert offered(client, "owner", "小许") == ["小许"]
    assert offered(client, "owner", "13800000004") == []
    assert offered(client, "owner", "138") == []


def test_the_query_alone(branches: dict[Role, Employee]) -> None:
    """What a form checks a posted id against."""
    names = {
        role: [person.name for person in colleagues.choosable_by(me).order_by("id")]
        for role, me in branches.items()
    }
    assert names == {
        Role.OWNER: ["钱总", "孙运营", "李店长", "小许", "远山", "楼上"],
        Role.OPERATOR: ["钱总", "孙运营", "李店长", "小许", "远山", "楼上"],
        Role.MANAGER: NEAR,
        Role.EMPLOYEE: ["小许"],
        Role.AGENCY: [],
    }
    stores = {role: colleagues.stores_choosable_by(me).count() for role, me in branches.items()}
    assert stores == {Role.OWNER: 5, Role.OPERATOR: 5, Role.MANAGER: 2, Role.EMPLOYEE: 1, Role.AGENCY: 0}
