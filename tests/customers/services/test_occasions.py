"""Birthdays come by themselves and go when they have passed; so does everything nobody needs any more."""

from datetime import date, timedelta

import pytest
import time_machine

from customers import tasks as doors
from customers.choices import AppointmentState, TaskReason, TaskState
from customers.models import Task
from customers.services import occasions
from scrm.kit import clock, jobs
from tests.factories.contacts import make_appointment, make_feedback, make_task
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


class TestBirthdays:
    def people(self, employee):
        """Today, in seven days, in eight; lunar in three (农历十月十四 is 22 November 2026); 29 February is far."""
        return {
            "today": make_customer("今天", birth_md=1120, owner=employee),
            "week": make_customer("七天", birth_md=1127, owner=employee),
            "eight": make_customer("八天", birth_md=1128, owner=employee),
            "lunar": make_customer("农历", birth_md=1014, birth_lunar=True, owner=employee),
            "leap": make_customer("闰日", birth_md=229, owner=employee),
            "nobody": make_customer("公海", birth_md=1121),
        }

    def test_seven_days_ahead_once_a_year(self, employee):
        people = self.people(employee)
        assert occasions.remember_birthdays() is None
        occasions.remember_birthdays()
        found = {task.customer: task for task in Task.objects.all()}
        assert set(found) == {people["today"], people["week"], people["lunar"]}
        task = found[people["lunar"]]
        assert (task.employee, task.reason, task.key) == (
            employee, TaskReason.BIRTHDAY, f"birthday:{people['lunar'].pk}:2026",
        )  # fmt: skip
        assert (task.due_at, task.ends_at) == (
            clock.start_of(date(2026, 11, 22)) + timedelta(hours=10),
            clock.start_of(date(2026, 11, 23)),
        )

    def test_not_for_whoever_left_and_not_of_the_archived(self, employee):
        gone = make_employee("走了的", is_active=False)
        make_customer("顾问离职", birth_md=1120, owner=gone)
        make_customer("归档", birth_md=1120, owner=employee, archived_at=clock.now())
        occasions.remember_birthdays()
        assert Task.objects.count() == 0

    def test_across_the_turn_of_the_year(self, employee):
        make_customer("元旦", birth_md=101, owner=employee)
        with time_machine.travel("2026-12-28T09:00:00+08:00", tick=False):
            occasions.remember_birthdays()
        assert Task.objects.get().key.endswith(":2027")

    def test_in_slices(self, employee, monkeypatch):
        monkeypatch.setattr(occasions, "CHUNK", 2)
        self.people(employee)
        place, steps = 0, 0
        while place is not None:
            place, steps = occasions.remember_birthdays(after=place), steps + 1
        assert (Task.objects.count(), steps) == (3, 2)

    def test_the_nightly_job_does_all_of_it(self, employee):
        self.people(employee)
        jobs.enqueue("customers.tasks.remember_birthdays")
        jobs.drain()
        assert Task.objects.count() == 3
        assert doors.remember_birthdays() is None


class TestLettingGo:
    def test_what_nobody_needs_any_more(self, juan, manager, employee):
        passed = make_task(juan, employee, reason=TaskReason.BIRTHDAY, ends_at=clock.now())
        archived = make_task(make_customer("归档", archived_at=clock.now()), employee)
        row = make_appointment(juan, state=AppointmentState.ARRIVED)
        came = make_task(juan, employee, reason=TaskReason.NO_SHOW, appointment=row)
        closed = make_task(
            juan, manager, reason=TaskReason.BAD_FEELING, feedback=make_feedback(juan, -1, closed_at=clock.now())
        )
        stays = [
            make_task(juan, employee),
            make_task(juan, employee, reason=TaskReason.BIRTHDAY, ends_at=clock.now() + DAY),
            make_task(juan, employee, reason=TaskReason.NO_SHOW, appointment=make_appointment(juan)),
            make_task(juan, manager, reason=TaskReason.BAD_FEELING, feedback=make_feedback(juan, -1)),
        ]
        assert (occasions.let_go(), occasions.let_go()) == (4, 0)
        assert set(Task.objects.filter(state=TaskState.DROPPED)) == {passed, archived, came, closed}
        assert set(Task.objects.open()) == set(stays)
