"""Appointments: booked, moved, and what became of them. Nobody is a no-show by the clock: somebody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.choices import AppointmentState, TaskOutcome, TaskReason, TaskState
from customers.models import Appointment, Customer, Product, Task
from customers.queries import answering
from customers.services import visit_listeners, winning_back
from scrm.kit import audit, clock
from scrm.kit.errors import Refused
from scrm.staff.choices import Role

BOOK = "customers.book_appointment"
ASK_AFTER = timedelta(minutes=30)
# Older ones are not asked for: a sheet of last year's bookings is no work of today.
ASK_FOR = timedelta(days=3)
# A booking may lie this far back: whoever came in unannounced is written down after she sat down.
GRACE = timedelta(minutes=60)
LONGEST = 600

BOOKED, ARRIVED, NO_SHOW = AppointmentState.BOOKED, AppointmentState.ARRIVED, AppointmentState.NO_SHOW
RESCHEDULED, CANCELLED = AppointmentState.RESCHEDULED, AppointmentState.CANCELLED
# Arrived and no-show may be mixed up at a busy counter; a moved or cancelled booking is booked anew.
NEXT: dict[str, set[str]] = {
    BOOKED: {ARRIVED, NO_SHOW, RESCHEDULED, CANCELLED},
    ARRIVED: {NO_SHOW},
    NO_SHOW: {ARRIVED, RESCHEDULED},
    RESCHEDULED: set(),
    CANCELLED: set(),
}
ACTS = {
    ARRIVED: "appointment.arrived",
    NO_SHOW: "appointment.no_show",
    RESCHEDULED: "appointment.rescheduled",
    CANCELLED: "appointment.cancelled",
}
OUTCOME = {ARRIVED: TaskOutcome.CAME, NO_SHOW: TaskOutcome.NO_SHOW}


@dataclass
class Booking:
    customer: Customer
    starts_at: datetime
    minutes: int = 60
    store: Any = None
    service: Product | None = None
    employee: Any = None
    note: str = ""
    key: str | None = None


def book(booking: Booking, *, by: Any) -> Appointment:
    """A new appointment; sent twice with one key it is the first one again.

    Raises Refused: appointment.past, appointment.minutes, appointment.taken (she has one at that time),
    appointment.employee (left, or an agency), appointment.store (closed), person.not_living.
    """
    _check(booking)
    if booking.key and (there := Appointment.objects.filter(key=booking.key).first()):
        return there
    with transaction.atomic():
        # Two bookings of one customer take turns; the row of the customer is what they have in common.
        Customer.everyone.select_for_update(of=("self",)).get(pk=booking.customer.pk)
        _not_taken(booking, but=None)
        try:
            with transaction.atomic():
                made = Appointment.objects.create(
                    customer=booking.customer, store=booking.store or booking.customer.store,
                    service=booking.service, employee=booking.employee, starts_at=booking.starts_at,
                    minutes=booking.minutes, note=booking.note.strip()[:500], booked_by=by, key=booking.key,
                )  # fmt: skip
        except IntegrityError:
            return Appointment.objects.get(key=booking.key)
        winning_back.won(booking.customer, by=by)
    return made


def move(
    appointment: Appointment, *, to: datetime, by: Any, minutes: int | None = None, employee: Any = None
) -> Appointment:
    """The old one says that it was moved, the new one is booked. Raises Refused as `book` does, and
    appointment.state when it was settled or moved meanwhile."""
    with transaction.atomic():
        booking = Booking(
            customer=appointment.customer, starts_at=to, minutes=minutes or appointment.minutes,
            store=appointment.store, service=appointment.service, employee=employee or appointment.employee,
            note=appointment.note,
        )  # fmt: skip
        _check(booking)
        Customer.everyone.select_for_update(of=("self",)).get(pk=appointment.customer_id)
        _not_taken(booking, but=appointment.pk)
        _turn(appointment, RESCHEDULED, by)
        new = Appointment.objects.create(
            customer=appointment.customer, store=booking.store, service=booking.service, employee=booking.employee,
            starts_at=to, minutes=booking.minutes, note=booking.note, booked_by=by, identity_id=appointment.identity_id,
        )  # fmt: skip
        Appointment.objects.filter(pk=appointment.pk).update(moved_to=new)
        winning_back.won(appointment.customer, by=by)
    appointment.refresh_from_db()
    return new


def arrive(appointment: Appointment, *, by: Any) -> Appointment:
    """Raises Refused: appointment.state, appointment.too_early (tomorrow's cannot have come)."""
    return _came_or_not(appointment, ARRIVED, by)


def miss(appointment: Appointment, *, by: Any) -> Appointment:
    """She did not come: whoever looks after her gets a task. Raises Refused like `arrive`."""
    return _came_or_not(appointment, NO_SHOW, by)


def cancel(appointment: Appointment, *, by: Any) -> Appointment:
    with transaction.atomic():
        _turn(appointment, CANCELLED, by)
    appointment.refresh_from_db()
    return appointment


def too_early(starts_at: datetime, state: str) -> bool:
    """She may come ahead of her hour, but not of her day; and fail to come only once it has struck."""
    return starts_at >= clock.end_of(clock.today()) or (state == NO_SHOW and starts_at > clock.now())


def _came_or_not(appointment: Appointment, state: str, by: Any) -> Appointment:
    if too_early(appointment.starts_at, state):
        raise Refused(
            "appointment.too_early",
            _("The appointment has not begun yet. Cancel it, or choose another time."),
        )
    with transaction.atomic():
        _turn(appointment, state, by)
        if state == NO_SHOW:
            winning_back.missed(appointment, by=by)
        else:
            winning_back.came_after_all(appointment, by=by)
    appointment.refresh_from_db()
    return appointment


def _turn(appointment: Appointment, state: str, by: Any) -> None:
    """The one way an appointment changes its state; what somebody was asked about it is settled with it."""
    before = [one for one, allowed in NEXT.items() if state in allowed]
    now = clock.now()
    changed = Appointment.objects.filter(pk=appointment.pk, state__in=before).update(
        state=state, state_at=now
    )
    if not changed:
        current = Appointment.objects.get(pk=appointment.pk)
        raise Refused(
            "appointment.state",
            _("This appointment says “%(state)s” by now. Look at the day again.")
            % {"state": current.get_state_display()},
        )
    Task.objects.open().filter(appointment=appointment.pk, reason=TaskReason.NO_SHOW).update(
        state=TaskState.DONE,
        outcome=OUTCOME.get(AppointmentState(state), TaskOutcome.UNKNOWN),
        done_at=now,
        done_by=by,
    )
    visit_listeners.tell([appointment.customer_id])
    audit.record(ACTS[AppointmentState(state)], by=by, on=appointment.customer, appointment=appointment.pk)


def _check(booking: Booking) -> None:
    if not booking.customer.is_living:
        raise Refused("person.not_living", _("This customer is archived or was merged; nothing was written."))
    if booking.starts_at < clock.now() - GRACE:
        raise Refused("appointment.past", _("This time has passed. Choose a later one."))
    if not 5 <= booking.minutes <= LONGEST:
        raise Refused("appointment.minutes", _("An appointment takes between 5 minutes and 10 hours."))
    if booking.employee is not None and (
        not booking.employee.is_active or booking.employee.role == Role.AGENCY
    ):
        raise Refused("appointment.employee", _("This colleague no longer works here. Choose another one."))
    if booking.store is not None and not booking.store.is_active:
        raise Refused("appointment.store", _("This store is closed. Choose another one."))


def _not_taken(booking: Booking, *, but: int | None) -> None:
    ends = booking.starts_at + timedelta(minutes=booking.minutes)
    near = Appointment.objects.filter(
        customer=booking.customer, state=BOOKED, starts_at__lt=ends,
        starts_at__gt=booking.starts_at - timedelta(minutes=LONGEST),
    )  # fmt: skip
    for other in near:
        if other.pk != but and other.starts_at + timedelta(minutes=other.minutes) > booking.starts_at:
            raise Refused("appointment.taken", _("She has an appointment at this time already."))


def clashes(booking: Booking, but: int | None = None) -> list[Appointment]:
    """What the employee has at that time already. Told, not refused: two may share a room and an hour."""
    if booking.employee is None:
        return []
    ends = booking.starts_at + timedelta(minutes=booking.minutes)
    near = Appointment.objects.filter(
        employee=booking.employee, state=BOOKED, starts_at__lt=ends,
        starts_at__gt=booking.starts_at - timedelta(minutes=LONGEST),
    ).select_related("customer")  # fmt: skip
    return [
        other
        for other in near
        if other.pk != but and other.starts_at + timedelta(minutes=other.minutes) > booking.starts_at
    ]


def ask_who_came(now: datetime | None = None) -> int:
    """Half an hour after a booking began and nobody said more: a task for whoever serves, else for the store's
    manager. How many were new. Never settles anything itself."""
    now = now or clock.now()
    waiting = list(
        Appointment.objects.filter(
            Q(starts_at__lte=now - ASK_AFTER) & Q(starts_at__gt=now - ASK_FOR), state=BOOKED, tasks=None
        )
        .select_related("customer", "employee")
        .order_by("pk")[:1_000]
    )
    managers = answering.managers_of({row.store_id for row in waiting} or {None})
    tasks = [
        Task(
            customer=row.customer, employee=who, reason=TaskReason.NO_SHOW, due_at=row.starts_at + ASK_AFTER,
            appointment=row, key=f"came:{row.pk}",
        )
        for row in waiting
        if (who := _asked(row, managers)) is not None
    ]  # fmt: skip
    before = Task.objects.filter(key__in=[task.key for task in tasks]).count()
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks) - before


def _asked(row: Appointment, managers: dict[int | None, Any]) -> Any:
    if row.employee is not None and row.employee.is_active:
        return row.employee
    return managers[row.store_id]


def confirm(appointments: Sequence[Appointment], *, came: bool, by: Any) -> int:
    """A whole day's open ones at once; those settled meanwhile are left as they are. How many changed."""
    done = 0
    for appointment in appointments:
        try:
            _came_or_not(appointment, ARRIVED if came else NO_SHOW, by)
        except Refused:
            continue
        done += 1
    return done
