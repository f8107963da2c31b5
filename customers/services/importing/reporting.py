"""The user's own sheet back, with what became of each row and why."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from customers.choices import Outcome
from customers.models import ImportBatch, ImportRow
from customers.services.importing import words
from customers.services.importing.layout import Layout
from customers.services.importing.reasons import of_row
from scrm.kit.tabular import Source, write_xlsx

RESULT, REASON = words.REPORT


class Told(NamedTuple):
    number: int
    outcome: str
    reason: str


def told_by(batch: ImportBatch) -> Iterator[Told]:
    """Every row of a batch in the order of the sheet."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    for number, outcome, code, detail, warnings, conflict in rows.values_list(
        "number", "outcome", "code", "detail", "warnings", "conflict"
    ).iterator(chunk_size=2_000):
        yield Told(number, outcome, of_row(code, detail, warnings, conflict))


def write(
    path: Path | str, source: Source, layout: Layout, told: Iterable[Told], *, only_problems: bool = False
) -> None:
    """Writes the sheet as it came in, row by row at its own place, with two columns more. Titles stay.

    Report columns of an earlier round are replaced. `only_problems` keeps the header and the rows with a reason.
    """
    rows = _rows(source, layout, told, only_problems)
    write_xlsx(path, [(layout.sheet or _("Result"), rows)], since_1904=source.since_1904)


def _rows(source: Source, layout: Layout, told: Iterable[Told], only_problems: bool) -> Iterator[list[Any]]:
    drop = {i for i, header in enumerate(layout.headers) if header in (RESULT, REASON)}
    width = len(layout.headers)
    answers = iter(told)
    answer = next(answers, None)
    labels = dict(Outcome.choices)
    for number, row in source.rows(layout.sheet):
        while answer is not None and answer.number < number:
            answer = next(answers, None)
        cells = [cell for i, cell in enumerate(row) if i not in drop]
        pad = [""] * (width - len(drop) - len(cells))
        if number == layout.header_row:
            yield [*cells, *pad, RESULT, REASON]
        elif answer is not None and answer.number == number:
            if not only_problems or answer.reason:
                yield [*cells, *pad, str(labels[Outcome(answer.outcome)]), answer.reason]
        elif not only_problems:
            yield cells
