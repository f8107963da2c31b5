"""The user's own sheet of orders back, with what became of each line and why."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import Outcome
from customers.models import ImportBatch, ImportRow
from customers.services.importing import reporting
from customers.services.importing.names import Names
from customers.services.importing.reasons import of_row
from customers.services.importing.reporting import Told
from customers.services.ordering import booking
from customers.services.ordering.running import Opened, Trial


def told_by(batch: ImportBatch) -> Iterator[Told]:
    """The rows of a batch that were not booked as they stand, in the order of the sheet. A name of which somebody has said
    since who is meant is no remark any more."""
    names = Names()
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    for number, outcome, code, detail, warnings in rows.values_list(
        "number", "outcome", "code", "detail", "warnings"
    ).iterator(chunk_size=2_000):
        open_ones = [one for one in warnings or () if not _is_said(one, names)]
        if reason := of_row(code, detail, open_ones, False):
            yield Told(number, outcome, reason)


def _is_said(warning: dict[str, Any], names: Names) -> bool:
    kind = {"name.employee": "owner", "name.store": "store"}.get(warning["code"])
    return kind is not None and names.resolve(kind, warning["value"]) is not None


def of_trial(trial: Trial) -> Iterator[Told]:
    return of_told(trial.told)


def of_told(told: Iterable[booking.Told]) -> Iterator[Told]:
    """The same of rows that were only tried out."""
    for one in told:
        if reason := of_row(one.code, one.detail, one.warnings, False):
            yield Told(one.row, one.outcome, reason)


def write(path: Path | str, opened: Opened, told: Iterable[Told], *, only_problems: bool = False) -> None:
    """As for customers; a line without a result was booked as it stands."""
    labels = {
        Outcome.CREATED: _("booked"),
        Outcome.UPDATED: _("order changed"),
        Outcome.REJECTED: _("rejected"),
        Outcome.SKIPPED: _("not booked"),
    }
    reporting.write(
        path, opened.source, opened.layout, told, only_problems=only_problems,
        labels={str(key): str(label) for key, label in labels.items()},
    )  # fmt: skip
