"""A link may give a customer to its employee. Who looks after her is one thing, whose link gets the credit another."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from campaigns.choices import BindMode, BindOutcome
from campaigns.models import Binding, Link
from campaigns.services import recognising, rules
from customers.choices import OwnerHow
from customers.models import Customer, OwnerChange
from customers.services.owning import moving, telling
from scrm.kit import clock
from scrm.staff.choices import Role


def bind(
    *, customer: Customer, link: Link, is_new: bool, at: datetime | None = None, by: Any = None
) -> Binding:
    """Does what the shop's rules say, and leaves a row with the reason whatever comes of it. `is_new`: this very visit
    made her a customer."""
    at = at or clock.now()
    with transaction.atomic():
        person = recognising.living(customer.pk)
        outcome = _decide(person, link, is_new, at)
        if outcome == BindOutcome.BOUND:
            rows = Customer.everyone.filter(pk=person.pk, owner=person.owner_id)
            note = telling.clean_note(link.campaign.name)
            changes = moving.move(
                rows, moving.everyone_to(link.employee), how=OwnerHow.LINK, by=by, note=note, at=at
            )
            telling.announce(changes, by=by)
        return Binding.objects.create(customer=person, link=link, outcome=outcome, at=at)


def _decide(person: Customer, link: Link, is_new: bool, at: datetime) -> BindOutcome:
    employee, mode = link.employee, rules.current().bind_mode
    # An agency looks after nobody's customers.
    if employee is None or employee.role == Role.AGENCY:
        return BindOutcome.NOBODY
    if not employee.is_active:
        return BindOutcome.LEFT
    if person.owner_id == employee.pk:
        return BindOutcome.SAME
    if mode == BindMode.REGISTRATION and not is_new:
        return BindOutcome.KNOWN
    if person.owner_id is None:
        return BindOutcome.BOUND
    if mode != BindMode.EVERY:
        return BindOutcome.TAKEN
    until = protected_until(person)
    return BindOutcome.PROTECTED if until is not None and at < until else BindOutcome.BOUND


def protected_until(person: Customer) -> datetime | None:
    """Before that moment no link takes her from whoever looks after her; None where nobody does, or since when is not
    known."""
    if person.owner_id is None:
        return None
    last = OwnerChange.objects.filter(customer=person.pk).order_by("-at", "-pk").first()
    if last is None or last.after_id != person.owner_id:
        return None
    return last.at + timedelta(days=rules.current().protected_days)
