"""Saved mappings: what they hold in words, a new name, and forgetting them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CustomField, ImportMapping
from scrm.kit.models import AuditEntry
from tests.customers.admin import imports_flow as flow

pytestmark = pytest.mark.django_db
LIST = reverse("admin:customers_importmapping_changelist")
SHEET = flow.csv("姓名,手机号,肤质", "张三,13811110001,油性")


@pytest.fixture
def mapping(desk: Client) -> ImportMapping:
    field = CustomField.objects.create(key="skin", label="皮肤类型")
    flow.preview(desk, flow.uploaded(desk, SHEET), target_2=f"custom:{field.key}", remember_as="老系统")
    return ImportMapping.objects.get()


def change(mapping: ImportMapping) -> str:
    return reverse("admin:customers_importmapping_change", args=[mapping.pk])


def forget(mapping: ImportMapping) -> str:
    return reverse("admin:customers_importmapping_forget", args=[mapping.pk])


def test_which_column_became_which_field(desk: Client, mapping: ImportMapping) -> None:
    for address in (LIST, change(mapping)):
        page = desk.get(address).content.decode()
        assert "手机号 → Mobile number" in page and "肤质 → 皮肤类型" in page


def test_a_new_name_leaves_the_rest_alone(desk: Client, mapping: ImportMapping) -> None:
    before = (mapping.columns, mapping.system, mapping.header_hash)
    assert desk.post(change(mapping), {"name": "会员台账", "system": "x", "columns": "{}"}).url == LIST
    mapping.refresh_from_db()
    assert mapping.name == "会员台账"
    assert (mapping.columns, mapping.system, mapping.header_hash) == before


def test_a_name_that_is_taken(desk: Client, mapping: ImportMapping) -> None:
    ImportMapping.objects.create(name="会员台账")
    assert desk.post(change(mapping), {"name": "会员台账"}).status_code == 200
    mapping.refresh_from_db()
    assert mapping.name == "老系统"


def test_forgetting_asks_first(desk: Client, mapping: ImportMapping) -> None:
    assert 'id="confirm"' in desk.get(forget(mapping)).content.decode()
    assert ImportMapping.objects.count() == 1
    assert desk.post(forget(mapping)).url == LIST
    assert ImportMapping.objects.count() == 0
    assert AuditEntry.objects.filter(action="import.mapping_forgotten").count() == 1
    page = desk.get(flow.url(flow.uploaded(desk, SHEET)))
    assert [choice.target for choice in page.context["choices"]] == ["name", "phone", ""]


def test_forgetting_what_is_gone(desk: Client, mapping: ImportMapping) -> None:
    address = forget(mapping)
    desk.post(address)
    assert desk.post(address).status_code == 404


def test_the_button_leads_to_the_question(desk: Client, mapping: ImportMapping) -> None:
    asked = desk.get(reverse("admin:customers_importmapping_ask_forget", args=[mapping.pk]))
    assert asked.url == forget(mapping)


def test_the_list_asks_the_same_number_of_queries(desk: Client, django_assert_num_queries: Any) -> None:
    desk.get(LIST)  # what is looked up once a process
    for more in ("一", "二"):
        ImportMapping.objects.create(name=f"台账{more}", columns={"手机号": "phone"})
        with django_assert_num_queries(6):
            desk.get(LIST)
