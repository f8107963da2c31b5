"""谁看过谁: whose full numbers were shown to whom, by the audit log. An employee × day is a line; a second look at the
same person on that day counts once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Customer
from customers.queries import colleagues
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee

SHOWN, REFUSED = "phone.shown", "phone.refused"
PEOPLE = 500
_CUSTOMER = "customers.customer"


@dataclass(frozen=True)
class Day:
    """`people` had their numbers shown, `wanted` counts those as well whom the limit kept back."""

    employee: Employee
    day: date
    people: int
    wanted: int

    @property
    def refused(self) -> int:
        return self.wanted - self.people

    @property
    def over(self) -> bool:
        """The limit stops consultants; of others who look at more the owner is told."""
        return self.wanted > settings.DAILY_PHONE_LIMIT and self.employee.role != Role.OWNER


@dataclass(frozen=True)
class Look:
    customer: Customer
    times: int
    last: Any
    refused: bool


def may_see(viewer: Any) -> bool:
    """The owner, and a manager for the own people. Not an operator: who looks at most is not who watches."""
    return bool(viewer.is_active and viewer.role in (Role.OWNER, Role.MANAGER))


def watched(viewer: Any) -> QuerySet[Employee]:
    """Whose looks a viewer may read; those who left stay readable."""
    return colleagues.owners_of(viewer) if may_see(viewer) else Employee.objects.none()


def by_day(
    viewer: Any, *, first: date, last: date, employee: int | None = None, customers: list[int] | None = None
) -> list[Day]:
    """The newest day first, and on it who looked at most. Two queries, however many looked; one when nobody did."""
    people = watched(viewer) if employee is None else watched(viewer).filter(pk=employee)
    rows = _entries(people, first, last)
    if customers is not None:
        rows = rows.filter(object_type=_CUSTOMER, object_id__in=[str(pk) for pk in customers])
    return _lines(rows)


def over_limit(viewer: Any, *, first: date, last: date) -> list[Day]:
    """The lines of those who looked at more than the limit, or wanted to."""
    rows = _entries(watched(viewer), first, last)
    return [line for line in _lines(rows, least=settings.DAILY_PHONE_LIMIT + 1) if line.over]


def _lines(rows: QuerySet[AuditEntry], least: int = 0) -> list[Day]:
    found = list(
        rows.annotate(day=TruncDate("at", tzinfo=timezone.get_default_timezone()))
        .values("actor", "day")
        .annotate(
            wanted=Count("object_id", distinct=True),
            people=Count("object_id", distinct=True, filter=Q(action=SHOWN)),
        )
        .filter(wanted__gte=least)
        .order_by("-day", "-wanted", "actor")
    )
    names = Employee.objects.in_bulk({row["actor"] for row in found})
    return [Day(names[row["actor"]], row["day"], row["people"], row["wanted"]) for row in found]


def people_on(viewer: Any, employee: Employee, day: date) -> tuple[list[Look], int]:
    """Whom `employee` looked at on `day`, as far as the viewer may see them, and how many others there were."""
    rows = _entries(Employee.objects.filter(pk=employee.pk), day, day).filter(object_type=_CUSTOMER).values("object_id")
    told = rows.annotate(
        times=Count("pk", filter=Q(action=SHOWN)), last=Max("at"), refused=Count("pk", filter=Q(action=REFUSED))
    ).order_by("-last")
    found = list(told[: PEOPLE + 1])
    here = Customer.everyone.visible_to(viewer).filter(erased_at=None).in_bulk([int(row["object_id"]) for row in found])
    looks = [
        Look(here[int(row["object_id"])], row["times"], row["last"], bool(row["refused"]) and not row["times"])
        for row in found[:PEOPLE]
        if int(row["object_id"]) in here
    ]
    return looks, len(found) - len(looks)


def shown_today(employee: Any) -> QuerySet[AuditEntry]:
    """Since the shop's midnight."""
    return _today(employee, SHOWN)


def refused_today(employee: Any) -> QuerySet[AuditEntry]:
    return _today(employee, REFUSED)


def _today(employee: Any, action: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(actor=employee, action=action, at__gte=clock.start_of(clock.today()))


def _entries(employees: QuerySet[Employee], first: date, last: date) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.order_by().filter(action__in=[SHOWN, REFUSED])
    rows = rows.filter(actor__in=employees.order_by().values("pk"))
    return rows.filter(at__gte=clock.start_of(first), at__lt=clock.start_of(last + timedelta(days=1)))
