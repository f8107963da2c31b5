"""Appointments: states move along one table, moved ones stay, nobody is a no-show by the clock."""

from datetime import timedelta

import pytest
import time_machine

from customers.choices import AppointmentState, TaskOutcome, TaskReason, TaskState
from customers.models import Appointment, Task
from customers.services import visits
from customers.services.visits import Booking
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.contacts import make_appointment
from tests.factories.customers import make_customer
from tests.factories.orders import make_product
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BOOKED, ARRIVED, NO_SHOW, RESCHEDULED, CANCELLED = AppointmentState


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel("2026-11-20T14:00:00+08:00", tick=False):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def code(act, *args, **values):
    with pytest.raises(Refused) as caught:
        act(*args, **values)
    return caught.value.code


def test_booked(shop, juan, employee):
    care = make_product("舒缓护理")
    made = visits.book(
        Booking(juan, clock.now() + HOUR, 90, service=care, employee=employee, note=" 敏感 "), by=employee
    )
    row = Appointment.objects.get(pk=made.pk)
    assert (row.state, row.minutes, row.store, row.service, row.employee, row.note, row.booked_by) == (
        BOOKED, 90, shop.binjiang, care, employee, "敏感", employee,
    )  # fmt: skip


def test_sent_twice_it_is_booked_once(juan, employee):
    booking = Booking(juan, clock.now() + HOUR, key="hand:1")
    assert visits.book(booking, by=employee) == visits.book(booking, by=employee)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("minutes_from_now", "length", "code_"),
    [
        (-61, 60, "appointment.past"),
        (-24 * 60, 60, "appointment.past"),
        (60, 4, "appointment.minutes"),
        (60, 601, "appointment.minutes"),
        (60, -5, "appointment.minutes"),
    ],
)
def test_what_is_refused(juan, employee, minutes_from_now, length, code_):
    booking = Booking(juan, clock.now() + timedelta(minutes=minutes_from_now), length)
    assert code(visits.book, booking, by=employee) == code_
    assert Appointment.objects.count() == 0


def test_whoever_just_sat_down_is_still_written_down(juan, employee):
    assert visits.book(Booking(juan, clock.now() - timedelta(minutes=59)), by=employee).state == BOOKED


def test_only_with_people_and_places_that_are_there(shop, juan, employee, agency):
    gone = make_employee("走了的", is_active=False)
    closed = make_department("关了的店", is_active=False)
    at = clock.now() + HOUR
    assert code(visits.book, Booking(juan, at, employee=gone), by=employee) == "appointment.employee"
    assert code(visits.book, Booking(juan, at, employee=agency), by=employee) == "appointment.employee"
    assert code(visits.book, Booking(juan, at, store=closed), by=employee) == "appointment.store"
    juan.archived_at = clock.now()
    assert code(visits.book, Booking(juan, at), by=employee) == "person.not_living"


@pytest.mark.parametrize(
    ("after", "length", "taken"),
    [(60, 60, True), (90, 30, True), (30, 60, True), (119, 15, True), (120, 60, False), (0, 60, False)],
)
def test_one_customer_is_in_one_place(juan, employee, after, length, taken):
    visits.book(Booking(juan, clock.now() + HOUR), by=employee)
    booking = Booking(juan, clock.now() + timedelta(minutes=after), length)
    if taken:
        assert code(visits.book, booking, by=employee) == "appointment.taken"
    else:
        visits.book(booking, by=employee)
    assert Appointment.objects.count() == (1 if taken else 2)


def test_a_colleague_may_have_two_but_it_is_told(juan, employee):
    first = visits.book(Booking(juan, clock.now() + HOUR, employee=employee), by=employee)
    second = Booking(make_customer("另一位"), clock.now() + HOUR + timedelta(minutes=30), employee=employee)
    assert visits.clashes(second) == [first]
    assert visits.clashes(second, but=first.pk) == []
    visits.book(second, by=employee)
    assert visits.clashes(Booking(juan, clock.now() + 5 * HOUR, employee=employee)) == []
    assert visits.clashes(Booking(juan, clock.now() + HOUR)) == []


@pytest.mark.parametrize("before", list(AppointmentState))
@pytest.mark.parametrize("after", [ARRIVED, NO_SHOW, RESCHEDULED, CANCELLED])
def test_every_move_is_in_the_table_or_refused(juan, employee, before, after):
    row = make_appointment(juan, starts_at=clock.now() - HOUR, state=before)
    act = {
        ARRIVED: lambda: visits.arrive(row, by=employee),
        NO_SHOW: lambda: visits.miss(row, by=employee),
        RESCHEDULED: lambda: visits.move(row, to=clock.now() + HOUR, by=employee),
        CANCELLED: lambda: visits.cancel(row, by=employee),
    }[after]
    if after in visits.NEXT[before]:
        act()
        row.refresh_from_db()
        assert (row.state, row.state_at) == (after, clock.now())
        assert AuditEntry.objects.get().action == f"appointment.{after}"
    else:
        assert code(act) == "appointment.state"
        row.refresh_from_db()
        assert (row.state, Appointment.objects.count()) == (before, 1)


