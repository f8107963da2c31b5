"""查看记录 on screen, its filters, and what the owner's home says."""

import pytest

from customers.services import people
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
PAGE = "/admin/looks/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def mine(shop, employee):
    found = [make_customer(f"客{n} 1390000222{n}", f"1380000001{n}", owner=employee, store=shop.binjiang) for n in range(3)]
    for person in found:
        people.show_phone(person, by=employee)
    return found


def shown(client, query=""):
    response = client.get(f"{PAGE}{query}")
    assert response.status_code == 200
    page = response.content.decode()
    assert "1380000001" not in page and "1390000222" not in page
    return page, [int(part.split('"')[0]) for part in page.split('data-people="')[1:]]


def test_the_list_and_its_filters(client, owner, employee, manager, mine):
    people.show_phone(mine[0], by=manager)
    client.force_login(owner)
    assert shown(client)[1] == [3, 1]
    assert shown(client, f"?employee={manager.pk}")[1] == [1]
    assert shown(client, "?days=1&employee=x&day=2026-99-99")[1] == [3, 1]
    assert shown(client, "?q=0011")[1] == [1]
    assert shown(client, f"?customer={mine[0].pk}")[1] == [1, 1]
    page, found = shown(client, "?q=没有这个人")
    assert (found, "No customer is found by that." in page) == ([], True)


def test_a_figure_opens_the_customers(client, owner, employee, mine):
    client.force_login(owner)
    page, _none = shown(client, f"?employee={employee.pk}&day={clock.today():%Y-%m-%d}")
    assert page.count("data-customer=") == 3
    assert ("客1 139****2221" in page, "138****0011" in page) == (True, True)


def test_above_the_limit_is_marked_and_told_at_home(client, owner, employee, manager, mine, settings):
    settings.DAILY_PHONE_LIMIT = 2
    client.force_login(owner)
    assert shown(client)[0].count("above the limit") == 1
    home = client.get("/admin/").content.decode()
    assert "Today 小许 looked at 3 numbers (limit 2)" in home
    assert f"{PAGE}?employee={employee.pk}&amp;day={clock.today():%Y-%m-%d}" in home
    client.cookies["django_language"] = "zh-hans"
    assert "今天 小许 看了 3 个号码（上限 2）" in client.get("/admin/").content.decode()
    client.force_login(manager)
    assert "todo-looks" not in client.get("/admin/").content.decode()


def test_who_gets_there(client, everyone):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = client.get(PAGE).status_code
    assert answers == {
        Role.OWNER: 200, Role.OPERATOR: 403, Role.MANAGER: 200, Role.EMPLOYEE: 403, Role.AGENCY: 403,
    }  # fmt: skip


def test_her_page_leads_to_who_looked_at_her(client, owner, employee, mine):
    link = f"{PAGE}?customer={mine[0].pk}&amp;days=31"
    for who, found in ((owner, True), (employee, False)):
        client.force_login(who)
        assert (link in client.get(f"/admin/customers/customer/{mine[0].pk}/change/").content.decode()) is found


def test_who_comes_there_by_the_pool(client, everyone):
    """A manager has no settings to find it in."""
    linked = {}
    for role in (Role.OWNER, Role.OPERATOR, Role.MANAGER, Role.EMPLOYEE):
        client.force_login(everyone[role])
        linked[role] = f'href="{PAGE}"' in client.get("/admin/customers/pool/").content.decode().split('id="pool-hint"')[1]
    assert linked == {Role.OWNER: True, Role.OPERATOR: False, Role.MANAGER: True, Role.EMPLOYEE: False}
