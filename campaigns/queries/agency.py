"""What an agency sees: the people of the campaigns that are assigned to it, and its own links. Names and numbers masked by
whoever shows them."""

from typing import Any

from django.db.models import Q

from campaigns.models import Assignment, Conversion, Credit, Link, Participation, Referral
from customers.models import Customer
from scrm.staff.choices import Role
from scrm.staff.scope import scope_providers


def rows_of(employee: Any, model: Any) -> Q | None:
    """A scope provider: for agencies alone."""
    if employee.role != Role.AGENCY:
        return None
    its = Assignment.objects.standing().filter(employee=employee.pk).order_by().values("campaign")
    if model in (Participation, Conversion, Credit, Referral):
        return Q(campaign__in=its)
    if model in (Link, Assignment):
        return Q(employee=employee.pk)
    if model is Customer:
        joined = Participation.objects.filter(campaign__in=its).order_by().values("customer")
        bought = Conversion.objects.filter(campaign__in=its).order_by().values("customer")
        return Q(pk__in=joined) | Q(pk__in=bought)
    return None


def register() -> None:
    scope_providers.register("campaigns", rows_of)
