"""Tasks: one tap for what became of each; birthdays come by themselves and go when they have passed."""

from datetime import timedelta

import pytest
import time_machine

from customers.choices import AppointmentState, FollowUpOutcome, Medium, TaskOutcome, TaskReason, TaskState
from customers.models import FollowUp, Task
from customers.services import doing, feelings, visits
from scrm.kit import clock
from scrm.kit.errors import Refused
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
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def code(act, *args, **values):
    with pytest.raises(Refused) as caught:
        act(*args, **values)
    return caught.value.code


def test_sent_is_a_contact(juan, employee):
    task = make_task(juan, employee, reason=TaskReason.BIRTHDAY, words="生日快乐")
    doing.settle(task, outcome=TaskOutcome.SENT, by=employee)
    assert (task.state, task.outcome, task.done_by, task.done_at) == (
        TaskState.DONE, TaskOutcome.SENT, employee, clock.now(),
    )  # fmt: skip
    row = FollowUp.objects.get()
    assert (row.content, row.medium, row.contact_class, row.outcome, row.author) == (
        "生日快乐", Medium.WECOM, "care", FollowUpOutcome.REACHED, employee,
    )  # fmt: skip


def test_done_says_nothing_of_a_contact(juan, employee):
    doing.settle(make_task(juan, employee), outcome=TaskOutcome.DONE, by=employee, note="发了排期")
    assert FollowUp.objects.count() == 0
    assert Task.objects.values_list("state", "note").get() == (TaskState.DONE, "发了排期")


def test_not_reached_stands_there_again_tomorrow(juan, employee):
    task = make_task(juan, employee, reason=TaskReason.FOLLOW_UP, due_at=clock.now() - 5 * DAY)
    doing.settle(task, outcome=TaskOutcome.NOT_REACHED, by=employee)
    assert (task.state, task.due_at, task.outcome) == (TaskState.OPEN, clock.now() + DAY, TaskOutcome.NOT_REACHED)
    assert FollowUp.objects.values_list("medium", "outcome").get() == ("phone", "not_reached")
    juan.refresh_from_db()
    assert juan.last_contact_at is None


@pytest.mark.parametrize("days", [-5, 0, 3])
def test_not_sent_is_no_contact_and_moves_nothing(juan, employee, days):
    due = clock.now() + days * DAY
    task = make_task(juan, employee, reason=TaskReason.BIRTHDAY, words="生日快乐", due_at=due)
    doing.settle(task, outcome=TaskOutcome.NOT_SENT, by=employee)
    assert (task.state, task.due_at, task.outcome, task.done_at) == (TaskState.OPEN, due, TaskOutcome.NOT_SENT, None)
    assert FollowUp.objects.count() == 0
    juan.refresh_from_db()
    assert juan.last_contact_at is None
    doing.settle(task, outcome=TaskOutcome.SENT, by=employee)
    assert (task.state, FollowUp.objects.get().content) == (TaskState.DONE, "生日快乐")


def test_what_does_not_fit_is_put_aside(juan, employee):
    task = make_task(juan, employee)
    doing.settle(task, outcome=TaskOutcome.UNFITTING, by=employee)
    assert (task.state, FollowUp.objects.count()) == (TaskState.DROPPED, 0)


def test_two_taps_count_once(juan, employee):
    task = make_task(juan, employee)
    doing.settle(task, outcome=TaskOutcome.SENT, by=employee)
    for outcome in (TaskOutcome.SENT, TaskOutcome.NOT_SENT, TaskOutcome.DONE, TaskOutcome.NOT_REACHED):
        assert code(doing.settle, task, outcome=outcome, by=employee) == "task.settled"
    assert FollowUp.objects.count() == 1


