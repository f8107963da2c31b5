"""The next step: the most urgent one, for the one who reads; who she is; where we left off."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from customers.choices import AppointmentState, Purpose, TaskReason
from customers.models import Task
from customers.queries import next_step, purchases
from customers.queries.person import Reader
from customers.services import feelings, visits
from scrm.kit import clock
from tests.factories.contacts import make_appointment, make_follow_up, make_task
from tests.factories.customers import consent, make_customer
from tests.factories.orders import make_order, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel("2026-11-20T14:00:00+08:00", tick=False), translation.override("en"):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def step(customer, viewer):
    return next_step.Situation(Reader(customer, viewer), purchases.figures(customer)).step()


def left_off(customer, viewer):
    return next_step.Situation(Reader(customer, viewer), purchases.Figures()).left_off()


def days(n):
    return clock.now() - timedelta(days=n)


def test_most_urgent_first(juan, manager, employee):
    """Each one added is more urgent than those that stand there."""
    assert step(juan, employee).key == "greet"
    for n in (140, 100, 60):
        make_order(juan, ordered_at=days(n))
    assert step(juan, employee).key == "again"
    juan.birth_md = 1124
    assert step(juan, employee).key == "birthday"
    make_task(juan, employee, reason=TaskReason.FOLLOW_UP, about="问皮肤")
    assert step(juan, employee).key == "due"
    today = make_appointment(juan, starts_at=clock.now() + timedelta(hours=3))
    assert step(juan, employee).key == "today"
    visits.cancel(today, by=employee)
    make_appointment(juan, starts_at=days(1), state=AppointmentState.NO_SHOW)
    assert step(juan, employee).key == "win_back"
    make_appointment(juan, starts_at=clock.now() - timedelta(hours=1), employee=employee)
    visits.ask_who_came()
    assert step(juan, employee).key == "confirm"
    feelings.felt([feelings.Feeling(juan, -2, "没人回", at=days(3))], by=employee)
    assert step(juan, employee).key == "answer"


def test_the_complaint_is_answered_by_whoever_has_the_task(juan, manager, employee):
    feelings.felt([feelings.Feeling(juan, -2, "没人回 13911112222", at=days(3))], by=employee)
    task = Task.objects.get()
    hers = step(juan, manager)
    assert (hers.task, hers.act, hers.why) == (
        task.pk, "answer", "She has waited 3 days for an answer to: 没人回 139****2222",
    )  # fmt: skip
    assert step(juan, employee).task is None


@pytest.mark.parametrize(
    ("hours", "said"), [(0, "less than an hour"), (1, "1 hour"), (47, "47 hours"), (48, "2 days")]
)
def test_how_long_she_waits(juan, manager, hours, said):
    feelings.felt([feelings.Feeling(juan, -1, "x", at=clock.now() - timedelta(hours=hours))], by=manager)
    assert step(juan, manager).why == f"She has waited {said} for an answer to: x"


def test_a_missed_appointment_is_won_back_once(juan, employee):
    make_appointment(juan, starts_at=days(2), state=AppointmentState.NO_SHOW)
    assert step(juan, employee).act == "book"
    make_follow_up(juan, at=days(1))
    assert step(juan, employee).key == "nothing"


@pytest.mark.parametrize(
    ("ago", "key", "why"),
    [
        (0, "nothing", "You were in touch lately"),
        (7, "nothing", "You were in touch lately"),
        (8, "nothing", "The last contact was 8 days ago"),
        (41, "nothing", "The last contact was 41 days ago"),
        (59, "nothing", "The last contact was 59 days ago"),
        (60, "greet", "The last contact was 60 days ago"),
    ],
)
def test_the_last_contact_is_told_as_it_was(juan, employee, ago, key, why):
    make_follow_up(juan, at=days(ago))
    found = step(juan, employee)
    assert (found.key, found.why) == (key, why)


class TestWhoWantsNoMarketing:
    @pytest.fixture(autouse=True)
    def away(self, juan):
        for n in (140, 100, 60):
            make_order(juan, ordered_at=days(n))

    def test_is_not_invited(self, juan, employee):
        assert step(juan, employee).words == "王小娟, it has been a while. Shall I keep a time for you this week?"
        consent(juan, False)
        found = step(juan, employee)
        assert (found.key, found.act, found.words) == (
            "care", "follow_up", "王小娟, how are you? If there is anything we can do for you, I am here.",
        )  # fmt: skip
        assert found.why == "She comes every 40 days; the last time was 60 days ago. She wants no marketing."

    def test_nor_greeted_where_she_took_care_back_too(self, juan, employee):
        juan.birth_md = clock.today().month * 100 + clock.today().day
        consent(juan, False)
        assert step(juan, employee).key == "birthday"
        consent(juan, False, purpose=Purpose.CARE)
        found = step(juan, employee)
        assert (found.key, found.words, found.act) == ("service", "", "")

    def test_by_text_message_alone_changes_nothing(self, juan, employee):
        consent(juan, False, medium="sms")
        assert step(juan, employee).key == "again"


def test_whoever_took_care_back_is_not_greeted(juan, employee):
    consent(juan, False, purpose=Purpose.CARE)
    assert (step(juan, employee).key, step(juan, employee).words) == ("service", "")


def test_two_visits_are_no_habit(juan, employee):
    for n in (400, 330):
        make_order(juan, ordered_at=days(n))
    assert step(juan, employee).why == "Her last visit was 330 days ago"


def test_whoever_has_a_date_is_not_asked_for_one(juan, employee):
    make_appointment(juan, starts_at=days(2), state=AppointmentState.NO_SHOW)
    make_appointment(juan, starts_at=clock.now() + timedelta(days=4))
    assert step(juan, employee).key == "coming"


@pytest.mark.parametrize(("ahead", "when"), [(0, "today"), (1, "in 1 day"), (7, "in 7 days")])
def test_birthday(juan, employee, ahead, when):
    day = clock.today() + timedelta(days=ahead)
    juan.birth_md = day.month * 100 + day.day
    found = step(juan, employee)
    assert (found.key, found.why) == ("birthday", f"Birthday {when}")
    assert found.words == "王小娟, happy birthday! All of us wish you a wonderful year."


def test_a_birthday_far_away_is_no_step(juan, employee):
    day = clock.today() + timedelta(days=8)
    juan.birth_md = day.month * 100 + day.day
    assert step(juan, employee).key == "greet"


def test_without_a_name_nobody_is_called_no_name(employee):
    nobody = make_customer("", "13800000022", owner=employee, birth_md=1120)
    assert step(nobody, employee).words.startswith("Dear customer, happy birthday")


def test_where_we_left_off(juan, employee):
    assert left_off(juan, employee) is None
    row = make_follow_up(juan, "问了换季 13911112222", at=days(3), author=employee)
    make_follow_up(juan, "更早", at=days(9))
    agreed = make_task(
        juan, employee, reason=TaskReason.FOLLOW_UP, about="问皮肤", due_at=clock.now() + timedelta(days=5)
    )
    found = left_off(juan, employee)
    assert (found.last, found.last_text, found.next_at, found.next_text) == (
        row, "问了换季 139****2222", agreed.due_at, "问皮肤",
    )  # fmt: skip
    booked = make_appointment(juan, service=make_product("舒缓护理"))
    found = left_off(juan, employee)
    assert (found.next_at, found.next_text) == (booked.starts_at, "舒缓护理")
