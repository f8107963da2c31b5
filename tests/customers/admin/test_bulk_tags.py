"""Tags for the ticked rows or for everyone a filter finds."""

import re

import pytest
from django.utils import translation

from customers.models import Customer, CustomerTag
from customers.services import mass_tagging
from scrm.kit import jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.models import Employee
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


def test_it_says_what_to_choose_and_where_to_make_a_tag(client, owner, crowd):
    client.force_login(owner)
    nothing = client.post(LIST, {**chosen("add_tags", crowd[:2]), "index": "0"}).content.decode()
    assert 'id="bulk-none"' in nothing and 'href="/admin/customers/tag/add/"' in nothing
    assert 'name="tags"' not in nothing and "scrm-button-main" not in nothing
    make_tag("VIP")
    page = client.post(LIST, {**chosen("add_tags", crowd[:2]), "index": "0"}).content.decode()
    assert '<label for="id_tags">Which tags to add</label>' in page
    assert 'id="bulk-hint"' in page and 'href="/admin/customers/tag/add/"' in page
    removing = client.post(LIST, {**chosen("remove_tags", crowd[:2]), "index": "0"}).content.decode()
    assert '<label for="id_tags">Which tags to take away</label>' in removing
    assert 'href="/admin/customers/tag/add/"' not in removing.partition('id="bulk-hint"')[2]


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
    make_tag("VIP")
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
    """The list itself (12), its session, own fields and tags again; the tag chosen; whether they are few, slice, insert, audit in savepoints."""
    label = make_tag("VIP")
    Customer.objects.bulk_create([Customer(name=f"客{number}") for number in range(people)])
    client.force_login(owner)
    data = chosen("add_tags", Customer.objects.all()[:1], across="1", confirmed="1", tags=[label.pk])
    client.get(LIST)
    with django_assert_num_queries(21):
        client.post(LIST, data)
    assert CustomerTag.objects.count() == people


@pytest.fixture
def few_at_once(monkeypatch, settings, tmp_path):
    """More than two people are a job, one at a time."""
    settings.PRIVATE_DIR = tmp_path / "private"
    monkeypatch.setattr(mass_tagging, "IN_REQUEST", 2)
    monkeypatch.setattr(mass_tagging, "CHUNK", 1)
    monkeypatch.setattr(mass_tagging, "SECONDS", 0)


def kept_files(settings):
    return [path for path in settings.PRIVATE_DIR.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("ticked", "across", "told"), [(3, "0", True), (1, "1", True), (2, "0", False)])
def test_it_says_beforehand_that_it_will_be_a_job(client, owner, crowd, few_at_once, ticked, across, told):
    client.force_login(owner)
    page = client.post(LIST, {**chosen("add_tags", crowd[:ticked], across=across), "index": "0"}).content.decode()
    assert ('id="bulk-queued"' in page) is told


def test_more_people_than_a_request_may_take_are_a_job(client, owner, crowd, few_at_once, settings):
    one, two = make_tag("VIP"), make_tag("老客")
    tag(crowd[0], one)
    client.force_login(owner)
    data = chosen("add_tags", crowd[:1], across="1", confirmed="1", tags=[one.pk, two.pk])
    assert said(client.post(LIST, data, follow=True)) == [
        "Under way in the background for 3 people; you can go on working. The page “Tags” shows how many have a tag "
        "by now, and the audit log has a line once all are done."
    ]
    assert (tagged(), len(kept_files(settings))) == ({("甲", "VIP")}, 1)
    # Found by the filter when it was asked for; who comes later is not meant.
    make_customer("丁")
    assert jobs.drain() == 4
    assert tagged() == {(name, label) for name in "甲乙丙" for label in ("VIP", "老客")}
    assert set(AuditEntry.objects.values_list("action", "object_id", "count", "actor")) == {
        ("tag.added", str(one.pk), 2, owner.pk),
        ("tag.added", str(two.pk), 3, owner.pk),
    }
    assert (JobRun.objects.get().state, kept_files(settings)) == ("done", [])


def test_the_very_tag_that_the_filter_asks_for_goes(client, owner, crowd, few_at_once):
    label = make_tag("VIP")
    for person in crowd:
        tag(person, label)
    client.force_login(owner)
    data = chosen("remove_tags", crowd[:1], across="1", confirmed="1", tags=[label.pk])
    client.post(f"{LIST}?tag={label.pk}", data)
    jobs.drain()
    assert tagged() == set()
    assert AuditEntry.objects.values_list("action", "count").get() == ("tag.removed", 3)


def test_as_many_as_a_request_may_take_are_done_at_once(client, owner, crowd, few_at_once, shop):
    label = make_tag("VIP")
    client.force_login(owner)
    data = chosen("add_tags", crowd[:1], across="1", confirmed="1", tags=[label.pk])
    response = client.post(f"{LIST}?store={shop.xihu.pk}", data, follow=True)
    assert said(response) == ["2 tags were added."]
    assert JobRun.objects.count() == 0


def test_who_lost_sight_or_right_meanwhile_tags_nobody_more(client, manager, crowd, few_at_once, shop):
    Customer.objects.update(store=shop.binjiang)
    label = make_tag("VIP")
    client.force_login(manager)
    client.post(LIST, chosen("add_tags", crowd[:1], across="1", confirmed="1", tags=[label.pk]))
    Customer.objects.filter(pk=crowd[0].pk).update(store=shop.xihu)
    jobs.drain()
    assert tagged() == {("乙", "VIP"), ("丙", "VIP")}
    Customer.objects.update(store=shop.binjiang)
    client.post(LIST, chosen("remove_tags", crowd[:1], across="1", confirmed="1", tags=[label.pk]))
    Employee.objects.filter(pk=manager.pk).update(role="agency")
    jobs.drain()
    assert tagged() == {("乙", "VIP"), ("丙", "VIP")}
    assert set(JobRun.objects.values_list("state", flat=True)) == {"done"}


def test_a_tag_out_of_use_is_refused_before_anything_is_queued(client, owner, crowd, few_at_once, settings):
    label = make_tag("VIP")
    label.is_active = False
    with pytest.raises(Refused) as no:
        mass_tagging.order(Customer.objects.all(), [label], act=mass_tagging.ADD, by=owner)
    assert (no.value.code, JobRun.objects.count(), kept_files(settings)) == ("tag.inactive", 0, [])


def test_a_job_that_failed_leaves_no_file(owner, crowd, few_at_once, settings):
    label = make_tag("VIP")
    mass_tagging.order(Customer.objects.all(), [label], act=mass_tagging.ADD, by=owner)
    JobRun.objects.update(args=[*JobRun.objects.get().args[:3], 999999, 0, [0]])
    jobs.drain()
    assert (JobRun.objects.get().state, kept_files(settings), tagged()) == ("failed", [], set())
