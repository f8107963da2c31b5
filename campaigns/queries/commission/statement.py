"""A month's statement: a line for each person. Σ of all lines of all months is the sum of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from campaigns.choices import EntryKind
from campaigns.models import CommissionEntry
from campaigns.paying_keys import Person
from campaigns.queries.commission.names import names_of
from campaigns.queries.commission.roots import roots
from campaigns.queries.commission.standing import HELD, PENDING, AsOf, as_of, told


@dataclass(frozen=True)
class Line:
    """In fen. `opening` + `earned` + `taken_back` + `adjusted` + `paid` = `closing` = `held` + `pending` + `payable`; what
    is taken back or paid is negative. A negative `payable` is carried over to the next month."""

    person: Person
    name: str = ""
    opening: int = 0
    earned: int = 0
    taken_back: int = 0
    adjusted: int = 0
    paid: int = 0
    held: int = 0
    pending: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.earned + self.taken_back + self.adjusted + self.paid

    @property
    def payable(self) -> int:
        return self.closing - self.held - self.pending

    def __add__(self, other: Line) -> Line:
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in FIGURES})


FIGURES = ("opening", "earned", "taken_back", "adjusted", "paid", "held", "pending")
SHOWN = ("opening", "earned", "taken_back", "adjusted", "paid", "closing", "held", "pending", "payable")
KINDS = {
    "earned": EntryKind.ACCRUAL, "taken_back": EntryKind.REVERSAL, "adjusted": EntryKind.ADJUSTMENT, "paid": EntryKind.PAYOUT,
}  # fmt: skip


def statement(month: date, *, visible_to: Any) -> list[Line]:
    """Everybody whom the viewer sees and who has something in it or carries something into it, employees first."""
    lines = by_person(lines_of(CommissionEntry.objects.visible_to(visible_to), month, as_of(month)))
    found = [line for line in lines if any(getattr(line, name) for name in FIGURES)]
    names = names_of([line.person for line in found])
    named = [replace(line, name=names[line.person]) for line in found]
    return sorted(named, key=lambda line: (line.person.employee is None, line.name, line.person.code))


def lines_of(rows: QuerySet[CommissionEntry], month: date, when: AsOf) -> list[Line]:
    """One for each record, nameless. One query."""
    this = Q(month=month)
    sums = {name: _sum(this & Q(kind=kind)) for name, kind in KINDS.items()}
    grouped = (
        told(rows.filter(month__lte=month), when)
        .order_by()
        .values_list("employee_id", "promoter_id")
        .annotate(opening=_sum(Q(month__lt=month)), **sums, held=_sum(HELD), pending=_sum(PENDING))
    )
    return [Line(Person(employee, promoter), "", *figures) for employee, promoter, *figures in grouped]


def people_of(lines: Iterable[Line]) -> dict[Person, Person]:
    """{whose record it is: who she is today}"""
    records = [line.person for line in lines]
    people = roots({record.promoter for record in records if record.promoter is not None})
    return {one: one if one.promoter is None else Person(promoter=people[one.promoter]) for one in records}


def by_person(lines: Sequence[Line]) -> list[Line]:
    """Whoever was folded into another record stands with that one."""
    people = people_of(lines)
    found: dict[Person, Line] = {}
    for line in lines:
        line = replace(line, person=people[line.person])
        found[line.person] = line if line.person not in found else found[line.person] + line
    return list(found.values())


def total(lines: Iterable[Line]) -> Line:
    found = Line(Person())
    for line in lines:
        found += line
    return found


def _sum(which: Q) -> Coalesce:
    return Coalesce(Sum("amount_fen", filter=which), 0)

