"""Whom one may put to work on a campaign."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from scrm.staff import naming
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Department, Employee
from scrm.staff.queries import colleagues


def assignable_by(by: Any) -> QuerySet[Employee]:
    """Colleagues as far as she sees, and agencies for whoever sees everybody; None (a job, the demo) is everybody."""
    here = Employee.objects.filter(is_active=True).select_related("department").order_by("name", "id")
    if by is None or by.row_scope == Scope.ALL:
        return here
    return here.filter(pk__in=colleagues.choosable_by(by).order_by().values("pk"))


def below(departments: Iterable[Department]) -> Q:
    """Employees of these departments and of everything below them."""
    found = Q(pk__in=[])
    for place in departments:
        found |= Q(department=place.pk)
        if place.path:
            found |= Q(department__path__startswith=place.path)
    return found


@dataclass
class Branch:
    """A department with its people, each with her `label`, and its parts; `count` is everybody below. Without a `place`: of no department."""

    place: Department | None
    people: list[Any] = field(default_factory=list)
    parts: list["Branch"] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.people) + sum(part.count for part in self.parts)


def tree(by: Any) -> tuple[list[Branch], list[Any]]:
    """(Departments with somebody in them, agencies). Two queries."""
    people: list[Any] = list(assignable_by(by))
    labels = naming.labels(people)
    agencies = [one for one in people if one.role == Role.AGENCY]
    branches = {place.pk: Branch(place) for place in Department.objects.order_by("path", "id")}
    loose = Branch(None)
    for one in people:
        one.label = labels[one.pk]
        if one.role != Role.AGENCY:
            branches.get(one.department_id or 0, loose).people.append(one)
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.place.parent_id or 0) if branch.place else None
        (above.parts if above is not None else roots).append(branch)
    return _with_somebody([*roots, loose]), agencies


def _with_somebody(branches: list[Branch]) -> list[Branch]:
    for branch in branches:
        branch.parts = _with_somebody(branch.parts)
    return [branch for branch in branches if branch.count]
