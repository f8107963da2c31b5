"""今日待办: what one employee, or a team, should do today. Constant in queries, bounded in rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from customers.choices import COMPLAINT, AppointmentState, TaskOutcome, TaskReason, TaskState
from customers.models import Appointment, Customer, Feedback, Task
from customers.models.contacts import TaskQuerySet
from customers.queries import disclosure, words
from scrm.kit import clock
from scrm.staff.choices import Role, Scope

# More than anybody does in a day; the rest is counted.
SHOWN = 100
BIRTHDAY_AHEAD = timedelta(days=8)
ORDER = [
    TaskReason.BAD_FEELING, TaskReason.NO_SHOW, TaskReason.WIN_BACK, TaskReason.FOLLOW_UP, TaskReason.OTHER,
    TaskReason.BIRTHDAY, TaskReason.ASSIGNED,
]  # fmt: skip
# By the database: of hundreds that are open in a team the most urgent ones are shown, not the oldest.
URGENCY = Case(*(When(reason=reason, then=place) for place, reason in enumerate(ORDER)), default=len(ORDER))


@dataclass
class Card:
    """A task as its card says it."""

    task: Task
    name: str
    phone: str
    about: str
    words: str
    overdue: bool


@dataclass(frozen=True)
class Sums:
    open: int
    overdue: int
    done: int


@dataclass(frozen=True)
class NotBegun:
    """A colleague with tasks that are due and none done today."""

    employee: int
    name: str
    open: int


@dataclass
class Today:
    cards: list[Card] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    open: int = 0
    overdue: int = 0
    done: int = 0

    @property
    def more(self) -> int:
        return self.open - len(self.cards)


def tasks_for(viewer: Any, *, team: bool, of: int | None = None) -> QuerySet[Task]:
    """Open ones that show today: due by tonight, a bad feeling and a missed appointment at once, birthdays a week ahead.
    The own ones, or all inside the scope, or of one colleague there (`of`)."""
    rows = _rows(viewer, team, of)
    tonight = clock.end_of(clock.today())
    soon = Q(reason=TaskReason.BIRTHDAY, due_at__lt=clock.start_of(clock.today()) + BIRTHDAY_AHEAD)
    at_once = Q(reason=TaskReason.BAD_FEELING) | Q(reason=TaskReason.WIN_BACK) & ~Q(outcome=TaskOutcome.NOT_REACHED)
    living = Q(ends_at=None) | Q(ends_at__gt=clock.now())
    return rows.open().filter(Q(due_at__lt=tonight) | at_once | soon).filter(living)


def appointments_for(viewer: Any, *, team: bool) -> QuerySet[Appointment]:
    """Today's, by the clock; cancelled and moved ones left out."""
    rows = Appointment.objects.visible_to(viewer) if team else Appointment.objects.filter(employee=viewer)
    shown = (AppointmentState.BOOKED, AppointmentState.ARRIVED, AppointmentState.NO_SHOW)
    return rows.on(clock.today()).filter(state__in=shown).select_related("customer", "store", "service", "employee")


def booked_on(viewer: Any, day: date) -> QuerySet[Appointment]:
    """All of a day, as the day's page shows them: cancelled and moved ones too."""
    return Appointment.objects.visible_to(viewer).on(day)


def may_see_team(viewer: Any) -> bool:
    return bool(viewer.row_scope != Scope.SELF and viewer.role != Role.AGENCY)


def _rows(viewer: Any, team: bool, of: int | None) -> TaskQuerySet:
    if not team:
        return Task.objects.filter(employee=viewer)
    rows = Task.objects.visible_to(viewer)
    return rows if of is None else rows.filter(employee=of)


def sums(viewer: Any, *, team: bool, of: int | None = None) -> Sums:
    """How much there is to do, how much of it is late, what is done today. Two queries."""
    late = Q(due_at__lt=clock.start_of(clock.today()))
    counted = tasks_for(viewer, team=team, of=of).order_by().aggregate(n=Count("pk"), late=Count("pk", filter=late))
    return Sums(counted["n"], counted["late"], _done_today(_rows(viewer, team, of)).count())


