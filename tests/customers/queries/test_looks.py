"""Who looked at whom: by employee and day, under the viewer's scope."""

from datetime import timedelta

import pytest
import time_machine

from customers.queries import looks
from customers.services import people
from customers.services.erasing import erasing
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(shop, employee):
    return [make_customer(f"客{n}", f"1380000001{n}", owner=employee, store=shop.binjiang) for n in range(4)]


def lines(viewer, days=7, **more):
    found = looks.by_day(viewer, first=clock.days_ago(days - 1), last=clock.today(), **more)
    return [(line.employee.name, (clock.today() - line.day).days, line.people, line.refused) for line in found]


def look(who, *people_seen):
    for person in people_seen:
        people.show_phone(person, by=who)


def test_a_second_look_counts_once(owner, employee, manager, mine):
    look(employee, mine[0], mine[0], mine[1])
    look(manager, mine[0])
    assert lines(owner) == [("小许", 0, 2, 0), ("李店长", 0, 1, 0)]
    assert lines(owner, employee=manager.pk) == [("李店长", 0, 1, 0)]
    assert lines(owner, customers=[mine[1].pk]) == [("小许", 0, 1, 0)]
    assert lines(owner, customers=[]) == []


def test_the_day_is_the_shops(owner, employee, mine):
    """23:30 and 00:30 in Shanghai are two days, though one in UTC."""
    midnight = clock.start_of(clock.today())
    for moment in (midnight - timedelta(minutes=30), midnight + timedelta(seconds=1)):
        with time_machine.travel(moment, tick=False):
            look(employee, mine[0])
    assert lines(owner) == [("小许", 0, 1, 0), ("小许", 1, 1, 0)]
    assert lines(owner, days=1) == [("小许", 0, 1, 0)]


def test_the_limit_refuses_writes_it_down_once_and_tells(owner, employee, mine, settings):
    settings.DAILY_PHONE_LIMIT = 2
    look(employee, mine[0], mine[1], mine[0])
    assert looks.over_limit(owner, first=clock.today(), last=clock.today()) == []
    for _again in range(2):
        with pytest.raises(Refused) as no:
            look(employee, mine[2])
        assert (no.value.code, "2" in str(no.value)) == ("phone.limit", True)
    assert AuditEntry.objects.filter(action=looks.REFUSED).count() == 1
    over = looks.over_limit(owner, first=clock.today(), last=clock.today())
    assert [(line.employee, line.people, line.wanted, line.refused) for line in over] == [(employee, 2, 3, 1)]


def test_others_may_look_at_more_and_are_told_of_but_not_the_owner(owner, manager, mine, settings):
    settings.DAILY_PHONE_LIMIT = 2
    look(manager, *mine[:3])
    look(owner, *mine)
    over = looks.over_limit(owner, first=clock.today(), last=clock.today())
    assert [(line.employee, line.people) for line in over] == [(manager, 3)]


def test_a_manager_reads_of_the_own_people(owner, manager, operator, employee, agency, mine, shop):
    other = make_employee("西湖的人", department=shop.xihu)
    far = make_customer("远客", "13800000099", owner=other, store=shop.xihu)
    look(other, far)
    look(employee, mine[0])
    assert lines(manager) == [("小许", 0, 1, 0)]
    assert lines(manager, employee=other.pk) == []
    assert sorted(lines(owner)) == [("小许", 0, 1, 0), ("西湖的人", 0, 1, 0)]
    assert [lines(who) for who in (operator, employee, agency)] == [[], [], []]
    assert [looks.may_see(who) for who in (owner, manager, operator, employee, agency)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_whom_on_a_day(owner, manager, employee, mine, shop, settings):
    settings.DAILY_PHONE_LIMIT = 2
    look(employee, mine[0], mine[1], mine[0])
    with pytest.raises(Refused):
        look(employee, mine[2])
    type(mine[1]).everyone.filter(pk=mine[1].pk).update(owner=None, store=shop.xihu)
    found, elsewhere = looks.people_on(manager, employee, clock.today())
    assert ({(one.customer.name, one.times, one.refused) for one in found}, elsewhere) == (
        {("客0", 2, False), ("客2", 0, True)}, 1,
    )  # fmt: skip
    erasing.carry_out(erasing.plan(mine[0], by=owner), by=owner)
    found, elsewhere = looks.people_on(owner, employee, clock.today())
    assert ({one.customer.name for one in found}, elsewhere) == ({"客1", "客2"}, 1)


@pytest.mark.parametrize("employees", [1, 3])
def test_it_costs_as_much_for_many(owner, shop, employees, mine, django_assert_num_queries):
    for n in range(employees):
        look(make_employee(f"店长{n}", "manager", department=shop.binjiang), *mine)
    with django_assert_num_queries(2):
        assert len(lines(owner)) == employees
