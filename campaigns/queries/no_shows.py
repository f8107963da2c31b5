"""Leads of a campaign who made an appointment and did not come, and who is asking them for another day."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Campaign, Participation
from customers.choices import AppointmentState, TaskReason, TaskState
from customers.models import Appointment, Customer, Task
from scrm.kit import clock

BOOKED, ARRIVED, NO_SHOW = AppointmentState.BOOKED, AppointmentState.ARRIVED, AppointmentState.NO_SHOW
# What a booking was in the end; one that was moved or cancelled in time is none.
STOOD = (BOOKED, ARRIVED, NO_SHOW)


@dataclass(frozen=True)
class Missed:
    """`task` is open; `asked`: the one by which she was asked since, without getting another day."""

    appointment: Appointment
    task: Task | None = None
    asked: Task | None = None

    @property
    def waits(self) -> bool:
        """Nobody has asked her, and nobody is about to."""
        return self.task is None and self.asked is None


@dataclass(frozen=True)
class Counts:
    """Leads with an appointment since they joined, those of them who came, and who did not."""

    booked: int
    came: int
    missed: int


def missed(campaign: Campaign, viewer: Any) -> QuerySet[Appointment]:
    """The last one of each lead who has not come since she joined and has no other day."""
    hers = Participation.objects.filter(
        campaign=campaign, customer=OuterRef("customer"), at__lte=OuterRef("starts_at"), arrived_on=None
    )
    after = Appointment.objects.filter(customer=OuterRef("customer"), starts_at__gt=OuterRef("starts_at"), state__in=STOOD)
    living = Customer.objects.filter(pk=OuterRef("customer"))
    rows = Appointment.objects.visible_to(viewer).filter(Exists(hers), Exists(living), ~Exists(after), state=NO_SHOW)
    return rows.order_by("-starts_at", "-pk")


def counts(campaign: Campaign, viewer: Any) -> Counts:
    visits = Appointment.objects.filter(customer=OuterRef("customer"), starts_at__gte=OuterRef("at"), state__in=STOOD)
    leads = Participation.objects.visible_to(viewer).filter(Exists(visits), campaign=campaign)
    came = leads.filter(arrived_on__isnull=False)
    return Counts(leads.count(), came.count(), missed(campaign, viewer).count())


def told(appointments: Iterable[Appointment]) -> list[Missed]:
    """With their tasks: one query."""
    rows = list(appointments)
    tasks = Task.objects.filter(appointment__in=[row.pk for row in rows], reason=TaskReason.WIN_BACK)
    newest = {task.appointment_id: task for task in tasks.select_related("employee", "done_by").order_by("pk")}
    return [_told(row, newest.get(row.pk)) for row in rows]


def _told(row: Appointment, task: Task | None) -> Missed:
    if task is None or task.state == TaskState.DROPPED:
        return Missed(row)
    if task.state == TaskState.DONE:
        return Missed(row, asked=task)
    lapsed = task.ends_at is not None and task.ends_at <= clock.now()
    return Missed(row) if lapsed else Missed(row, task=task)
