"""Feelings: a bad one is answered within a day, by the one whose matter it is."""

from datetime import timedelta

import pytest

from customers.choices import TaskOutcome, TaskReason, TaskState
from customers.models import Feedback, Task
from customers.queries import answering, today
from customers.services import feelings
from customers.services.feelings import Feeling
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.contacts import make_feedback
from tests.factories.customers import make_customer
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


@pytest.mark.parametrize(("score", "tasks"), [(-2, 1), (-1, 1), (0, 0), (1, 0), (2, 0)])
def test_only_a_bad_one_makes_a_task(juan, owner, manager, employee, score, tasks):
    feelings.felt([Feeling(juan, score, "脸红")], by=employee)
    assert Task.objects.count() == tasks
    assert Feedback.objects.unanswered().count() == tasks
    assert today.promotion_paused([juan.pk]) == ({juan.pk} if tasks else set())


def test_the_task_is_the_managers_and_due_in_a_day(juan, owner, manager, employee):
    at = clock.now() - timedelta(hours=3)
    [row] = feelings.felt([Feeling(juan, -2, "问了两天没人回", at=at)], by=employee)
    task = Task.objects.get()
    assert (task.employee, task.reason, task.due_at, task.about, task.feedback) == (
        manager, TaskReason.BAD_FEELING, at + timedelta(hours=24), "问了两天没人回", row,
    )  # fmt: skip


def test_who_answers(shop, owner, manager):
    """The nearest manager above the store; where there is none the owner of the shop."""
    corner = make_department("专柜", shop.binjiang)
    later = make_employee("后来的店长", Role.MANAGER, department=shop.binjiang)
    gone = make_employee("走了的", Role.MANAGER, department=shop.xihu, is_active=False)
    found = answering.managers_of([corner.pk, shop.binjiang.pk, shop.xihu.pk, None])
    assert found == {corner.pk: manager, shop.binjiang.pk: manager, shop.xihu.pk: owner, None: owner}
    assert gone.pk not in {person.pk for person in found.values() if person}
    assert later.pk > manager.pk


def test_nobody_to_answer_is_no_error(juan, employee):
    feelings.felt([Feeling(juan, -2)], by=employee)
    assert (Feedback.objects.count(), Task.objects.count()) == (1, 0)


def test_answered_once(juan, owner, manager, employee):
    [row] = feelings.felt([Feeling(juan, -1)], by=employee)
    feelings.answer(row, by=manager, words=" 已致电道歉 ")
    assert (row.closed_by, row.closing_words, row.closed_at is not None) == (manager, "已致电道歉", True)
    task = Task.objects.get()
    assert (task.state, task.outcome, task.done_by, task.note) == (TaskState.DONE, TaskOutcome.DONE, manager, "已致电道歉")
    assert today.promotion_paused([juan.pk]) == set()
    assert AuditEntry.objects.filter(action="feeling.answered").count() == 1
    with pytest.raises(Refused) as caught:
        feelings.answer(row, by=owner, words="又一次")
    assert caught.value.code == "feeling.closed"
    row.refresh_from_db()
    assert row.closing_words == "已致电道歉"


def test_not_without_words(juan, manager):
    row = make_feedback(juan, -2)
    with pytest.raises(Refused) as caught:
        feelings.answer(row, by=manager, words="  ")
    assert caught.value.code == "feeling.no_words"
    assert Feedback.objects.unanswered().count() == 1


def test_an_unknown_score_is_refused(juan, employee):
    with pytest.raises(Refused) as caught:
        feelings.felt([Feeling(juan, 1), Feeling(juan, -3)], by=employee)
    assert (caught.value.code, Feedback.objects.count()) == ("feeling.unknown", 0)


def test_unanswered_inside_the_scope(shop, juan, owner, manager, employee, agency):
    make_feedback(juan, -1)
    make_feedback(make_customer("西湖的", store=shop.xihu), -2)
    counts = {who.role: today.unanswered(who).count() for who in (owner, manager, employee, agency)}
    assert counts == {"owner": 2, "manager": 1, "employee": 1, "agency": 0}


def test_a_hundred_at_once_take_no_more_queries(shop, owner, manager, employee, django_assert_num_queries):
    people = [make_customer(f"客户{n}", store=shop.binjiang if n % 2 else None) for n in range(100)]
    with django_assert_num_queries(6):
        feelings.felt([Feeling(person, -1) for person in people], by=employee)
    assert Task.objects.count() == 100
