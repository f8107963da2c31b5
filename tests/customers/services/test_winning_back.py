"""A missed appointment is somebody's task until she has another date."""

from datetime import timedelta

import pytest
import time_machine

from customers.choices import AppointmentState, TaskOutcome, TaskReason, TaskState
from customers.models import Task
from customers.queries import today
from customers.services import doing, occasions, visits
from customers.services.visits import Booking
from scrm.kit import clock
from tests.factories.contacts import make_appointment, make_task
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel("2026-11-20T14:00:00+08:00", tick=False):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def missed(customer, by, *, ago=HOUR, **fields):
    row = make_appointment(customer, starts_at=clock.now() - ago, **fields)
    visits.miss(row, by=by)
    return row


def states():
    return list(Task.objects.filter(reason=TaskReason.WIN_BACK).order_by("pk").values_list("state", flat=True))


def test_her_owner_has_it_on_todays_list_at_once_with_words_to_say(juan, employee, manager):
    row = missed(juan, manager, employee=manager)
    task = Task.objects.get()
    assert (task.reason, task.employee, task.appointment, task.key, task.due_at, task.ends_at, task.created_by) == (
        TaskReason.WIN_BACK, employee, row, f"win_back:{row.pk}", clock.now() + 24 * HOUR,
        row.starts_at + timedelta(days=14), manager,
    )  # fmt: skip
    [card] = today.today(employee).cards
    assert (card.task, card.words.startswith("王小娟"), card.overdue) == (task, True, False)


def test_whoever_was_to_serve_her_where_nobody_looks_after_her_else_the_manager(shop, manager, agency):
    gone = make_employee("走了的", is_active=False)
    serving = make_employee("接待的", department=shop.binjiang)
    for owner, employee in ((None, serving), (gone, gone), (agency, None)):
        missed(make_customer(owner=owner, store=shop.binjiang), manager, employee=employee, store=shop.binjiang)
    assert list(Task.objects.order_by("pk").values_list("employee__name", flat=True)) == [
        serving.name, manager.name, manager.name,
    ]  # fmt: skip


def test_where_nobody_is_there_nobody_is_asked(juan, employee):
    juan.owner = None
    juan.save()
    row = make_appointment(juan, starts_at=clock.now() - HOUR)
    assert visits.miss(row, by=employee).state == AppointmentState.NO_SHOW
    assert states() == []


@pytest.mark.parametrize("archived", [False, True])
def test_nothing_to_win_back(juan, employee, archived):
    """She has a date already, or is archived; or it was long ago and somebody tidies up."""
    if archived:
        juan.archived_at = clock.now()
        juan.save()
    else:
        make_appointment(juan, starts_at=clock.now() + HOUR)
    missed(juan, employee)
    missed(make_customer("很久以前", owner=employee), employee, ago=timedelta(days=15))
    assert states() == []


def test_the_question_who_came_becomes_the_task(juan, employee):
    row = make_appointment(juan, starts_at=clock.now() - HOUR, employee=employee)
    visits.ask_who_came()
    doing.settle(Task.objects.get(), outcome=TaskOutcome.NO_SHOW, by=employee)
    assert list(Task.objects.order_by("pk").values_list("reason", "state", "appointment")) == [
        ("no_show", "done", row.pk), ("win_back", "open", row.pk),
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["book", "move"])
def test_she_books_again_and_it_is_done(juan, employee, way):
    row = missed(juan, employee)
    other = make_task(make_customer("别人", owner=employee), employee, reason=TaskReason.WIN_BACK)
    if way == "book":
        visits.book(Booking(juan, clock.now() + HOUR), by=employee)
    else:
        visits.move(row, to=clock.now() + HOUR, by=employee)
    task = Task.objects.exclude(pk=other.pk).get()
    assert (task.state, task.outcome, task.done_by, task.done_at) == ("done", "done", employee, clock.now())
    assert list(Task.objects.open()) == [other]


def test_a_booking_sent_twice_settles_it_once(juan, employee, manager):
    missed(juan, employee)
    for who in (employee, manager):
        visits.book(Booking(juan, clock.now() + HOUR, key="hand:1"), by=who)
    assert Task.objects.get().done_by == employee


def test_mixed_up_and_put_right_and_mixed_up_again_it_is_one_task(juan, employee):
    row = missed(juan, employee)
    visits.arrive(row, by=employee)
    assert states() == ["dropped"]
    visits.miss(row, by=employee)
    assert states() == ["open"]
    doing.settle(Task.objects.get(), outcome=TaskOutcome.SENT, by=employee)
    visits.arrive(row, by=employee)
    visits.miss(row, by=employee)
    assert states() == ["done"]


def test_what_a_sheet_says_since_lets_it_go(juan, employee):
    """Sheets write appointments without this service."""
    kept = missed(juan, employee)
    another = make_customer("另约的", owner=employee)
    missed(another, employee)
    waits = missed(make_customer("还没约", owner=employee), employee)
    kept.state = AppointmentState.ARRIVED
    kept.save()
    make_appointment(another)
    assert (occasions.let_go(), occasions.let_go()) == (2, 0)
    assert Task.objects.open().get().appointment == waits


def test_refused_it_leaves_no_task(juan, employee):
    row = make_appointment(juan, state=AppointmentState.CANCELLED, starts_at=clock.now() - HOUR)
    with pytest.raises(visits.Refused):
        visits.miss(row, by=employee)
    assert Task.objects.count() == 0


def test_not_reached_it_stands_on_tomorrows_list(juan, employee):
    missed(juan, employee)
    doing.settle(Task.objects.get(), outcome=TaskOutcome.NOT_REACHED, by=employee)
    assert (Task.objects.get().due_at, today.today(employee).cards) == (clock.now() + timedelta(days=1), [])
    with time_machine.travel("2026-11-21T09:00:00+08:00", tick=False):
        assert [card.task for card in today.today(employee).cards] == [Task.objects.get()]


@pytest.mark.parametrize("outcome", [TaskOutcome.SENT, TaskOutcome.UNFITTING])
def test_one_tap_ends_it(juan, employee, outcome):
    missed(juan, employee)
    doing.settle(Task.objects.get(), outcome=outcome, by=employee)
    assert states() == [TaskState.DROPPED if outcome == TaskOutcome.UNFITTING else TaskState.DONE]
