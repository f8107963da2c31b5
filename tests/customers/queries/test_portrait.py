"""Who she is: one sentence, her remark name, when she likes to come."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from customers.choices import AppointmentState, TagKind
from customers.queries import portrait, purchases
from customers.queries.person import Reader
from scrm.kit import clock
from tests.factories.contacts import make_appointment, make_relation
from tests.factories.customers import make_customer, make_tag, tag
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel("2026-11-20T14:00:00+08:00", tick=False), translation.override("en"):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def days(n):
    return clock.now() - timedelta(days=n)


def test_portrait(juan, employee):
    for name, kind in (("敏感肌", TagKind.NEED), ("干皮", TagKind.BASE), ("闺蜜团", TagKind.CROWD)):
        label = make_tag(name, f"组{kind}")
        label.group.kind = kind
        label.group.save()
        tag(juan, label)
    juan.gender, juan.city, juan.birth_year, juan.birth_md = "female", "杭州", 1994, 101
    for n in (0, 42, 84):
        make_order(juan, ordered_at=days(n))
    reader = Reader(juan, employee)
    said = portrait.portrait(reader, reader.tags(), purchases.figures(juan), "likes weekend afternoons")
    assert set(said.split(" · ")) == {
        "32 years old", "female", "杭州", "敏感肌", "干皮", "every 42 days", "likes weekend afternoons",
    }  # fmt: skip
    nobody = Reader(make_customer("空"), employee)
    assert portrait.portrait(nobody, [], purchases.Figures(), "") == ""


@pytest.mark.parametrize(
    ("bought", "said"),
    [
        ((400, 330), ""),
        ((0, 70), ""),
        ((0, 70, 140), "every 70 days"),
        ((210, 280, 350), "every 70 days"),
        ((211, 281, 351), ""),
        ((1, 2, 3), "every 1 days"),
        ((22, 23, 24), ""),
        ((), ""),
    ],
)
def test_a_habit_is_told_of_three_visits_and_while_she_has_it(juan, employee, bought, said):
    for n in bought:
        make_order(juan, ordered_at=days(n))
    assert portrait.portrait(Reader(juan, employee), [], purchases.figures(juan), "") == said


@pytest.mark.parametrize(
    ("md", "lunar", "said"),
    [
        (1120, False, "birthday today"),
        (1121, False, "birthday in 1 day"),
        (1205, False, "birthday in 15 days"),
        (1206, False, ""),
        (1119, False, ""),
        (1012, True, "lunar birthday today"),
        (1027, True, "lunar birthday in 15 days"),
        (1028, True, ""),
    ],
)
def test_a_birthday_that_comes_soon(juan, employee, md, lunar, said):
    """农历十月十四 is 22 November 2026, so the twelfth is today."""
    juan.birth_md, juan.birth_lunar = md, lunar
    assert portrait.portrait(Reader(juan, employee), [], purchases.Figures(), "") == said


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (["2026-11-14T15:00"] * 5, "likes weekend afternoons"),
        (["2026-11-14T15:00"] * 4, ""),
        (["2026-11-13T10:00"] * 3 + ["2026-11-13T19:00"] * 3, ""),
        (["2026-11-13T19:30"] * 6 + ["2026-11-14T09:00"] * 4, "likes weekday evenings"),
        (["2026-11-13T11:59"] * 5, "likes weekday mornings"),
        (["2026-11-14T00:00"] * 9, ""),
    ],
)
def test_habit(juan, employee, times, said):
    for n, at in enumerate(times):
        moment = f"{at}:00+08:00"
        if n % 2:
            make_order(juan, ordered_at=moment)
        else:
            make_appointment(juan, starts_at=moment, state=AppointmentState.ARRIVED)
    assert portrait.habit(Reader(juan, employee)) == said


def test_remark_name(juan, employee, manager, owner):
    make_relation(juan, employee, remark="娟姐 敏感")
    assert [portrait.remark(Reader(juan, who)) for who in (employee, manager)] == ["娟姐 敏感", "娟姐 敏感"]
    make_relation(juan, manager, remark="王姐")
    assert portrait.remark(Reader(juan, manager)) == "王姐"
    make_relation(juan, owner)
    assert portrait.remark(Reader(juan, owner)) == "娟姐 敏感"
    assert portrait.remark(Reader(make_customer("无"), owner)) == ""