def _done_today(rows: TaskQuerySet) -> TaskQuerySet:
    return rows.filter(state=TaskState.DONE, done_at__gte=clock.start_of(clock.today())).order_by()


def team_day(viewer: Any) -> tuple[Sums, list[NotBegun]]:
    """The sums of the team, and the other colleagues who have done nothing of today's yet, those with the most to do first.
    Two queries besides the scope's."""
    late = Q(due_at__lt=clock.start_of(clock.today()))
    due = tasks_for(viewer, team=True).order_by().values_list("employee", "employee__name", "employee__is_active")
    waiting = list(due.annotate(n=Count("pk"), late=Count("pk", filter=late)).order_by("-n", "employee"))
    done = list(_done_today(_rows(viewer, True, None)).values_list("done_by", "employee").annotate(n=Count("pk")))
    # Whoever does a colleague's task has begun; so has the one whose task was done.
    begun = {viewer.pk} | {pk for by, whose, _n in done for pk in (by, whose)}
    idle = [NotBegun(pk, name, n) for pk, name, here, n, _late in waiting if here and pk not in begun]
    told = Sums(sum(row[3] for row in waiting), sum(row[4] for row in waiting), sum(n for _by, _whose, n in done))
    return told, idle


def today(viewer: Any, *, team: bool = False, of: int | None = None) -> Today:
    """Five queries. Most urgent reasons first, inside each the longest due."""
    team = team and may_see_team(viewer)
    now = clock.now()
    told = sums(viewer, team=team, of=of)
    open_tasks = tasks_for(viewer, team=team, of=of)
    joined = open_tasks.select_related("customer__owner", "employee", "appointment__service")
    chosen = list(joined.order_by(URGENCY, "due_at", "pk")[:SHOWN])
    asked = {task.appointment_id for task in chosen if task.reason == TaskReason.NO_SHOW}
    visits = appointments_for(viewer, team=team)
    if team and of is not None:
        visits = visits.filter(employee=of)
    return Today(
        cards=_cards(chosen, viewer, now),
        appointments=[row for row in visits.order_by("starts_at", "pk")[:SHOWN] if row.pk not in asked],
        open=told.open,
        overdue=told.overdue,
        done=told.done,
    )


def _cards(tasks: Sequence[Task], viewer: Any, now: Any) -> list[Card]:
    cards = []
    midnight = clock.start_of(clock.today())
    for task in tasks:
        name = disclosure.text_for(False, task.customer.name)
        cards.append(
            Card(
                task=task,
                name=name or str(task.customer),
                phone=task.customer.masked_phone,
                about=disclosure.text_for(False, task.about),
                words=disclosure.text_for(False, task.words)
                or words.for_task(task.reason, name=name, me=task.employee.name),
                overdue=task.due_at < (now if task.reason == TaskReason.BAD_FEELING else midnight),
            )
        )
    return cards


def unanswered(viewer: Any) -> QuerySet[Feedback]:
    """Bad feelings nobody has answered, of the people the viewer sees, longest first."""
    return Feedback.objects.visible_to(viewer).unanswered().order_by("at")


def promotion_paused(people: Sequence[int]) -> set[int]:
    """Of these customers, those with a bad feeling that nobody has answered: nothing that sells is sent to them."""
    bad = Feedback.objects.filter(customer__in=people, score__lte=COMPLAINT, closed_at=None)
    return set(bad.order_by().values_list("customer_id", flat=True))


def long_quiet(people: QuerySet[Customer], days: int) -> QuerySet[Customer]:
    """Nobody has been in touch with them for `days` days, or ever, though they have been known that long."""
    day = clock.days_ago(days)
    since = clock.start_of(day)
    known = Q(known_since__lt=day) | Q(known_since=None, created_at__lt=since)
    return people.filter(Q(last_contact_at__lt=since) | Q(last_contact_at=None) & known)
