"""The search palette: bounded, by rights and row scope, and never a whole phone number."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Identity
from customers.naming import fold_name
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop


def add(name: str, phone: str = "", member: str = "", **fields: Any) -> Customer:
    person = Customer.objects.create(name=name, name_key=fold_name(name), phone=phone, **fields)
    if phone:
        Identity.objects.create(customer=person, kind="phone", value=phone, tail=phone[-4:])
    if member:
        Identity.objects.create(customer=person, kind="member_no", value=member)
    return person


@pytest.fixture
def people(shop: Shop, employee: Employee, manager: Employee) -> None:
    add("王小娟", "13911110021", "M0001", owner=employee)
    add("王小芳", "13911110022", store=shop.binjiang)
    add("李雷 13911110023", "13911110023", store=shop.xihu)


def found(client: Client, me: Employee, term: str) -> list[str]:
    client.force_login(me)
    response = client.get(reverse("admin:search"), {"s": term})
    assert response.status_code == 200
    if not response.content:
        return []
    return [result.title for result in response.context["results"]]


ALL = {"王小娟", "王小芳", "李雷 139****0023"}


@pytest.mark.parametrize(
    ("role", "term", "names"),
    [
        (Role.OWNER, "1391111", ALL),
        (Role.OWNER, "139", ALL),
        (Role.OWNER, "王小", {"王小娟", "王小芳"}),
        (Role.OWNER, "M0001", {"王小娟"}),
        (Role.OPERATOR, "1391111", ALL),
        (Role.MANAGER, "1391111", {"王小娟", "王小芳"}),
        (Role.MANAGER, "李雷", set()),
        (Role.EMPLOYEE, "王小", {"王小娟"}),
        (Role.EMPLOYEE, "13911110021", {"王小娟"}),
        (Role.EMPLOYEE, "13911110022", set()),
        (Role.AGENCY, "王小", set()),
        (Role.AGENCY, "13911110021", set()),
    ],
)
def test_who_finds_whom(
    client: Client, everyone: dict[Role, Employee], people: None, role: Role, term: str, names: set[str]
) -> None:
    assert set(found(client, everyone[role], term)) == names


@pytest.mark.parametrize("role", list(Role))
def test_no_whole_number_for_anyone(
    client: Client, everyone: dict[Role, Employee], people: None, role: Role
) -> None:
    client.force_login(everyone[role])
    for term in ("李雷", "王小", "1391111", "13911110023"):
        page = client.get(reverse("admin:search"), {"s": term}).content.decode()
        assert [phone for phone in ("13911110021", "13911110022") if phone in page] == []
        # The one that was typed may stand in the page only as what was typed.
        assert page.count("13911110023") == 0


def test_twenty_at_most(client: Client, owner: Employee) -> None:
    for number in range(25):
        add(f"王{number:02d}", f"139222200{number:02d}")
    assert len(found(client, owner, "王")) == 20
    assert len(found(client, owner, "1392222")) == 20


def test_pages_by_their_names_and_rights(client: Client, owner: Employee, employee: Employee) -> None:
    client.cookies["django_language"] = "en"
    assert found(client, owner, "staff") == ["Staff"]
    assert found(client, employee, "staff") == []
    assert found(client, employee, "All cust") == ["All customers"]


def test_yesterdays_rights_do_not_count(client: Client, people: None, operator: Employee) -> None:
    """unfold's own search answers from a cache for five minutes."""
    assert len(found(client, operator, "1391111")) == 3
    operator.role = Role.AGENCY
    operator.save(update_fields=["role"])
    assert found(client, operator, "1391111") == []


@pytest.mark.parametrize("term", ["", "   ", "\x00", "%", "'", "<script>", "王" * 500, "１３９"])
def test_odd_terms_do_no_harm(client: Client, people: None, owner: Employee, term: str) -> None:
    assert set(found(client, owner, term)) <= ALL


def test_constant_queries(
    client: Client, people: None, owner: Employee, django_assert_num_queries: Any
) -> None:
    found(client, owner, "王小娟")
    with django_assert_num_queries(4):
        assert len(client.get(reverse("admin:search"), {"s": "王小娟"}).context["results"]) == 1
    with django_assert_num_queries(4):
        assert len(client.get(reverse("admin:search"), {"s": "王小"}).context["results"]) == 2


def test_nobody_without_a_login(client: Client, people: None) -> None:
    assert client.get(reverse("admin:search"), {"s": "王小"}).status_code == 302
