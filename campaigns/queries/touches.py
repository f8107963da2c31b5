"""Touches as a list shows them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from campaigns.choices import NotCounted
from campaigns.models import Campaign, Link, Touch
from customers.models import Customer
from scrm.staff.choices import Role, Scope

COUNTED: dict[str, dict[str, Any]] = {
    "yes": {"reading__not_counted": NotCounted.NONE},
    "unique": {"reading__unique": True},
    "first": {"reading__first": True},
}


def visible_to(employee: Any) -> QuerySet[Touch]:
    """Of the links that she sees, an agency of its campaigns; once they were read, since readings are found by link and
    touches are not."""
    rows = Touch.objects.all()
    if employee is not None and employee.is_active and employee.row_scope == Scope.ALL:
        return rows
    if employee is not None and employee.is_active and employee.role == Role.AGENCY:
        return rows.filter(reading__campaign__in=Campaign.objects.visible_to(employee).order_by().values("pk"))
    return rows.filter(reading__link__in=Link.objects.visible_to(employee).order_by().values("pk"))


def counted(rows: QuerySet[Touch], how: str) -> QuerySet[Touch]:
    """"yes", "unique" or "first" of a campaign; else those not counted for this reason."""
    return rows.filter(**COUNTED.get(how, {"reading__not_counted": how}))


def people_of(rows: Iterable[Touch], viewer: Any) -> dict[int, Customer]:
    """{touch: who it was}, of the customers whom the viewer may see. One query."""
    known = {row.pk: row.reading.visitor.customer_id for row in rows if hasattr(row, "reading")}
    people = Customer.everyone.filter(pk__in={pk for pk in known.values() if pk}).visible_to(viewer).in_bulk()
    return {touch: people[pk] for touch, pk in known.items() if pk in people}
