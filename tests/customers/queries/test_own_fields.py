"""People found by the shop's own fields: every kind, both sides of a range, and what masks must not give away."""

import pytest
from django.db import connection

from customers.models import Customer, CustomField
from customers.queries import own_fields
from customers.services import own_indexes
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


def field(kind, key="f_1", **more):
    return CustomField.objects.create(key=key, label=key, kind=kind, **more)


def holding(*values, key="f_1"):
    return [make_customer(f"客{at}", custom={key: value}) for at, value in enumerate(values)]


def found(rows):
    return [row.name for row in rows.order_by("pk")]


@pytest.fixture(params=["few", "many"])
def either_way(request, monkeypatch):
    """Looked up in the index, and walked where it finds too many: the same people."""
    if request.param == "many":
        monkeypatch.setattr(own_fields, "CAP", 0)
        monkeypatch.setattr(own_fields, "SOME", 0)


def test_text_in_part_and_capitals_alike(owner, either_way):
    pet = field("text")
    holding("金毛 Lucky 三岁", "LUCKY", "布偶", "100%_纯")
    make_customer("没有")
    people = Customer.objects.all()
    asked = ("lucky", "金毛", "毛 L", "0%_", "%_", "岁", "", "比熊")
    assert {text: found(own_fields.holding(people, pet, text, owner)) for text in asked} == {
        "lucky": ["客0", "客1"],
        "金毛": ["客0"],
        "毛 L": ["客0"],
        "0%_": ["客3"],
        "%_": ["客3"],
        "岁": [],
        "": [],
        "比熊": [],
    }


def test_parts_of_a_masked_number_find_nobody(owner, employee, either_way):
    family = field("text")
    holding("妈妈13600003333", "13600003333")
    people = Customer.objects.all()
    asked = ("妈妈", "136", "妈妈136", "妈妈13600003333", "13600003333")
    assert [found(own_fields.holding(people, family, text, employee)) for text in asked] == [
        ["客0"],
        [],
        [],
        ["客0"],
        ["客1"],
    ]
    assert found(own_fields.holding(people, family, "136", owner)) == ["客0", "客1"]


def test_one_of_the_choices_and_yes_or_no():
    skin, known = field("choice", choices=["干性", "油性"]), field("boolean", "f_2")
    make_customer("干", custom={"f_1": "干性", "f_2": True})
    make_customer("油", custom={"f_1": "油性", "f_2": False})
    make_customer("空")
    people = Customer.objects.all()
    assert found(own_fields.being(people, skin, "干性")) == ["干"]
    assert found(own_fields.being(people, skin, "混合")) == []
    assert found(own_fields.being(people, known, True)) == ["干"]
    assert found(own_fields.being(people, known, False)) == ["油"]


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        (None, None, ["客0", "客1", "客2", "客3"]),
        (12.5, None, ["客1", "客2", "客3"]),
        (None, 0, ["客0"]),
        (12.5, 12.5, ["客1"]),
        (200, 100, []),
    ],
)
def test_numbers_from_and_to(owner, first, last, names, either_way):
    amount = field("number")
    holding(-3, 12.5, 100, 1_000_000, "不是数字")
    assert found(own_fields.between(Customer.objects.all(), amount, first, last, owner)) == names


def test_a_number_like_a_phone_is_not_closed_in_on(owner, employee, either_way):
    amount = field("number")
    holding(13600003333, 12)
    people = Customer.objects.all()
    assert found(own_fields.between(people, amount, 13600000000, 13600009999, employee)) == []
    assert found(own_fields.between(people, amount, 1, None, employee)) == ["客1"]
    assert found(own_fields.between(people, amount, 13600000000, None, owner)) == ["客0"]


def test_days_from_and_to(owner, either_way):
    until = field("date")
    holding("2024-05-01", "2024-12-31", "2025-01-01")
    people = Customer.objects.all()
    asked = (("2024-05-01", "2024-12-31"), ("2024-05-02", None), (None, "2024-05-01"))
    assert [found(own_fields.between(people, until, *days, owner)) for days in asked] == [
        ["客0", "客1"],
        ["客1", "客2"],
        ["客0"],
    ]


def test_rows_outside_the_scope_stay_outside(owner, employee):
    skin = field("text")
    holding("干性皮肤")
    make_customer("我的", owner=employee, custom={"f_1": "干性"})
    mine = Customer.objects.visible_to(employee)
    assert found(own_fields.holding(mine, skin, "干性", employee)) == ["我的"]


def test_the_first_in_use_are_offered_and_sensitive_ones_to_who_may_read_them(owner, employee):
    for at in range(own_fields.OFFERED + 2):
        field("text", f"f_{at}", position=at, sensitive=at == 1, is_active=at != 2)
    keys = [f"f_{at}" for at in range(own_fields.OFFERED + 1) if at != 2]
    assert [row.key for row in own_fields.offered(owner)] == keys
    assert [row.key for row in own_fields.offered(employee)] == [key for key in keys if key != "f_1"]


def index_everything():
    """In a job nothing is pending; here the checks of the rows just made wait for the end of the test."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    while not own_indexes.step():
        pass


@pytest.fixture
def kinds():
    return [
        field("text", "f_1"),
        field("choice", "f_2", choices=["干性"]),
        field("number", "f_3"),
        field("date", "f_4"),
        field("boolean", "f_5"),
    ]


def test_each_offered_field_has_an_index_and_no_other(kinds):
    index_everything()
    first = own_indexes.standing()
    assert (len(first), set(first.values())) == (5, {True})
    CustomField.objects.filter(key="f_1").update(is_active=False)
    CustomField.objects.filter(key="f_2").update(choices=[])
    index_everything()
    second = own_indexes.standing()
    assert (len(second), len(first.keys() & second.keys())) == (4, 3)
    assert own_indexes.step() is True
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT stxname FROM pg_statistic_ext WHERE stxname LIKE 'customers_own_%'")
            assert {name for (name,) in cursor.fetchall()} == {f"{name}_stats" for name in second}


def test_any_value_can_be_written_beside_the_indexes(kinds):
    """An index must never be what refuses a row: a text among numbers, one longer than an index row."""
    index_everything()
    strange = ["长" * 2000, 5, True, None, [1], {"a": 1}, "1e999", ""]
    for value in strange:
        make_customer("怪", custom={row.key: value for row in kinds})
    assert Customer.objects.count() == len(strange)


@pytest.mark.parametrize("kind", ["text", "choice", "number", "date", "boolean"])
def test_the_query_is_answered_from_the_index(owner, kind):
    asked = field(kind, choices=["干性"] if kind == "choice" else [])
    value = {"text": "干性", "choice": "干性", "number": 5, "date": "2024-05-01", "boolean": True}[kind]
    Customer.objects.bulk_create(Customer(name="客") for _one in range(3000))
    make_customer("她", custom={"f_1": value})
    index_everything()
    people = Customer.objects.order_by("-pk")
    if kind == "text":
        rows = own_fields.holding(people, asked, "干性", owner)
    elif kind in ("choice", "boolean"):
        rows = own_fields.being(people, asked, value)
    else:
        rows = own_fields.between(people, asked, value, value, owner)
    (name,) = own_indexes.standing()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert found(rows) == ["她"]
    assert name in rows[:50].explain()