@pytest.mark.parametrize("reason", list(TaskReason))
@pytest.mark.parametrize("outcome", [*TaskOutcome, "nonsense"])
def test_each_reason_ends_in_its_own_ways(juan, employee, reason, outcome):
    row = make_appointment(juan, starts_at=clock.now() - timedelta(hours=1))
    task = make_task(juan, employee, reason=reason, appointment=row if reason == TaskReason.NO_SHOW else None)
    if outcome in doing.TAPS[reason]:
        doing.settle(task, outcome=outcome, by=employee)
        task.refresh_from_db()
        assert task.outcome == outcome
    else:
        assert code(doing.settle, task, outcome=outcome, by=employee) == "task.outcome"
        task.refresh_from_db()
        assert (task.state, task.outcome) == (TaskState.OPEN, "")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(TaskOutcome.CAME, AppointmentState.ARRIVED), (TaskOutcome.NO_SHOW, AppointmentState.NO_SHOW)],
)
def test_who_came_is_written_to_the_appointment(juan, employee, outcome, state):
    row = make_appointment(juan, starts_at=clock.now() - timedelta(hours=1), employee=employee)
    visits.ask_who_came()
    task = Task.objects.get()
    doing.settle(task, outcome=outcome, by=employee)
    row.refresh_from_db()
    assert (row.state, task.state, task.outcome) == (state, TaskState.DONE, outcome)


def test_put_off(juan, employee):
    task = make_task(juan, employee)
    doing.put_off(task, to=clock.now() + 3 * DAY, by=employee)
    assert task.due_at == clock.now() + 3 * DAY
    assert code(doing.put_off, task, to=clock.now() - DAY, by=employee) == "task.past"
    doing.settle(task, outcome=TaskOutcome.DONE, by=employee)
    assert code(doing.put_off, task, to=clock.now() + DAY, by=employee) == "task.settled"


def test_answering_is_a_contact_too(juan, manager, employee):
    feelings.felt([feelings.Feeling(juan, -2, "脸红")], by=employee)
    task = Task.objects.get()
    doing.answer(task, words="已致电", by=manager)
    assert (task.state, task.feedback.closing_words) == (TaskState.DONE, "已致电")
    assert FollowUp.objects.values_list("content", "medium", "outcome", "author").get() == (
        "已致电", "phone", "solved", manager.pk,
    )  # fmt: skip
    assert code(doing.answer, task, words="又", by=manager) == "feeling.closed"
    assert FollowUp.objects.count() == 1
    assert code(doing.answer, make_task(juan, manager), words="又", by=manager) == "task.outcome"


def test_a_follow_up_settles_what_it_was_written_for(juan, employee):
    fitting, bad = make_task(juan, employee), make_task(juan, employee, reason=TaskReason.BAD_FEELING)
    doing.done(fitting, by=employee)
    doing.done(bad, by=employee)
    assert (fitting.state, bad.state) == (TaskState.DONE, TaskState.OPEN)


class TestAdding:
    def test_a_matter_of_its_own(self, juan, employee, manager):
        task = doing.add(customer=juan, employee=employee, about=" 送样品 ", due_at=clock.now(), by=manager, key="k")
        again = doing.add(customer=juan, employee=employee, about="送样品", due_at=clock.now(), by=manager, key="k")
        assert (task.about, task.reason, task.created_by, again) == ("送样品", TaskReason.OTHER, manager, task)

    def test_what_is_refused(self, juan, employee, agency):
        gone = make_employee("走了的", is_active=False)
        values = {"customer": juan, "employee": employee, "about": "x", "due_at": clock.now(), "by": employee}
        assert code(doing.add, **values | {"about": " "}) == "task.empty"
        assert code(doing.add, **values | {"due_at": clock.now() - DAY}) == "task.past"
        assert code(doing.add, **values | {"employee": gone}) == "appointment.employee"
        assert code(doing.add, **values | {"employee": agency}) == "appointment.employee"
        juan.archived_at = clock.now()
        assert code(doing.add, **values) == "person.not_living"
        assert Task.objects.count() == 0
