"""The shop's own fields and what their values must look like."""

from datetime import date

import pytest

from customers.choices import FieldKind
from customers.models import CustomField
from customers.services import fields
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry

pytestmark = pytest.mark.django_db


def refused(act, *args, **values):
    with pytest.raises(Refused) as caught:
        act(*args, **values)
    return caught.value.code


def test_the_key_is_made_from_the_number(owner):
    field = fields.create_field(
        label=" 肤质 ", by=owner, kind=FieldKind.CHOICE, choices=["干性", " 油性 ", "", "干性"]
    )
    field.refresh_from_db()
    assert (field.key, field.label, field.choices) == (f"f_{field.pk}", "肤质", ["干性", "油性"])
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.detail) == (
        "field.created",
        owner,
        {"kind": "choice", "sensitive": False},
    )


def test_a_name_is_given_once(owner):
    fields.create_field(label="肤质", by=owner)
    other = fields.create_field(label="险种", by=owner)
    assert refused(fields.create_field, label="肤质 ", by=owner) == "field.taken"
    assert refused(fields.change_field, other, by=owner, label="肤质") == "field.taken"
    assert list(CustomField.objects.values_list("label", flat=True).order_by("id")) == ["肤质", "险种"]


def test_a_choice_needs_choices(owner):
    assert (
        refused(fields.create_field, label="肤质", by=owner, kind="choice", choices=["", " "])
        == "field.choices"
    )
    assert CustomField.objects.count() == 0


def test_other_kinds_have_no_choices(owner):
    assert fields.create_field(label="保额", by=owner, kind="number", choices=["1"]).choices == []


def test_a_change_keeps_key_and_kind(owner):
    field = fields.create_field(label="肤质", by=owner, kind="choice", choices=["干性"])
    fields.change_field(field, by=owner, label="皮肤", choices=["干性", "油性"], sensitive=True)
    field.refresh_from_db()
    assert (field.key, field.label, field.choices, field.sensitive) == (
        f"f_{field.pk}",
        "皮肤",
        ["干性", "油性"],
        True,
    )
    assert AuditEntry.objects.first().detail == {"fields": ["choices", "label", "sensitive"]}
    with pytest.raises(TypeError):
        fields.change_field(field, by=owner, kind="text")


def test_a_change_of_nothing_is_not_recorded(owner):
    field = fields.create_field(label="肤质", by=owner)
    fields.change_field(field, by=owner, label="肤质", sensitive=False)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", " 易过敏\x00 ", "易过敏"),
        ("text", "   ", None),
        ("text", None, None),
        ("number", "3.4万", 34000),
        ("number", "￥1,200.50", 1200.5),
        ("number", 12, 12),
        ("number", "", None),
        ("date", "2026-11-21", "2026-11-21"),
        ("date", date(2026, 1, 2), "2026-01-02"),
        ("boolean", True, True),
        ("boolean", "false", False),
        ("boolean", "0", False),
        ("choice", "干性", "干性"),
    ],
)
def test_values_as_they_are_stored(kind, value, stored):
    assert fields.clean_value(CustomField(label="x", kind=kind, choices=["干性"]), value) == stored


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "长" * 2001),
        ("number", "一百"),
        ("number", "1e5"),
        ("number", "NaN"),
        ("date", "2026-02-30"),
        ("date", "昨天"),
        ("boolean", "也许"),
        ("choice", "混合"),
    ],
)
def test_values_that_are_refused(kind, value):
    assert (
        refused(fields.clean_value, CustomField(label="x", kind=kind, choices=["干性"]), value)
        == "field.value"
    )


def test_values_by_key_in_one_query(owner, django_assert_num_queries):
    one = fields.create_field(label="保额", by=owner, kind="number")
    two = fields.create_field(label="险种", by=owner)
    with django_assert_num_queries(1):
        assert fields.clean_values({one.key: "12", two.key: ""}) == {one.key: 12, two.key: None}
    assert refused(fields.clean_values, {"nope": "1"}) == "field.unknown"


def test_choices_nobody_wrote_take_any_text():
    assert fields.clean_value(CustomField(label="x", kind="choice", choices=[]), " 混合 ") == "混合"
