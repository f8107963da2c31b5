"""The user's own sheet back, with what became of each row and why."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from customers.choices import Outcome
from customers.models import ImportBatch, ImportRow
from customers.services.importing import words
from customers.services.importing.layout import Layout
from customers.services.importing.reasons import of_row
from scrm.kit.tabular import Merge, Source, write_xlsx

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
    path: Path | str, source: Source, layout: Layout, told: Iterable[Told], *, only_problems: bool = False,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Writes the sheet as it came in, row by row at its own place, with two columns more. Titles stay.

    Report columns of an earlier round are replaced. `only_problems` keeps the header and the rows with a
    reason, each with its number in the whole sheet, by which a reason names its cell. What
    was merged is merged again: rows below a merged cell would come back as people who lack a number. `labels` are other
    words for the outcomes.
    """
    rows = _rows(source, layout, told, only_problems, labels or {})
    merged = () if only_problems else _merged(source, layout)
    try:
        write_xlsx(path, [(layout.sheet or _("Result"), rows)], since_1904=source.since_1904, merged=merged)
    finally:
        # A report broken off lets go of its cursor now, not in the middle of somebody's later transaction.
        rows.close()
        if isinstance(told, Generator):
            told.close()


def _dropped(layout: Layout) -> set[int]:
    return {i for i, header in enumerate(layout.headers) if header in (RESULT, REASON, words.ORIGINAL_ROW)}


def _merged(source: Source, layout: Layout) -> Iterator[Merge]:
    """Where the ranges stand once the old report columns are gone. One that runs on over nothing ends before the new
    ones, or they could not be seen; but what was three columns wide stays so, which tells a heading."""
    drop = _dropped(layout)
    width = len(layout.headers) - len(drop)
    for top, left, bottom, right in source.merged(layout.sheet):
        heading = right - left >= 2
        left -= sum(column < left for column in drop)
        right = min(right - sum(column <= right for column in drop), width - 1)
        yield top, left, bottom, max(right, left + 2) if heading else right


def _rows(
    source: Source, layout: Layout, told: Iterable[Told], only_problems: bool, words_for: Mapping[str, str]
) -> Generator[list[Any]]:
    drop = _dropped(layout)
    width = len(layout.headers)
    answers = iter(told)
    answer = next(answers, None)
    labels = {**{str(value): str(label) for value, label in Outcome.choices}, **words_for}
    place = 1
    for number, row in source.rows(layout.sheet):
        while place < number and not only_problems:
            yield []  # above the first row that holds anything
            place += 1
        place += 1
        while answer is not None and answer.number < number:
            answer = next(answers, None)
        cells = [cell for i, cell in enumerate(row) if i not in drop]
        pad = [""] * (width - len(drop) - len(cells))
        if number == layout.header_row:
            if only_problems:  # a row above this one may say half of it
                cells, pad = [text for i, text in enumerate(layout.headers) if i not in drop], []
            yield [*cells, *pad, RESULT, REASON, *([words.ORIGINAL_ROW] if only_problems else [])]
        elif answer is not None and answer.number == number:
            if not only_problems or answer.reason:
                told_by_row = [labels[str(answer.outcome)], answer.reason, *([number] if only_problems else [])]
                yield [*cells, *pad, *told_by_row]
        elif not only_problems:
            yield cells
