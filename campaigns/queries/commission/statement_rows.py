"""A statement as the rows of a sheet: one for each person, and every entry behind them."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.choices import EntryKind
from campaigns.models import CommissionEntry
from campaigns.paying_keys import Person
from campaigns.queries.commission import statement
from campaigns.queries.commission.names import names_of
from campaigns.queries.commission.notes import note_of
from customers.queries import disclosure
from scrm.kit import money

CHUNK = 1_000
type Row = list[str | Decimal | date | None]


def sheet(lines: Sequence[statement.Line], month: date) -> Iterator[Row]:
    yield [
        _("Name"), _("Kind"), _("Carried over"), _("Earned"), _("Taken back"), _("Adjusted"), _("Paid out"), _("Stands"),
        _("Held"), _("Pending"), _("Payable"),
    ]  # fmt: skip
    for line in lines:
        kind = _("commission of a customer") if line.person.employee is None else _("commission of an employee")
        yield [line.name, kind, *_yuan(line)]
    yield [_("Together"), "", *_yuan(statement.total(lines))]
    yield [_("%(month)s, in yuan, before tax.") % {"month": f"{month:%Y-%m}"}]


def _yuan(line: statement.Line) -> list[Decimal]:
    return [money.yuan(getattr(line, name)) for name in statement.SHOWN]


def entries(month: date, *, visible_to: Any) -> Iterator[Row]:
    """In slices, since a month may hold very many."""
    full = disclosure.sees_full_phones(visible_to)
    yield [
        _("Day"), _("Name"), _("Kind"), _("Amount"), _("Order"), _("Campaign"), _("Of what amount"), _("Rate (%)"), _("Note"),
    ]  # fmt: skip
    rows = CommissionEntry.objects.visible_to(visible_to).filter(month=month).select_related("order", "campaign")
    last = 0
    while some := list(_after(rows, last)):
        last = some[-1].pk
        names = names_of(Person(entry.employee_id, entry.promoter_id) for entry in some)
        for entry in some:
            yield [
                entry.day, names[Person(entry.employee_id, entry.promoter_id)], str(EntryKind(entry.kind).label),
                money.yuan(entry.amount_fen), disclosure.text_for(full, entry.order.number) if entry.order else "",
                str(entry.campaign or ""), None if entry.basis_fen is None else money.yuan(entry.basis_fen),
                None if entry.rate_bp is None else Decimal(entry.rate_bp) / 100, note_of(entry.note),
            ]  # fmt: skip


def _after(rows: QuerySet[CommissionEntry], last: int) -> QuerySet[CommissionEntry]:
    return rows.filter(pk__gt=last).order_by("pk")[:CHUNK]
