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
