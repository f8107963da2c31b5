"""今日待办: what shows, in which order, for whom; constant in queries."""

from datetime import timedelta

import pytest
import time_machine

from customers.choices import AppointmentState, TaskReason
from customers.models import Customer
from customers.queries import today
from customers.services import visits
from scrm.kit import clock
from tests.factories.contacts import make_appointment, make_task
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel("2026-11-20T14:00:00+08:00", tick=False):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟 13911112222", "13800000021", owner=employee, store=shop.binjiang)


def reasons(viewer, **values):
    return [card.task.reason for card in today.today(viewer, **values).cards]


def test_in_the_order_of_urgency_then_of_time(juan, employee):
    for reason in reversed(TaskReason):
        make_task(juan, employee, reason=reason)
    late = make_task(juan, employee, reason=TaskReason.FOLLOW_UP, due_at=clock.now() - 2 * DAY)
    found = today.today(employee)
    assert [card.task.reason for card in found.cards] == [
        "bad_feeling", "no_show", "win_back", "follow_up", "follow_up", "other", "birthday", "assigned",
    ]  # fmt: skip
    assert found.cards[3].task == late
    assert (found.open, found.overdue, found.done, found.more) == (8, 1, 0, 0)


@pytest.mark.parametrize(
    ("reason", "due_in", "shown"),
    [
        (TaskReason.FOLLOW_UP, timedelta(hours=9), True),
        (TaskReason.FOLLOW_UP, timedelta(hours=10), False),
        (TaskReason.BAD_FEELING, DAY, True),
        (TaskReason.WIN_BACK, DAY, True),
        (TaskReason.BIRTHDAY, 7 * DAY, True),
        (TaskReason.BIRTHDAY, 8 * DAY, False),
        (TaskReason.OTHER, -30 * DAY, True),
    ],
)
def test_what_shows_today(juan, employee, reason, due_in, shown):
    make_task(juan, employee, reason=reason, due_at=clock.now() + due_in)
    assert reasons(employee) == ([reason] if shown else [])


def test_what_has_passed_or_is_done_does_not(juan, employee):
    make_task(juan, employee, reason=TaskReason.BIRTHDAY, ends_at=clock.now())
    make_task(juan, employee, state="done", done_at=clock.now())
    make_task(juan, employee, state="done", done_at=clock.now() - DAY)
    found = today.today(employee)
    assert (found.cards, found.open, found.done) == ([], 0, 1)


def test_mine_and_the_teams(shop, juan, owner, manager, employee, agency):
    make_task(juan, employee)
    make_task(juan, manager, reason=TaskReason.BAD_FEELING)
    elsewhere = make_employee("西湖的", department=shop.xihu)
    make_task(make_customer("西湖客", store=shop.xihu, owner=elsewhere), elsewhere, reason=TaskReason.BIRTHDAY)
    seen = {(who.role, team): len(reasons(who, team=team)) for who in (owner, manager, employee, agency) for team in (False, True)}
    assert seen == {
        ("owner", False): 0, ("owner", True): 3, ("manager", False): 1, ("manager", True): 2,
        ("employee", False): 1, ("employee", True): 1, ("agency", False): 0, ("agency", True): 0,
    }  # fmt: skip


def test_no_number_stands_on_a_card(juan, owner, employee):
    make_task(juan, employee, about="回电 13933334444", words="打 13955556666")
    [card] = today.today(owner, team=True).cards
    assert (card.name, card.phone, card.about, card.words) == (
        "王小娟 139****2222", "138****0021", "回电 139****4444", "打 139****6666",
    )  # fmt: skip


def test_appointments_of_the_day(juan, owner, employee):
    booked = make_appointment(juan, starts_at=clock.now() + timedelta(hours=1), employee=employee)
    came = make_appointment(juan, starts_at=clock.now() - timedelta(hours=3), employee=employee, state=AppointmentState.ARRIVED)
    asked = make_appointment(juan, starts_at=clock.now() - timedelta(hours=1), employee=employee)
    make_appointment(juan, employee=employee)
    make_appointment(juan, starts_at=clock.now(), employee=employee, state=AppointmentState.CANCELLED)
    make_appointment(juan, starts_at=clock.now(), employee=employee, state=AppointmentState.RESCHEDULED)
    assert today.today(employee).appointments == [came, asked, booked]
    visits.ask_who_came()
    found = today.today(employee)
    assert (found.appointments, [card.task.appointment for card in found.cards]) == ([came, booked], [asked])
    assert today.today(owner).appointments == []
    assert today.today(owner, team=True).appointments == [came, booked]


def test_a_long_list_is_cut_and_counted(juan, employee, monkeypatch):
    monkeypatch.setattr(today, "SHOWN", 3)
    for _n in range(5):
        make_task(juan, employee)
    found = today.today(employee)
    assert (len(found.cards), found.open, found.more) == (3, 5, 2)


def test_a_complaint_stands_first_however_many_are_open(juan, employee, monkeypatch):
    """And within a reason what is due longest: the database puts them in order before the list is cut."""
    monkeypatch.setattr(today, "SHOWN", 3)
    now = clock.now()
    for n in range(8):
        make_task(juan, employee, reason=TaskReason.BIRTHDAY, due_at=now - timedelta(days=9 - n))
    missed = make_task(juan, employee, reason=TaskReason.NO_SHOW, due_at=now - timedelta(hours=1))
    late, fresh = (
        make_task(juan, employee, reason=TaskReason.BAD_FEELING, due_at=now + timedelta(hours=hours)) for hours in (1, 23)
    )
    found = today.today(employee)
    assert ([card.task for card in found.cards], found.more) == ([late, fresh, missed], 8)


def test_nobody_spoke_to_them_for_long(employee):
    now = clock.now()
    make_customer("刚聊过", last_contact_at=now - 10 * DAY)
    quiet = make_customer("久未联系", last_contact_at=now - 100 * DAY)
    never = make_customer("从未联系", known_since=clock.days_ago(200))
    make_customer("新来的")
    make_customer("刚入会", known_since=clock.days_ago(3))
    old = make_customer("很早录入", created_at=now - 300 * DAY)
    found = today.long_quiet(Customer.objects.all(), 90)
    assert set(found) == {quiet, never, old}


def test_constant_in_queries(juan, employee, django_assert_num_queries):
    make_task(juan, employee)
    make_appointment(juan, starts_at=clock.now(), employee=employee)
    with django_assert_num_queries(4):
        today.today(employee)
    for n in range(10):
        make_task(make_customer(f"客户{n}"), employee)
        make_appointment(make_customer(f"约{n}"), starts_at=clock.now(), employee=employee)
    with django_assert_num_queries(4):
        today.today(employee)
