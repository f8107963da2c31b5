"""挽回爽约: who missed an appointment is asked for another day, until she has one."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import AppointmentState, TaskOutcome, TaskReason, TaskState
from customers.models import Appointment, Customer, Task
from customers.queries import answering, colleagues
from scrm.kit import audit, clock
from scrm.kit.errors import Refused
from scrm.staff.choices import Role

DUE_AFTER = timedelta(hours=24)
# An appointment settled this late is tidying up, and no reason to call.
STILL_WARM = timedelta(days=14)
KEY = "win_back:"
OPENED = ("employee", "due_at", "ends_at", "state", "outcome", "done_at", "done_by", "created_by")


def missed(appointment: Appointment, *, by: Any) -> Task | None:
    """In the transaction that says so. A task for her owner, else for whoever was to serve her, else for the manager;
    None where she has another date already, or nobody is there. Said once more of one appointment, its task is opened
    again and not doubled."""
    customer, now = appointment.customer, clock.now()
    if not customer.is_living or appointment.starts_at < now - STILL_WARM or _has_a_date(customer):
        return None
    employee = _who(appointment, answering.managers_of([appointment.store_id]))
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


def again(appointments: Iterable[Appointment], *, by: Any) -> int:
    """Somebody wants those asked whom nobody asks, however long ago it was: a task of today each, for a fortnight. Left as
    they are: who has one, was asked already, or has another date. How many. Raises Refused("appointment.not_yours")."""
    if by is not None and not colleagues.may_assign(by):
        raise Refused("appointment.not_yours", _("You may not give work to colleagues. Ask your manager."))
    with transaction.atomic():
        rows = Appointment.objects.select_for_update(of=("self",)).filter(
            pk__in=[one.pk for one in appointments], state=AppointmentState.NO_SHOW
        )
        missed = list(rows.select_related("customer__owner", "employee").order_by("pk"))
        tasks = {task.key: task for task in Task.objects.filter(key__in=[f"{KEY}{row.pk}" for row in missed])}
        coming = Appointment.objects.filter(
            customer__in=[row.customer_id for row in missed], state=AppointmentState.BOOKED, starts_at__gt=clock.now()
        )
        dated = set(coming.values_list("customer", flat=True))
        managers = answering.managers_of({row.store_id for row in missed})
        chosen = [row for row in missed if row.customer.is_living and row.customer_id not in dated]
        fresh = [task for row in chosen if (task := _asked_now(row, tasks.get(f"{KEY}{row.pk}"), managers, by)) is not None]
        Task.objects.bulk_create([task for task in fresh if task.pk is None], ignore_conflicts=True)
        Task.objects.bulk_update([task for task in fresh if task.pk], OPENED, batch_size=200)
        if fresh:
            audit.record("appointment.won_back", by=by, count=len(fresh))
    return len(fresh)


def _asked_now(row: Appointment, task: Task | None, managers: Mapping[int | None, Any], by: Any) -> Task | None:
    """A new task, or an old one opened again and not written yet."""
    now, employee = clock.now(), _who(row, managers)
    living = task is not None and task.state == TaskState.OPEN and (task.ends_at is None or task.ends_at > now)
    if employee is None or living or (task is not None and task.state == TaskState.DONE):
        return None
    task = task or Task(key=f"{KEY}{row.pk}", customer=row.customer, reason=TaskReason.WIN_BACK, appointment=row)
    task.employee, task.created_by, task.state, task.outcome = employee, by, TaskState.OPEN, ""
    task.due_at, task.ends_at = clock.end_of(clock.today()) - timedelta(seconds=1), now + STILL_WARM
    task.done_at = task.done_by = None
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


def _who(appointment: Appointment, managers: Mapping[int | None, Any]) -> Any:
    for person in (appointment.customer.owner, appointment.employee):
        if person is not None and person.is_active and person.role != Role.AGENCY:
            return person
    return managers[appointment.store_id]
