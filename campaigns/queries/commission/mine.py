"""One person's own page: what today and the month brought, what waits and until when, what is held and why."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from campaigns.choices import EntryKind, HoldDecision
from campaigns.models import CommissionEntry, CommissionHold
from campaigns.paying_keys import Person
from campaigns.queries.commission.standing import PENDING, as_of, now, told
from campaigns.queries.commission.statement import Line, by_person, lines_of
from campaigns.reckoning import month_of
from customers.models import Customer
from scrm.kit import clock


@dataclass(frozen=True)
class Mine:
    """`line`: the month's statement. `waits`: (from which day, how much), without a day what is still under way."""

    person: Person
    month: date
    line: Line
    today_fen: int
    waits: list[tuple[date | None, int]]
    held: list[CommissionHold]


def of(person: Person, month: date) -> Mine:
    rows = entries_of(person)
    lines = by_person(lines_of(rows, month, as_of(month)))
    today = rows.filter(day=clock.today()).exclude(kind=EntryKind.PAYOUT).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    holds = CommissionHold.objects.filter(entry__in=rows.filter(kind=EntryKind.ACCRUAL), decision=HoldDecision.OPEN)
    return Mine(
        person, month, lines[0] if lines else Line(person), today, waiting(rows),
        list(holds.select_related("entry").order_by("pk")),
    )  # fmt: skip


def entries_of(person: Person) -> QuerySet[CommissionEntry]:
    """All of hers, those of records that were folded into her too."""
    if person.employee is not None:
        return CommissionEntry.objects.filter(employee=person.employee)
    return CommissionEntry.objects.filter(promoter__in=records_of(person.promoter or 0))


def records_of(customer: int) -> list[int]:
    """She and whatever was folded into her."""
    records = edge = [customer]
    while edge:
        edge = list(Customer.everyone.filter(merged_into__in=edge).order_by("pk").values_list("pk", flat=True))
        records = records + edge
    return records


def waiting(rows: QuerySet[CommissionEntry]) -> list[tuple[date | None, int]]:
    """The next first, what has no day yet last; nothing that evens out."""
    arrived = Case(When(reverses=None, then=F("receipt__payable_on")), default=F("reverses__receipt__payable_on"))
    found = (
        told(rows, now())
        .filter(PENDING)
        .order_by()
        .annotate(from_day=Coalesce("payable_on", arrived))
        .values_list("from_day")
        .annotate(sum=Sum("amount_fen"))
    )
    return sorted(((day, sum_) for day, sum_ in found if sum_), key=lambda pair: (pair[0] is None, pair[0] or date.min))


def entries_in(person: Person, month: date) -> QuerySet[CommissionEntry]:
    """What stands in a month, the newest first."""
    rows = entries_of(person).filter(month=month)
    return rows.select_related("campaign", "order", "rule__product").order_by("-day", "-pk")


def line_now(employee: int) -> Line | None:
    """This month's line of one employee, for a first page; None for whoever has never earned anything."""
    month = month_of(clock.today())
    lines = lines_of(CommissionEntry.objects.filter(employee=employee), month, now())
    return lines[0] if lines else None
