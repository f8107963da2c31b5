"""The shop's own fields and what their values must look like."""

from datetime import date

import pytest
from django.utils import translation

from customers.choices import FieldKind
from customers.models import CustomField
from customers.services import fields, own_indexes
from scrm.kit import jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from tests.factories.customers import make_customer

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


def test_a_change_keeps_the_key(owner):
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
        fields.change_field(field, by=owner, key="f_9")


def test_the_kind_changes_as_long_as_nobody_has_a_value(owner):
    field = fields.create_field(label="保额", by=owner)
    fields.change_field(field, by=owner, kind="choice", choices=["10万", "20万"])
    field.refresh_from_db()
    assert (field.kind, field.choices) == ("choice", ["10万", "20万"])
    fields.change_field(field, by=owner, kind="number")
    field.refresh_from_db()
    assert (field.kind, field.choices) == ("number", [])
    assert refused(fields.change_field, field, by=owner, kind="choice") == "field.choices"
    make_customer(custom={field.key: 5}, archived_at="2026-01-01T00:00:00Z")
    field.refresh_from_db()
    assert refused(fields.change_field, field, by=owner, kind="text") == "field.in_use"
    field.refresh_from_db()
    assert field.kind == "number"


@pytest.mark.parametrize("label", ["姓名", " 手机号*", "Name", "phone", "微信号", "opening_spend"])
def test_what_every_customer_has_is_not_made_again(owner, label):
    assert refused(fields.create_field, label=label, by=owner) == "field.built_in"
    field = fields.create_field(label="昵称", by=owner)
    assert refused(fields.change_field, field, by=owner, label=label) == "field.built_in"
    assert list(CustomField.objects.values_list("label", flat=True)) == ["昵称"]


def test_of_fields_given_up_those_without_values_go(owner):
    empty, held, other = (fields.create_field(label=name, by=owner) for name in ("险种", "保额", "肤质"))
    make_customer(custom={held.key: "50万"})
    fields.drop_unused([empty.key, held.key, "f_0"], by=owner)
    assert list(CustomField.objects.order_by("pk")) == [held, other]
    entry = AuditEntry.objects.get(action="field.dropped")
    assert (entry.actor, entry.object_id) == (owner, str(empty.pk))


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


@pytest.mark.parametrize(
    ("kind", "choices", "said"),
    [
        ("number", [], "“x”: enter a number, for example 12.5."),
        ("date", [], "“x”: enter a date, for example 2024-05-01."),
        ("boolean", [], "“x”: choose yes or no."),
        ("choice", ["甲", "乙"], "“x”: choose one of 甲, 乙."),
        ("choice", [str(at) for at in range(11)], "“x”: choose one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9…."),
        ("text", [], "“x”: at most 2000 characters."),
    ],
)
def test_a_refusal_says_what_would_fit(kind, choices, said):
    with translation.override("en"), pytest.raises(Refused) as no:
        fields.clean_value(CustomField(label="x", kind=kind, choices=choices), "长" * 2001)
    assert str(no.value) == said


def test_a_field_that_the_list_filters_by_gets_its_index_from_a_job(owner):
    field = fields.create_field(label="肤质", by=owner)
    job = JobRun.objects.get()
    assert (job.name, job.key) == ("customers.tasks.index_own_fields", "customers.tasks.index_own_fields")
    jobs.drain()
    assert len(own_indexes.standing()) == 1
    fields.change_field(field, by=owner, label="皮肤")
    assert JobRun.objects.count() == 1
    fields.change_field(field, by=owner, is_active=False)
    jobs.drain()
    assert own_indexes.standing() == {}
