"""Follow-ups: written once, with all that follows from them."""

from datetime import timedelta

import pytest
import time_machine

from customers.choices import (
    Began,
    FollowUpOutcome,
    Medium,
    Purpose,
    Score,
    TaskOutcome,
    TaskReason,
    TaskState,
)
from customers.models import Customer, Feedback, FollowUp, Task
from customers.services import contacting, following
from scrm.kit import clock
from scrm.kit.errors import Refused
from tests.factories.contacts import make_follow_up, make_task, make_touchpoint
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
NOW = "2026-11-20T14:00:00+08:00"


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def refused(contact, by):
    with pytest.raises(Refused) as caught:
        following.record([contact], by=by)
    assert FollowUp.objects.count() == 0
    return caught.value.code


def test_everything_that_was_said_is_kept(juan, employee):
    point = make_touchpoint("护理中")
    [row] = following.record(
        [
            following.Contact(
                customer=juan, content=" 换季发红 ", medium=Medium.PHONE, began=Began.CUSTOMER,
                contact_class=Purpose.CARE, feeling=1, touchpoint=point, is_last=True, outcome=FollowUpOutcome.BOOKED,
                next_at=clock.now() + timedelta(days=2), next_words="问皮肤", key="hand:1",
            )
        ],
        by=employee,
    )  # fmt: skip
    stored = FollowUp.objects.values(
        "customer", "author", "content", "medium", "began", "contact_class", "feeling", "outcome", "next_words", "at"
    ).get(pk=row.pk)
    assert stored == {
        "customer": juan.pk, "author": employee.pk, "content": "换季发红", "medium": "phone", "began": "customer",
        "contact_class": "care", "feeling": 1, "outcome": "booked", "next_words": "问皮肤", "at": clock.now(),
    }  # fmt: skip
    assert Feedback.objects.values_list("score", "words", "touchpoint", "is_last", "follow_up").get() == (
        1, "换季发红", point.pk, True, row.pk,
    )  # fmt: skip
    task = Task.objects.get()
    assert (task.reason, task.employee, task.about, task.due_at, task.follow_up) == (
        TaskReason.FOLLOW_UP, employee, "问皮肤", clock.now() + timedelta(days=2), row,
    )  # fmt: skip
    juan.refresh_from_db()
    assert juan.last_contact_at == clock.now()


def test_sent_twice_it_is_written_once(juan, employee):
    contact = following.Contact(customer=juan, content="你好", key="hand:abc", next_at=clock.now(), feeling=-1)
    assert len(following.record([contact], by=employee)) == 1
    assert following.record([contact], by=employee) == []
    assert (FollowUp.objects.count(), Task.objects.filter(reason="follow_up").count(), Feedback.objects.count()) == (1, 1, 1)


def test_the_next_step_may_be_somebody_elses(juan, employee, manager):
    following.record(
        [following.Contact(customer=juan, content="请小许联系", next_at=clock.now(), next_for=employee)], by=manager
    )
    assert Task.objects.values_list("employee", "created_by").get() == (employee.pk, manager.pk)


def test_agreed_ones_that_were_due_are_settled_by_it(juan, employee, manager):
    due = make_task(juan, employee, reason=TaskReason.FOLLOW_UP, due_at=clock.now() - timedelta(days=1))
    tonight = make_task(juan, employee, reason=TaskReason.FOLLOW_UP, due_at=clock.now() + timedelta(hours=5))
    later = make_task(juan, employee, reason=TaskReason.FOLLOW_UP, due_at=clock.now() + timedelta(days=3))
    other = make_task(juan, employee, reason=TaskReason.OTHER)
    colleagues = make_task(juan, manager, reason=TaskReason.FOLLOW_UP)
    foreign = make_task(make_customer("别人"), employee, reason=TaskReason.FOLLOW_UP)
    following.record([following.Contact(customer=juan, content="聊过了")], by=employee)
    done = set(Task.objects.filter(state=TaskState.DONE, outcome=TaskOutcome.DONE, done_by=employee))
    assert done == {due, tonight}
    assert set(Task.objects.open()) == {later, other, colleagues, foreign}


def test_a_call_that_nobody_answered_is_no_contact(juan, employee):
    due = make_task(juan, employee, reason=TaskReason.FOLLOW_UP)
    following.record([following.Contact(customer=juan, outcome=FollowUpOutcome.NOT_REACHED)], by=employee)
    juan.refresh_from_db()
    assert juan.last_contact_at is None
    assert list(Task.objects.open()) == [due]


def test_the_newest_contact_is_kept_beside_her(juan, employee):
    old = following.Contact(customer=juan, content="上周", at=clock.now() - timedelta(days=7))
    following.record([following.Contact(customer=juan, content="今天"), old], by=employee)
    juan.refresh_from_db()
    assert juan.last_contact_at == clock.now()
    FollowUp.objects.filter(content="今天").delete()
    contacting.refresh_last_contact([juan.pk])
    juan.refresh_from_db()
    assert juan.last_contact_at == clock.now() - timedelta(days=7)
    FollowUp.objects.all().delete()
    contacting.refresh_last_contact([juan.pk])
    assert Customer.objects.values_list("last_contact_at", flat=True).get(pk=juan.pk) is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "follow_up.empty"),
        ({"content": "  "}, "follow_up.empty"),
        ({"content": "x" * 5_001}, "follow_up.too_long"),
        ({"content": "x", "at": timedelta(hours=1)}, "follow_up.future"),
        ({"content": "x", "next_at": timedelta(days=-1)}, "follow_up.next_past"),
        ({"content": "x", "feeling": 3}, "feeling.unknown"),
    ],
)
def test_what_is_refused_writes_nothing(juan, employee, values, code):
    values = {key: clock.now() + value if isinstance(value, timedelta) else value for key, value in values.items()}
    assert refused(following.Contact(customer=juan, **values), employee) == code
    assert (Task.objects.count(), Feedback.objects.count()) == (0, 0)


def test_of_somebody_archived_nothing_is_written(juan, employee):
    juan.archived_at = clock.now()
    juan.save(update_fields=["archived_at"])
    assert refused(following.Contact(customer=juan, content="x"), employee) == "person.not_living"


def test_one_bad_one_of_a_batch_keeps_all_out(juan, employee):
    good = following.Contact(customer=juan, content="好")
    with pytest.raises(Refused):
        following.record([good, following.Contact(customer=juan)], by=employee)
    assert FollowUp.objects.count() == 0


def test_a_feeling_alone_is_enough(juan, employee):
    following.record([following.Contact(customer=juan, feeling=Score.SO_SO)], by=employee)
    assert Feedback.objects.get().score == 0
    assert Task.objects.count() == 0


def test_many_at_once_cost_as_much_as_one(juan, employee, django_assert_num_queries):
    people = [make_customer(f"客户{n}", owner=employee) for n in range(20)]
    make_follow_up(people[0])
    with django_assert_num_queries(7):
        following.record([following.Contact(customer=juan, content="一")], by=employee)
    with django_assert_num_queries(7):
        following.record([following.Contact(customer=person, content="二") for person in people], by=employee)
