"""Tasks that come by themselves, and go when nobody needs them any more."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from customers.anniversaries import falling_on, next_on
from customers.choices import AppointmentState, TaskReason, TaskState
from customers.models import Appointment, Customer, Feedback, Task
from scrm.kit import clock
from scrm.staff.choices import Role

BIRTHDAY_AHEAD = 7
CHUNK = 1_000


def remember_birthdays(now: datetime | None = None, *, after: int = 0) -> int | None:
    """A task for the owner of each customer whose birthday falls into the next seven days, once a year. A slice of
    1,000 people from `after` on; the id to go on from, None at the end."""
    now = now or clock.now()
    today = timezone.localdate(now)
    days = [today + timedelta(days=n) for n in range(BIRTHDAY_AHEAD + 1)]
    people = list(
        Customer.objects.filter(falling_on(days), pk__gt=after, owner__is_active=True)
        .exclude(owner__role=Role.AGENCY)
        .order_by("pk")
        .only("pk", "owner_id", "birth_year", "birth_md", "birth_lunar")[:CHUNK]
    )
    tasks = []
    for person in people:
        birthday = person.birthday
        day = next_on(birthday, today) if birthday else None
        if day is None or day not in days:
            continue
        tasks.append(
            Task(
                customer_id=person.pk, employee_id=person.owner_id, reason=TaskReason.BIRTHDAY,
                due_at=clock.start_of(day) + timedelta(hours=10), ends_at=clock.end_of(day),
                key=f"birthday:{person.pk}:{day.year}",
            )
        )  # fmt: skip
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return people[-1].pk if len(people) == CHUNK else None


def _won_back(now: datetime) -> QuerySet[Task]:
    """Missed appointments that a sheet says were kept after all, or whose customer got another date by a sheet."""
    coming = Appointment.objects.filter(
        customer=OuterRef("customer"), state=AppointmentState.BOOKED, starts_at__gt=now
    )
    settled = ~Q(appointment__state=AppointmentState.NO_SHOW) | Q(Exists(coming))
    return Task.objects.open().filter(settled, reason=TaskReason.WIN_BACK)


def let_go(now: datetime | None = None) -> int:
    """Open tasks that nobody needs any more: past their end, of somebody archived, of an appointment that was
    settled or a complaint that was answered elsewhere. How many."""
    now = now or clock.now()
    gone = (
        Q(ends_at__lte=now)
        | Q(customer__archived_at__isnull=False)
        | Q(customer__erased_at__isnull=False)
        | Q(pk__in=Task.objects.open().filter(reason=TaskReason.NO_SHOW, appointment__isnull=False).exclude(
            appointment__state=AppointmentState.BOOKED).values("pk"))
        | Q(pk__in=_won_back(now).values("pk"))
        | Q(pk__in=Task.objects.open().filter(
            feedback__in=Feedback.objects.filter(closed_at__isnull=False).values("pk")).values("pk"))
    )  # fmt: skip
    ids = list(Task.objects.open().filter(gone).order_by("pk").values_list("pk", flat=True)[:10_000])
    return Task.objects.open().filter(pk__in=ids).update(state=TaskState.DROPPED, done_at=now)
