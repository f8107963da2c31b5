"""挽回爽约: who missed an appointment is asked for another day, until she has one."""

from datetime import timedelta
from typing import Any

from customers.choices import AppointmentState, TaskOutcome, TaskReason, TaskState
from customers.models import Appointment, Customer, Task
from customers.queries import answering
from scrm.kit import clock
from scrm.staff.choices import Role

DUE_AFTER = timedelta(hours=24)
# An appointment settled this late is tidying up, and no reason to call.
STILL_WARM = timedelta(days=14)
KEY = "win_back:"


def missed(appointment: Appointment, *, by: Any) -> Task | None:
    """In the transaction that says so. A task for her owner, else for whoever was to serve her, else for the manager;
    None where she has another date already, or nobody is there. Said once more of one appointment, its task is opened
    again and not doubled."""
    customer, now = appointment.customer, clock.now()
    if not customer.is_living or appointment.starts_at < now - STILL_WARM or _has_a_date(customer):
        return None
    employee = _who(appointment)
    if employee is None:
        return None
    ends = appointment.starts_at + STILL_WARM
    values = {"employee": employee, "due_at": now + DUE_AFTER, "ends_at": ends, "created_by": by}
    task, made = Task.objects.get_or_create(
        key=f"{KEY}{appointment.pk}",
        defaults={"customer": customer, "reason": TaskReason.WIN_BACK, "appointment": appointment, **values},
    )
    if not made and task.state == TaskState.DROPPED:
        Task.objects.filter(pk=task.pk).update(state=TaskState.OPEN, outcome="", done_at=None, done_by=None, **values)
        task.refresh_from_db()
    return task


def won(customer: Customer, *, by: Any) -> int:
    """She has a date again: nobody needs to ask for one."""
    mine = Task.objects.open().filter(customer=customer.pk, reason=TaskReason.WIN_BACK)
    return mine.update(state=TaskState.DONE, outcome=TaskOutcome.DONE, done_at=clock.now(), done_by=by)


def came_after_all(appointment: Appointment, *, by: Any) -> int:
    """Mixed up at a busy counter: there was nothing to win back."""
    mine = Task.objects.open().filter(appointment=appointment.pk, reason=TaskReason.WIN_BACK)
    return mine.update(state=TaskState.DROPPED, done_at=clock.now(), done_by=by)


def _has_a_date(customer: Customer) -> bool:
    coming = Appointment.objects.filter(customer=customer, state=AppointmentState.BOOKED)
    return coming.filter(starts_at__gt=clock.now()).exists()


def _who(appointment: Appointment) -> Any:
    for person in (appointment.customer.owner, appointment.employee):
        if person is not None and person.is_active and person.role != Role.AGENCY:
            return person
    return answering.managers_of([appointment.store_id])[appointment.store_id]
