"""Two records of one woman had joined one campaign: she is one lead while they are one, and two again afterwards."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from campaigns.models import BoardWork, Campaign, Link, Participation
from campaigns.queries import attainment, verifying
from campaigns.queries import campaign as told
from campaigns.queries.board import figures
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.services import arriving, boarding, joining
from customers.choices import AppointmentState
from customers.models import Appointment, Customer
from customers.services.merging import joining as merging
from scrm.kit import clock
from scrm.staff.models import Employee
from tests.factories.boards import count_all
from tests.factories.campaigns import join, make_campaign, make_link, make_page
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

KEEP, FOLD = "13777000001", "13777000002"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def link(campaign: Campaign, employee: Employee) -> Link:
    return make_link(campaign, employee=employee)


@pytest.fixture
def keep() -> Customer:
    return make_customer("王娟", KEEP)


@pytest.fixture
def fold() -> Customer:
    return make_customer("小王", FOLD)


def ago(days: int) -> Any:
    return clock.now() - timedelta(days=days)


def merged(keep: Customer, fold: Customer, by: Employee) -> Any:
    return merging.carry_out(merging.plan(keep=keep, fold=fold), by=by)


def shown(campaign: Campaign, employee: Employee, viewer: Employee) -> dict[str, Any]:
    """What each place says once everything that waits was counted; nothing of it is wrong."""
    arriving.settle()
    boarding.refresh()
    assert [str(one) for one in verifying.check() if not one.is_right] == []
    sums, totals = figures.whole(Cut(Sight(None), campaign.pk)), told.totals(campaign, viewer)
    days = figures.by_day(Cut(Sight(None), campaign.pk))
    return {
        "board": (sums.leads, sums.newcomers, sums.arrivals),
        "days": {day: found.leads for day, found in days.items() if found.leads},
        "page": (totals.leads, totals.new_leads),
        "kpi": attainment.of([campaign])[campaign.pk, employee.pk].leads,
        "list": Participation.objects.visible_to(viewer).filter(campaign=campaign).count(),
    }


def test_she_counts_once_and_twice_again(campaign: Campaign, link: Link, keep: Customer, fold: Customer, employee: Employee, owner: Employee) -> None:
    first, second = join(campaign, keep, link=link, at=ago(3)), join(campaign, fold, link=link, at=ago(1), is_new=True)
    for who in (keep, fold):
        Appointment.objects.create(customer=who, employee=employee, store=employee.department, starts_at=clock.now(), state=AppointmentState.ARRIVED)
    arriving.look_again([keep.pk, fold.pk])
    count_all()
    before = shown(campaign, employee, owner)
    assert before == {"board": (2, 1, 2), "days": {first.day: 1, second.day: 1}, "page": (2, 1), "kpi": 2, "list": 2}
    merge = merged(keep, fold, owner)
    assert shown(campaign, employee, owner) == {"board": (1, 0, 1), "days": {first.day: 1}, "page": (1, 0), "kpi": 1, "list": 1}
    merging.undo(merge, by=owner)
    assert shown(campaign, employee, owner) == before
    assert {row.customer: row.pk for row in Participation.objects.all()} == {keep: first.pk, fold: second.pk}


def test_the_first_day_counts_whoever_is_kept(campaign: Campaign, link: Link, keep: Customer, fold: Customer, employee: Employee, owner: Employee) -> None:
    late, early = join(campaign, keep, link=link, at=ago(1)), join(campaign, fold, link=link, at=ago(3))
    count_all()
    before = shown(campaign, employee, owner)
    merge = merged(keep, fold, owner)
    assert shown(campaign, employee, owner)["days"] == {early.day: 1}
    assert [row.pk for row in keep.participations.all()] == [early.pk]
    merging.undo(merge, by=owner)
    assert shown(campaign, employee, owner) == before
    assert {row.customer: row.pk for row in Participation.objects.all()} == {keep: late.pk, fold: early.pk}


def test_three_records_taken_apart_in_the_order_they_came(campaign: Campaign, link: Link, keep: Customer, fold: Customer, owner: Employee) -> None:
    third = make_customer("娟", "13777000003")
    rows = {who.pk: join(campaign, who, link=link, at=ago(days)).pk for who, days in ((fold, 5), (keep, 1), (third, 3))}
    one, other = merged(keep, fold, owner), merged(keep, third, owner)
    assert list(keep.participations.values_list("pk", flat=True)) == [rows[fold.pk]]
    merging.undo(one, by=owner)
    assert list(keep.participations.values_list("pk", flat=True)) == [rows[third.pk]]
    merging.undo(other, by=owner)
    assert dict(Participation.objects.values_list("customer", "pk")) == rows


def test_only_days_of_what_changed_are_counted_anew(campaign: Campaign, keep: Customer, fold: Customer, owner: Employee) -> None:
    join(campaign, keep, at=ago(3))
    second = join(campaign, fold, at=ago(1))
    join(make_campaign(), fold, at=ago(2))
    merge = merged(keep, fold, owner)
    assert list(BoardWork.objects.values_list("campaign", "day")) == [(campaign.pk, second.day)]
    BoardWork.objects.all().delete()
    merging.undo(merge, by=owner)
    assert list(BoardWork.objects.values_list("campaign", "day")) == [(campaign.pk, second.day)]


def test_she_joins_once_more_by_either_number(campaign: Campaign, link: Link, keep: Customer, fold: Customer, owner: Employee) -> None:
    make_page(campaign)
    first, second = join(campaign, keep, link=link, at=ago(3)), join(campaign, fold, link=link, at=ago(1))
    merged(keep, fold, owner)
    for phone in (KEEP, FOLD):
        again = joining.join(link=link, visitor_key=uuid4(), name="王娟", phone=phone)
        assert (again.again, again.participation) == (True, first)
    assert set(Participation.everyone.values_list("pk", "customer", "doubled")) == {(first.pk, keep.pk, False), (second.pk, keep.pk, True)}


def test_the_plan_says_how_many_both_had(campaign: Campaign, keep: Customer, fold: Customer) -> None:
    for who in (keep, fold):
        join(campaign, who)
    join(make_campaign(), fold)
    made = merging.plan(keep=keep, fold=fold)
    assert (made.counts["participations"], made.doubled) == (2, {"participations": 1})
