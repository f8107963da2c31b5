"""What an employee does with a task: one tap, or a form where more is to be said."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import (
    FollowUpOutcome,
    Medium,
    Purpose,
    TaskOutcome,
    TaskReason,
    TaskState,
)
from customers.models import Customer, Task
from customers.services import feelings, following, visits
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.staff.choices import Role

# An unanswered call is tried again the next day; after so many tries it is the employee's to say what then.
AGAIN_AFTER = timedelta(days=1)
# The three words that follow the copied ones.
AFTER_COPYING = (TaskOutcome.SENT, TaskOutcome.NOT_SENT, TaskOutcome.UNFITTING)
# What each reason may end with; a bad feeling only by `feelings.answer`, a no-show only by what really was.
TAPS: dict[str, tuple[TaskOutcome, ...]] = {
    TaskReason.FOLLOW_UP: (*AFTER_COPYING, TaskOutcome.DONE, TaskOutcome.NOT_REACHED),
    TaskReason.WIN_BACK: (*AFTER_COPYING, TaskOutcome.NOT_REACHED),
    # Wishes are sent; nobody is rung up again tomorrow for a birthday of today.
    TaskReason.BIRTHDAY: AFTER_COPYING,
    TaskReason.ASSIGNED: (*AFTER_COPYING, TaskOutcome.DONE, TaskOutcome.NOT_REACHED),
    TaskReason.OTHER: (*AFTER_COPYING, TaskOutcome.DONE, TaskOutcome.NOT_REACHED),
    TaskReason.NO_SHOW: (TaskOutcome.CAME, TaskOutcome.NO_SHOW),
    TaskReason.BAD_FEELING: (),
}
# These end nothing: the task stands where it stood, or is due again.
STAYS = (TaskOutcome.NOT_SENT, TaskOutcome.NOT_REACHED)
CLASS = {
    TaskReason.BIRTHDAY: Purpose.CARE,
    TaskReason.ASSIGNED: Purpose.CARE,
    TaskReason.BAD_FEELING: Purpose.CARE,
}


def add(
    *,
    customer: Customer,
    employee: Any,
    about: str,
    due_at: datetime,
    by: Any,
    words: str = "",
    key: str | None = None,
) -> Task:
    """A matter of its own. Raises Refused: task.empty, task.past, task.employee, person.not_living."""
    if not customer.is_living:
        raise Refused("person.not_living", _("This customer is archived or was merged; nothing was written."))
    if not about.strip():
        raise Refused("task.empty", _("Say what is to be done."))
    if due_at < clock.start_of(clock.today()):
        raise Refused("task.past", _("This time has passed. Choose a later one."))
    if not employee.is_active or employee.role == Role.AGENCY:
        raise Refused("appointment.employee", _("This colleague no longer works here. Choose another one."))
    values: dict[str, Any] = {
        "customer": customer, "employee": employee, "reason": TaskReason.OTHER, "about": about.strip()[:200],
        "words": words.strip(), "due_at": due_at, "created_by": by,
    }  # fmt: skip
    if not key:
        return Task.objects.create(**values)
    return Task.objects.get_or_create(key=key, defaults=values)[0]


def settle(task: Task, *, outcome: str, by: Any, note: str = "", words: str | None = None) -> Task:
    """One tap. `sent` and `not reached` are contacts and are written down as such; somebody not reached stands on the
    list again tomorrow. `not sent` is no contact and moves nothing: the task is due as it was. `words` is what was really said, the task's own words where it is None.

    Raises Refused: task.settled (somebody was faster), task.outcome (not for this reason).
    """
    reason = TaskReason(task.reason)
    if outcome not in TAPS[reason]:
        raise Refused("task.outcome", _("This task ends in another way. Open it again."))
    if reason == TaskReason.NO_SHOW:
        assert task.appointment is not None
        (visits.arrive if outcome == TaskOutcome.CAME else visits.miss)(task.appointment, by=by)
        task.refresh_from_db()
        return task
    now = clock.now()
    with transaction.atomic():
        if outcome in STAYS:
            due = _again(task, now) if outcome == TaskOutcome.NOT_REACHED else task.due_at
            changed = Task.objects.open().filter(pk=task.pk).update(due_at=due, outcome=outcome)
        else:
            state = TaskState.DROPPED if outcome == TaskOutcome.UNFITTING else TaskState.DONE
            changed = (
                Task.objects.open()
                .filter(pk=task.pk)
                .update(state=state, outcome=outcome, done_at=now, done_by=by, note=note.strip()[:500])
            )
        if not changed:
            raise _settled()
        _written_down(task, outcome, by, note, words)
    task.refresh_from_db()
    return task


def done(task: Task, *, by: Any) -> Task:
    """By a follow-up that was written for it. A bad feeling and a no-show end in their own ways and stay open."""
    if task.reason not in (TaskReason.BAD_FEELING, TaskReason.NO_SHOW):
        Task.objects.open().filter(pk=task.pk).update(
            state=TaskState.DONE, outcome=TaskOutcome.DONE, done_at=clock.now(), done_by=by
        )
        task.refresh_from_db()
    return task


def put_off(task: Task, *, to: datetime, by: Any) -> Task:
    """To another day. Raises Refused: task.past, task.settled."""
    if to < clock.start_of(clock.today()):
        raise Refused("task.past", _("This time has passed. Choose a later one."))
    if not Task.objects.open().filter(pk=task.pk).update(due_at=to):
        raise _settled()
    task.refresh_from_db()
    return task


def answer(task: Task, *, words: str, by: Any) -> Task:
    """The bad feeling of this task is answered; the contact is written down."""
    if task.feedback is None:
        raise Refused("task.outcome", _("This task ends in another way. Open it again."))
    with transaction.atomic():
        feelings.answer(task.feedback, by=by, words=words)
        _written_down(task, TaskOutcome.SENT, by, "", words, outcome_of_contact=FollowUpOutcome.SOLVED)
    task.refresh_from_db()
    return task


def _written_down(
    task: Task, outcome: str, by: Any, note: str, words: str | None, *, outcome_of_contact: str = ""
) -> None:
    if outcome not in (TaskOutcome.SENT, TaskOutcome.NOT_REACHED) or not task.customer.is_living:
        return
    said = task.words if words is None else words
    not_reached = outcome == TaskOutcome.NOT_REACHED
    following.record(
        [
            following.Contact(
                customer=task.customer,
                content=note if not_reached else (said or note or task.about),
                medium=Medium.PHONE if not_reached or task.feedback_id else Medium.WECOM,
                contact_class=CLASS.get(TaskReason(task.reason), Purpose.SERVICE),
                outcome=FollowUpOutcome.NOT_REACHED
                if not_reached
                else outcome_of_contact or FollowUpOutcome.REACHED,
            )
        ],
        by=by,
    )


def _again(task: Task, now: datetime) -> datetime:
    """The same time tomorrow, counted from today where it was overdue, or shown before it was due."""
    local = timezone.localtime(now if task.reason == TaskReason.WIN_BACK else max(task.due_at, now))
    return local + AGAIN_AFTER


def _settled() -> Refused:
    return Refused("task.settled", _("Somebody has settled this already. Look at the list again."))
