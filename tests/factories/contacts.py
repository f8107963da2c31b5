"""Being in touch. What is not said is nothing out of the way: an hour ago, by WeCom, tomorrow at this time."""

from datetime import timedelta
from typing import Any

from customers.models import (
    Appointment,
    Customer,
    Event,
    Feedback,
    FollowUp,
    OwnerChange,
    Relation,
    Task,
    Touchpoint,
)
from scrm.kit import clock
from scrm.staff.models import Employee


def make_follow_up(customer: Customer, content: str = "聊了几句", **fields: Any) -> FollowUp:
    fields.setdefault("at", clock.now() - timedelta(hours=1))
    return FollowUp.objects.create(customer=customer, content=content, **fields)


def make_appointment(customer: Customer, **fields: Any) -> Appointment:
    fields.setdefault("starts_at", clock.now() + timedelta(days=1))
    return Appointment.objects.create(customer=customer, **fields)


def make_task(customer: Customer, employee: Employee, **fields: Any) -> Task:
    fields.setdefault("due_at", clock.now())
    return Task.objects.create(customer=customer, employee=employee, **fields)


def make_feedback(customer: Customer, score: int = -1, **fields: Any) -> Feedback:
    fields.setdefault("at", clock.now() - timedelta(hours=1))
    return Feedback.objects.create(customer=customer, score=score, **fields)


def make_touchpoint(name: str = "前台接待", **fields: Any) -> Touchpoint:
    return Touchpoint.objects.create(name=name, **fields)


def make_event(customer: Customer | None, kind: str = "page.viewed", **fields: Any) -> Event:
    fields.setdefault("at", clock.now() - timedelta(hours=2))
    return Event.objects.create(customer=customer, kind=kind, **fields)


def make_relation(customer: Customer, employee: Employee, **fields: Any) -> Relation:
    return Relation.objects.create(customer=customer, employee=employee, **fields)


def make_owner_change(customer: Customer, after: Employee | None, **fields: Any) -> OwnerChange:
    return OwnerChange.objects.create(customer=customer, after=after, **fields)
