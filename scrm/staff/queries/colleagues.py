"""Whom and which store one may put into a form. Ends where the own department ends."""

from django.db.models import Q, QuerySet

from scrm.staff.choices import Role, Scope
from scrm.staff.models import Department, Employee
from scrm.staff.scope import places_of


def choosable_by(me: Employee) -> QuerySet[Employee]:
    """People who work here, as far as `me` sees, without agencies: all of them, those of the own department
    (and below), or only me. Check a posted id against this too; a drop-down protects nothing."""
    here = Employee.objects.filter(is_active=True).exclude(role=Role.AGENCY).select_related("department")
    if me.row_scope == Scope.ALL:
        return here
    places = places_of(me)
    mine = Q(pk=me.pk)
    return here.filter(mine if places is None else mine | Q(department__in=places.values("pk")))


def stores_choosable_by(me: Employee) -> QuerySet[Department]:
    """Stores and departments in use, as far as `me` sees."""
    here = Department.objects.filter(is_active=True)
    if me.row_scope == Scope.ALL:
        return here
    places = places_of(me)
    own = Q(pk__in=[me.department_id]) if me.department_id else Q(pk__in=[])
    return here.filter(own if places is None else Q(pk__in=places.values("pk")))
