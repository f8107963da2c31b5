"""Tags for the ticked rows or for everyone a filter finds."""

import re

import pytest
from django.utils import translation

from customers.models import Customer, CustomerTag
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_customer, make_tag, tag

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/customer/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def crowd(shop):
    return [
        make_customer(name, store=shop.binjiang if name == "甲" else shop.xihu) for name in ("甲", "乙", "丙")
    ]


def chosen(action, people, across="0", **more):
    return {"action": action, "select_across": across, "_selected_action": [row.pk for row in people], **more}


def tagged():
    return {(link.customer.name, link.tag.name) for link in CustomerTag.objects.all()}


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_it_asks_first(client, owner, crowd):
    label, old = make_tag("VIP"), make_tag("旧")
    old.is_active = False
    old.save()
    client.force_login(owner)
    response = client.post(LIST, {**chosen("add_tags", crowd[:2]), "index": "0"})
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(r'id="bulk-count">\s*For 2 people\.', page)
    hidden = set(re.findall(r'name="(\w+)" value="(\w+)"', page))
    ids = {("_selected_action", str(row.pk)) for row in crowd[:2]}
    assert {("action", "add_tags"), ("select_across", "0"), ("confirmed", "1"), *ids} <= hidden
    assert (f'<option value="{label.pk}"' in page, f'<option value="{old.pk}"' in page) == (True, False)
    assert tagged() == set()


def test_then_adds(client, owner, crowd):
    one, two = make_tag("VIP"), make_tag("老客")
    tag(crowd[0], one)
    client.force_login(owner)
    data = chosen("add_tags", crowd[:2], confirmed="1", tags=[one.pk, two.pk])
    response = client.post(LIST, data, follow=True)
    assert said(response) == ["3 tags were added."]
    assert tagged() == {(name, label) for name in "甲乙" for label in ("VIP", "老客")}
    entries = AuditEntry.objects.order_by("id").values_list("action", "object_id", "count", "actor")
    assert set(entries) == {
        ("tag.added", str(one.pk), 1, owner.pk),
        ("tag.added", str(two.pk), 2, owner.pk),
    }
    assert said(client.post(LIST, data, follow=True)) == ["Everyone had these tags already."]


def test_and_removes(client, owner, crowd):
    label = make_tag("VIP")
    label.is_active = False
    label.save()
    for person in crowd:
        tag(person, label)
    client.force_login(owner)
    data = chosen("remove_tags", crowd[:1], confirmed="1", tags=[label.pk])
    assert said(client.post(LIST, data, follow=True)) == ["1 tag was removed."]
    assert tagged() == {("乙", "VIP"), ("丙", "VIP")}
    assert said(client.post(LIST, data, follow=True)) == ["Nobody had these tags."]


def test_everyone_the_filter_finds(client, owner, crowd, shop):
    label = make_tag("VIP")
    client.force_login(owner)
    path = f"{LIST}?store={shop.xihu.pk}"
    page = client.post(path, {**chosen("add_tags", crowd[:1], across="1"), "index": "0"}).content.decode()
    assert "For 2 people." in page
    client.post(path, chosen("add_tags", crowd[:1], across="1", confirmed="1", tags=[label.pk]))
    assert tagged() == {("乙", "VIP"), ("丙", "VIP")}
    assert AuditEntry.objects.get().count == 2


def test_everyone_the_search_finds(client, owner, crowd):
    label = make_tag("VIP")
    client.force_login(owner)
    client.post(f"{LIST}?q=甲", chosen("add_tags", crowd, across="1", confirmed="1", tags=[label.pk]))
    assert tagged() == {("甲", "VIP")}


def test_no_tag_chosen_asks_again(client, owner, crowd):
    client.force_login(owner)
    response = client.post(LIST, chosen("add_tags", crowd, confirmed="1"))
    assert "This field is required." in response.content.decode()
    assert tagged() == set()


def test_more_than_anyone_counts(client, owner, crowd, monkeypatch):
    monkeypatch.setattr("scrm.kit.paginator.CAP", 2)
    client.force_login(owner)
    page = client.post(LIST, {**chosen("add_tags", crowd, across="1"), "index": "0"}).content.decode()
    assert "For more than 2 people." in page


@pytest.mark.parametrize("people", [1, 200])
def test_two_hundred_people_in_the_statements_of_one(client, owner, people, django_assert_num_queries):
    """The list itself (11), its session and tags again; the tag chosen; slice, insert, audit in savepoints."""
    label = make_tag("VIP")
    Customer.objects.bulk_create([Customer(name=f"客{number}") for number in range(people)])
    client.force_login(owner)
    data = chosen("add_tags", Customer.objects.all()[:1], across="1", confirmed="1", tags=[label.pk])
    client.get(LIST)
    with django_assert_num_queries(23):
        client.post(LIST, data)
    assert CustomerTag.objects.count() == people
