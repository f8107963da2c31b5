"""WeChat contacts: added, renamed, lost, added again; every version is kept."""

from datetime import timedelta

import pytest

from customers.choices import RelationHow, Side
from customers.models import Relation
from customers.services import relations
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", owner=employee, store=shop.binjiang)


def days(count):
    return clock.now() - timedelta(days=count)


def told(relation):
    relation.refresh_from_db()
    return (relation.remark, relation.added_at, relation.how, relation.deleted_by, relation.deleted_at, relation.blocked_by)


def test_added(juan, employee):
    long_ago = days(90)
    made = relations.befriend(juan, employee, remark="  娟 \x00 敏感肌 ", at=long_ago, how=RelationHow.SCANNED, by=employee)
    assert told(made) == ("娟 敏感肌", long_ago, "scanned", "", None, "")


def test_added_twice_changes_nothing_but_the_name(juan, employee):
    long_ago = days(90)
    made = relations.befriend(juan, employee, remark="娟", at=long_ago, how=RelationHow.SCANNED)
    again = relations.befriend(juan, employee, at=days(1), how=RelationHow.GROUP)
    assert (again.pk, Relation.objects.count(), told(made)) == (made.pk, 1, ("娟", long_ago, "scanned", "", None, ""))
    assert made.history.count() == 1
    relations.befriend(juan, employee, remark="娟姐")
    assert (told(made)[0], made.history.count()) == ("娟姐", 2)


def test_lost_and_found_again(juan, employee):
    made = relations.befriend(juan, employee, remark="娟", at=days(90), how=RelationHow.SCANNED)
    lost_at, back_at = days(10), days(2)
    relations.lost(made, side=Side.CUSTOMER, at=lost_at, by=employee)
    assert told(made)[3:] == ("customer", lost_at, "")
    relations.lost(made, side=Side.CUSTOMER, blocked=True, at=lost_at)
    assert told(made)[3:] == ("customer", lost_at, "customer")
    relations.befriend(juan, employee, at=back_at)
    assert told(made) == ("娟", back_at, "scanned", "", None, "")
    versions = [(row.deleted_by, row.blocked_by) for row in made.history.order_by("history_id")]
    assert versions == [("", ""), ("customer", ""), ("customer", "customer"), ("", "")]


def test_said_again_the_first_date_stays(juan, employee):
    made = relations.befriend(juan, employee, at=days(90))
    first = days(10)
    relations.lost(made, side=Side.CUSTOMER, at=first)
    relations.lost(made, side=Side.CUSTOMER, at=days(1))
    assert (told(made)[3:5], made.history.count()) == (("customer", first), 2)
    by_us = days(1)
    relations.lost(made, side=Side.EMPLOYEE, at=by_us)
    assert told(made)[3:5] == ("employee", by_us)


def test_renamed(juan, employee):
    made = relations.befriend(juan, employee, remark="娟")
    relations.rename(made, remark="娟姐 " + "长" * 200, by=employee)
    assert made.history.count() == 2
    assert told(made)[0] == ("娟姐 " + "长" * 200)[: relations.REMARK_LENGTH]
    relations.rename(made, remark="", by=employee)
    assert told(made)[0] == ""


def test_what_is_refused(juan, employee):
    made = relations.befriend(juan, employee, remark="娟", at=days(30))
    before = told(made)
    ahead = clock.now() + timedelta(days=1)
    refused = []
    for act in (
        lambda: relations.lost(made, side="nobody"),
        lambda: relations.lost(made, side=""),
        lambda: relations.lost(made, side=Side.CUSTOMER, at=days(31)),
        lambda: relations.lost(made, side=Side.CUSTOMER, at=ahead),
        lambda: relations.befriend(juan, make_employee("新人"), at=ahead),
    ):
        with pytest.raises(Refused) as no:
            act()
        refused.append(no.value.code)
    assert refused == ["relation.side", "relation.side", "relation.before_added", "relation.future", "relation.future"]
    assert (told(made), Relation.objects.count(), made.history.count()) == (before, 1, 1)


def test_nothing_is_written_of_who_is_not_here(juan, employee):
    made = relations.befriend(juan, employee, remark="娟")
    juan.archived_at = clock.now()
    juan.save(update_fields=["archived_at"])
    made.refresh_from_db()
    for act in (
        lambda: relations.rename(made, remark="x"),
        lambda: relations.lost(made, side=Side.CUSTOMER),
        lambda: relations.befriend(juan, make_employee("新人")),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "person.not_living"
    assert told(made)[0] == "娟"


def test_who_may_write_of_whom(shop, juan, everyone):
    """A consultant of herself, a manager of her department, head office of everybody; an agency of nobody."""
    near, far = (make_employee(name, Role.EMPLOYEE, department=place) for name, place in (("近", shop.binjiang), ("远", shop.xihu)))
    may = {}
    for role, viewer in everyone.items():
        answers = []
        for of in (viewer, near, far):
            try:
                relations.befriend(juan, of, by=viewer)
                answers.append(True)
            except Refused as no:
                assert no.code == "relation.not_allowed"
                answers.append(False)
            Relation.objects.all().delete()
        may[role] = answers
    assert may == {
        Role.OWNER: [True, True, True],
        Role.OPERATOR: [True, True, True],
        Role.MANAGER: [True, True, False],
        Role.EMPLOYEE: [True, False, False],
        Role.AGENCY: [False, False, False],
    }
