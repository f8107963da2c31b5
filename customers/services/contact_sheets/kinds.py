"""The two kinds of sheets: their words, their fields, what a mapping must have, and what their rows become."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from customers.choices import ImportKind
from customers.models import ImportBatch
from customers.services.contact_sheets import appointments, follow_ups, words
from customers.services.contact_sheets.deciding import Decided
from customers.services.contact_sheets.rows import Entry, RowReader, Rules
from customers.services.importing.names import Names
from customers.services.importing.vocabulary import Vocabulary

_WHO = {"customer": gettext_noop("Customer (number or card)"), "customer_name": gettext_noop("Name of the customer")}
_NO_CUSTOMER = (
    "customer", "mapping.no_customer",
    gettext_noop("No column says which customer is meant (a mobile number, a card number). Say which one it is."),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """`needs` are (field, code, sentence) of a refusal where no column is that field; `decider` and `writer` make the
    functions of one run, which keep what they looked up; the decider's set holds what earlier rows said."""

    kind: ImportKind
    speech: Vocabulary
    fields: tuple[str, ...]
    labels: Mapping[str, str]
    needs: tuple[tuple[str, str, str], ...]
    decider: Callable[[RowReader, Names, Rules, Mapping[int, int], set[str]], Callable[[Sequence[Entry]], Decided]]
    writer: Callable[[ImportBatch, Names, Rules], Callable[[Decided], None]]
    # Of several rows that are the same thing the last one counts; a walk over the sheet finds them beforehand.
    last_counts: bool = False


def _decide_appointments(
    reader: RowReader, names: Names, rules: Rules, last: Mapping[int, int], seen: set[str]
) -> Any:
    services = appointments.Services()
    return lambda entries: appointments.decide(entries, reader, names, services, rules, last)


def _write_appointments(batch: ImportBatch, names: Names, rules: Rules) -> Any:
    services = appointments.Services()
    return lambda out: appointments.write(out, batch, names, services, rules)


def _decide_follow_ups(
    reader: RowReader, names: Names, rules: Rules, last: Mapping[int, int], seen: set[str]
) -> Any:
    return lambda entries: follow_ups.decide(entries, reader, names, rules, seen)


def _write_follow_ups(batch: ImportBatch, names: Names, rules: Rules) -> Any:
    return lambda out: follow_ups.write(out, batch, names, rules)


KINDS = {
    ImportKind.APPOINTMENTS: Kind(
        ImportKind.APPOINTMENTS,
        words.APPOINTMENTS,
        words.APPOINTMENT_FIELDS,
        {
            "number": gettext_noop("Appointment number"),
            **_WHO,
            "store": gettext_noop("Store"),
            "service": gettext_noop("Service"),
            "employee": gettext_noop("Who serves her"),
            "at": gettext_noop("Time of the appointment"),
            "time": gettext_noop("Time of day (beside a day)"),
            "ends": gettext_noop("Ends at"),
            "minutes": gettext_noop("Length in minutes"),
            "state": gettext_noop("State"),
            "note": gettext_noop("Note"),
        },
        (
            _NO_CUSTOMER,
            ("at", "mapping.no_at", gettext_noop("No column says when the appointments are. Say which one it is.")),
        ),
        _decide_appointments,
        _write_appointments,
        last_counts=True,
    ),
    ImportKind.FOLLOW_UPS: Kind(
        ImportKind.FOLLOW_UPS,
        words.FOLLOW_UPS,
        words.FOLLOW_UP_FIELDS,
        {
            **_WHO,
            "employee": gettext_noop("Who followed up"),
            "at": gettext_noop("Time of the contact"),
            "time": gettext_noop("Time of day (beside a day)"),
            "medium": gettext_noop("Medium"),
            "content": gettext_noop("Content"),
            "next_at": gettext_noop("Next time"),
        },
        (
            _NO_CUSTOMER,
            ("at", "mapping.no_at", gettext_noop("No column says when the contacts were. Say which one it is.")),
            ("content", "mapping.no_content", gettext_noop("No column says what the contacts were about. Say which one it is.")),
        ),
        _decide_follow_ups,
        _write_follow_ups,
    ),
}


def is_one(kind: str) -> bool:
    return kind in KINDS


def of(kind: str) -> Kind:
    return KINDS[ImportKind(kind)]
