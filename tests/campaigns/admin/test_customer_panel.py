"""归属与来源 on the customer page: links, bindings with their reasons, protection."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from campaigns.choices import BindOutcome
from campaigns.models import Binding
from customers.models import Customer
from scrm.kit import clock
from scrm.staff.models import Employee
from tests.campaigns.services.crediting.crediting import NOON, days
from tests.cast import Shop
from tests.customers.admin.test_person_page import text_of, url
from tests.factories.campaigns import join, make_campaign, make_link, make_reading, make_visitor
from tests.factories.contacts import make_owner_change
from tests.factories.customers import make_channel, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(client: Client) -> Iterator[None]:
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def juan(shop: Shop, employee: Employee) -> Customer:
    return make_customer("王小娟", owner=employee, store=shop.binjiang)


def test_nothing_for_whom_no_link_has_to_do_with(client: Client, juan: Customer, employee: Employee) -> None:
    client.force_login(employee)
    assert b'id="came-by"' not in client.get(url(juan)).content


def test_which_links_and_what_came_of_them(client: Client, juan: Customer, employee: Employee, shop: Shop) -> None:
    link = make_link(make_campaign("春季焕肤"), employee=employee, channel=make_channel("朋友圈"))
    friend = make_link(make_campaign("老带新"), customer=make_customer("刘敏 13800001234"))
    for visitor, before in ((make_visitor(juan), 3), (make_visitor(juan), 1)):
        make_reading(link, visitor, at=NOON - days(before))
    make_reading(friend, make_visitor(juan), at=NOON)
    make_reading(make_link(make_campaign("别人的")), make_visitor(make_customer()), at=NOON)
    Binding.objects.create(customer=juan, link=link, outcome=BindOutcome.PROTECTED, at=NOON)
    client.force_login(employee)
    told = text_of(client.get(url(juan)), "came-by")
    assert told == (
        "Links she came by"
        " 老带新 · 刘敏 138****1234 1 time, on 2026-03-10 12:00 · " + friend.code +
        " 春季焕肤 · 小许 朋友圈 2 times, last on 2026-03-09 12:00 · first on 2026-03-07 12:00 · " + link.code +
        " Did a link decide who looks after her?"
        " 春季焕肤 · 小许 protected: her employee came to look after her not long ago 2026-03-10 12:00"
    )  # fmt: skip


def test_protected_until(client: Client, juan: Customer, employee: Employee) -> None:
    make_reading(make_link(), make_visitor(juan))
    make_owner_change(juan, employee, at=clock.now() - days(29))
    client.force_login(employee)
    assert "Protected until" in text_of(client.get(url(juan)), "came-by")


def test_no_longer_protected(client: Client, juan: Customer, employee: Employee) -> None:
    make_reading(make_link(), make_visitor(juan))
    make_owner_change(juan, employee, at=clock.now() - days(31))
    client.force_login(employee)
    assert "Protected until" not in text_of(client.get(url(juan)), "came-by")


def test_the_timeline_tells_of_visits_and_of_what_she_joined(
    client: Client, juan: Customer, employee: Employee
) -> None:
    campaign = make_campaign("春季焕肤")
    link = make_link(campaign, employee=employee)
    make_reading(link, make_visitor(juan), at=clock.now() - days(1), kind="scan")
    make_reading(link, make_visitor(juan), at=clock.now() - days(1), unique=False)
    join(campaign, juan, link=link, wished="周六下午")
    client.force_login(employee)
    told = text_of(client.get(url(juan)))
    assert told.count("Came by a link (scan)") == 1
    assert told.count("Joined: 春季焕肤") == 1
    assert "周六下午" in told


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_asks_so_many_questions(
    rows: int, juan: Customer, employee: Employee, rf: Any, django_assert_num_queries: Any
) -> None:
    from campaigns.admin import customer_panel
    from customers.queries.person import Reader

    for _n in range(rows):
        link = make_link(employee=employee, channel=make_channel())
        make_reading(link, make_visitor(juan))
        Binding.objects.create(customer=juan, link=link, outcome=BindOutcome.SAME)
    with django_assert_num_queries(4):
        customer_panel.context(rf.get("/"), Reader(juan, employee))
