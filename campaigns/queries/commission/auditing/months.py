"""The statements against the ledger: added up here in plain Python, there by the database."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from campaigns.choices import EntryKind
from campaigns.models import ClosedMonth, CommissionEntry
from campaigns.paying_keys import Person
from campaigns.queries.commission.auditing.findings import Finding, Where
from campaigns.queries.commission.months import months
from campaigns.queries.commission.standing import as_of
from campaigns.queries.commission.statement import Line, lines_of


def check() -> Iterator[Finding]:
    sums: dict[date, dict[Person, int]] = defaultdict(lambda: defaultdict(int))
    count: dict[date, int] = defaultdict(int)
    rows = CommissionEntry.objects.order_by().values_list("month", "employee_id", "promoter_id", "amount_fen")
    for month, employee, promoter, amount in rows.iterator(5_000):
        sums[month][Person(employee, promoter)] += amount
        count[month] += 1
    closed = {row.month: row for row in ClosedMonth.objects.order_by("month")}
    for month, row in closed.items():
        now = sum(sums[month].values()) if month in sums else 0
        if (count.get(month, 0), now) != (row.entries, row.sum_fen):
            yield Finding("closed", Where(month=f"{month:%Y-%m}"), expected=row.sum_fen, found=now)
    running: dict[Person, int] = defaultdict(int)
    known = months()
    listed = sorted({*known.listed(most=1200), *sums})
    for month in listed if sums else ():
        for person, amount in sums.get(month, {}).items():
            running[person] += amount
        yield from _month(month, running, month in closed)


def _month(month: date, running: dict[Person, int], is_closed: bool) -> Iterator[Finding]:
    said = {line.person: line for line in lines_of(CommissionEntry.objects.all(), month, as_of(month))}
    for person in sorted(running.keys() | said.keys(), key=lambda person: person.code):
        line = said.get(person, Line(person))
        where = Where(person.code, f"{month:%Y-%m}")
        if line.closing != running.get(person, 0):
            yield Finding("statement", where, expected=running.get(person, 0), found=line.closing)
    if is_closed:
        paid = CommissionEntry.objects.filter(month=month, kind=EntryKind.PAYOUT).order_by()
        for employee, promoter in paid.values_list("employee_id", "promoter_id"):
            line = said[Person(employee, promoter)]
            if line.payable:
                yield Finding("payout", Where(line.person.code, f"{month:%Y-%m}"), expected=0, found=line.payable)
