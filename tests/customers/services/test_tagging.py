"""Tags on one person and on many."""

import pytest

from customers.models import Customer, CustomerTag
from customers.services import tagging
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_customer, make_tag, tag

pytestmark = pytest.mark.django_db


def acts():
    return list(AuditEntry.objects.order_by("id").values_list("action", "object_id", "count", "actor"))


@pytest.fixture
def three():
    return [make_customer(name) for name in ("甲", "乙", "丙")]


def test_everyone_gets_the_tag_once(three, employee):
    label = make_tag("VIP")
    tag(three[0], label, set_by="import")
    assert tagging.put(Customer.objects.all(), [label], by=employee) == 2
    links = CustomerTag.objects.order_by("customer_id").values_list("set_by", "employee")
    assert list(links) == [("import", None), ("person", employee.pk), ("person", employee.pk)]
    assert acts() == [("tag.added", str(label.pk), 2, employee.pk)]


def test_only_the_rows_given(three, owner, employee):
    three[1].owner = employee
    three[1].save()
    label = make_tag("VIP")
    assert tagging.put(Customer.objects.visible_to(employee), [label], by=employee) == 1
    assert [link.customer for link in CustomerTag.objects.all()] == [three[1]]


def test_several_tags_are_one_audit_row_each(three, owner):
    one, two = make_tag("VIP"), make_tag("老客")
    assert tagging.put(Customer.objects.all(), [one, two], by=owner) == 6
    assert [(action, count) for action, _pk, count, _by in acts()] == [("tag.added", 3), ("tag.added", 3)]


def test_taking_a_tag_away_counts_what_was_there(three, owner):
    label, other = make_tag("VIP"), make_tag("老客")
    tag(three[0], label), tag(three[2], label), tag(three[2], other)
    assert tagging.take(Customer.objects.all(), [label], by=owner) == 2
    assert [link.tag for link in CustomerTag.objects.all()] == [other]
    assert acts() == [("tag.removed", str(label.pk), 2, owner.pk)]


def test_nothing_to_do_leaves_no_audit_row(three, owner):
    label = make_tag("VIP")
    assert tagging.take(Customer.objects.all(), [label], by=owner) == 0
    assert tagging.put(Customer.objects.none(), [label], by=owner) == 0
    assert acts() == []


def test_a_tag_out_of_use_is_not_given_but_can_be_taken(three, owner):
    label = make_tag("旧")
    tag(three[0], label)
    label.is_active = False
    label.save()
    with pytest.raises(Refused) as caught:
        tagging.put(Customer.objects.all(), [make_tag("新"), label], by=owner)
    assert caught.value.code == "tag.inactive"
    assert CustomerTag.objects.count() == 1
    assert tagging.take(Customer.objects.all(), [label], by=owner) == 1


def test_the_filter_may_be_the_very_tag_that_goes(three, owner):
    label = make_tag("VIP")
    for person in three:
        tag(person, label)
    assert tagging.take(Customer.objects.filter(tag_links__tag=label), [label], by=owner) == 3


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_slices_cover_everyone(three, owner, monkeypatch, size):
    monkeypatch.setattr(tagging, "SLICE", size)
    label = make_tag("VIP")
    rows = Customer.objects.select_related("owner").prefetch_related("tag_links").order_by("-name")
    assert tagging.put(rows, [label], by=owner) == 3
    assert tagging.take(rows, [label], by=owner) == 3
    assert [count for _action, _pk, count, _by in acts()] == [3, 3]


def test_statements_do_not_grow_with_people(three, owner, django_assert_num_queries):
    label = make_tag("VIP")
    with django_assert_num_queries(5):  # end of slice, savepoint, insert, release, audit
        tagging.put(Customer.objects.filter(pk=three[0].pk), [label], by=owner)
    with django_assert_num_queries(5):
        tagging.put(Customer.objects.all(), [label], by=owner)


def test_exactly_these(three, owner, employee):
    stays, goes, comes = make_tag("留"), make_tag("走"), make_tag("来")
    kept = tag(three[0], stays, set_by="import")
    tag(three[0], goes)
    assert tagging.set_tags(three[0], [stays, comes], by=owner) is True
    links = {link.tag: link for link in three[0].tag_links.all()}
    assert links.keys() == {stays, comes}
    assert (links[stays].pk, links[stays].set_by, links[comes].employee) == (kept.pk, "import", owner)
    assert tagging.set_tags(three[0], [comes, stays], by=owner) is False