def test_a_moved_one_names_the_one_that_took_its_place(juan, employee, manager):
    row = make_appointment(juan, minutes=90, note="敏感", employee=employee, store=juan.store)
    new = visits.move(row, to=clock.now() + 3 * HOUR, by=manager, employee=manager)
    assert (row.state, row.moved_to, new.state, new.minutes, new.note, new.employee, new.booked_by) == (
        RESCHEDULED, new, BOOKED, 90, "敏感", manager, manager,
    )  # fmt: skip


def test_moved_into_the_past_it_stays_where_it_was(juan, employee):
    row = make_appointment(juan)
    assert code(visits.move, row, to=clock.now() - 2 * HOUR, by=employee) == "appointment.past"
    row.refresh_from_db()
    assert (row.state, Appointment.objects.count()) == (BOOKED, 1)


def test_moved_by_half_an_hour_it_is_not_in_its_own_way(juan, employee):
    row = make_appointment(juan)
    assert visits.move(row, to=row.starts_at + timedelta(minutes=30), by=employee).state == BOOKED


def test_nobody_came_before_it_began(juan, employee):
    tomorrow = make_appointment(juan)
    tonight = make_appointment(juan, starts_at=clock.now() + HOUR)
    assert code(visits.arrive, tomorrow, by=employee) == "appointment.too_early"
    assert code(visits.miss, tonight, by=employee) == "appointment.too_early"
    assert visits.arrive(tonight, by=employee).state == ARRIVED


class TestAsking:
    def test_half_an_hour_after_somebody_is_asked_once(self, juan, manager, employee):
        row = make_appointment(juan, starts_at=clock.now() - timedelta(minutes=30), employee=employee)
        make_appointment(juan, starts_at=clock.now() - timedelta(minutes=29))
        assert (visits.ask_who_came(), visits.ask_who_came()) == (1, 0)
        task = Task.objects.get()
        assert (task.reason, task.employee, task.appointment, task.due_at) == (
            TaskReason.NO_SHOW, employee, row, clock.now(),
        )  # fmt: skip
        row.refresh_from_db()
        assert row.state == BOOKED

    def test_the_manager_where_nobody_was_named_or_she_left(self, shop, juan, owner, manager):
        gone = make_employee("走了的", is_active=False)
        make_appointment(juan, starts_at=clock.now() - HOUR, store=shop.binjiang)
        make_appointment(juan, starts_at=clock.now() - HOUR, store=shop.binjiang, employee=gone)
        make_appointment(juan, starts_at=clock.now() - HOUR)
        assert visits.ask_who_came() == 3
        assert sorted(Task.objects.values_list("employee", flat=True)) == sorted([manager.pk, manager.pk, owner.pk])

    def test_bookings_of_long_ago_are_no_work_of_today(self, juan, employee):
        make_appointment(juan, starts_at=clock.now() - timedelta(days=3), employee=employee)
        make_appointment(juan, starts_at=clock.now() - HOUR, employee=employee, state=ARRIVED)
        assert visits.ask_who_came() == 0

    def test_the_answer_settles_the_question(self, juan, employee):
        row = make_appointment(juan, starts_at=clock.now() - HOUR, employee=employee)
        visits.ask_who_came()
        visits.miss(row, by=employee)
        assert Task.objects.filter(reason=TaskReason.NO_SHOW).values_list("state", "outcome", "done_by").get() == (
            TaskState.DONE, TaskOutcome.NO_SHOW, employee.pk,
        )  # fmt: skip

    def test_nobody_asked_where_nobody_is_there(self, juan):
        make_appointment(juan, starts_at=clock.now() - HOUR)
        assert (visits.ask_who_came(), Task.objects.count()) == (0, 0)

    def test_a_full_day_is_a_handful_of_queries(self, juan, employee, django_assert_num_queries):
        for n in range(30):
            make_appointment(juan, starts_at=clock.now() - timedelta(minutes=40 + n), employee=employee)
        with django_assert_num_queries(4):
            assert visits.ask_who_came() == 30


def test_a_whole_day_is_confirmed_at_once(juan, employee):
    rows = [make_appointment(juan, starts_at=clock.now() - HOUR) for _n in range(3)]
    rows.append(make_appointment(juan, starts_at=clock.now() - HOUR, state=CANCELLED))
    assert visits.confirm(rows, came=True, by=employee) == 3
    assert Appointment.objects.filter(state=ARRIVED).count() == 3
