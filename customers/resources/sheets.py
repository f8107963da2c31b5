"""A small sheet read, tried out, taken in and written. Content decides the format; text stays text."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tablib
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.resources.base import HouseResource
from customers.services.importing.cells import to_text
from customers.services.importing.words import canonical
from scrm.kit import audit
from scrm.kit.errors import Refused
from scrm.kit.tabular import Row, open_source, write_csv, write_xlsx

LIMIT = 5_000
# A header further down is none.
HEADER_WITHIN = 20
FORMATS = ("xlsx", "csv")


@dataclass(frozen=True)
class Change:
    """A row that is new (`before` is blank throughout) or says something else than what is there."""

    row: int
    name: str
    new: bool
    values: list[tuple[str, str, str]]  # label, before, after


@dataclass
class Told:
    """What a sheet brings. With `errors` nothing is taken in."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    made_beside: list[str] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


def write(resource: HouseResource, rows: Any, *, format: str) -> tuple[bytes, int]:
    """The file and how many rows it has; a line in the audit log. Raises Refused: sheet.too_many_rows, sheet.format."""
    if format not in FORMATS:
        raise Refused("sheet.format", _("Choose one of the formats."))
    if rows.order_by()[LIMIT : LIMIT + 1].exists():
        said = _("More than %(limit)s rows do not fit into one sheet. Narrow the list down by a filter first.")
        raise Refused("sheet.too_many_rows", said % {"limit": f"{LIMIT:,}"})
    data = resource.export(queryset=rows)
    lines = [data.headers, *data]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet.{format}"
        if format == "csv":
            write_csv(path, lines)
        else:
            write_xlsx(path, [(str(resource.label), lines)], widths=[18.0] * len(data.headers))
        content = path.read_bytes()
    audit.record("sheet.exported", by=resource.viewer, count=len(data), what=resource.noun, format=format)
    return content, len(data)


def read(resource: HouseResource, path: Path, *, name: str, write: bool = False) -> Told:
    """Tries a sheet out; with `write` takes it in, unless a row is wrong: all of it or nothing, and one line in the audit
    log.

    Raises Refused: whatever a file may be refused for (file.…), sheet.too_many_rows, sheet.no_header, sheet.twice,
    sheet.empty, sheet.changed_meanwhile.
    """
    data, told = _dataset(resource, path, name)
    try:
        with transaction.atomic():
            result = resource.import_data(
                data, dry_run=not write, rollback_on_validation_errors=True, use_transactions=True,
                retain_instance_in_row_result=True,
            )  # fmt: skip
            _tell(resource, result, told)
            if write and not told.errors:
                audit.record(
                    "sheet.imported", by=resource.viewer, count=told.created + told.updated, what=resource.noun,
                    rows=told.rows, created=told.created, updated=told.updated, unchanged=told.unchanged,
                )  # fmt: skip
    except IntegrityError:
        said = _("Somebody changed the same things at this moment. Nothing was taken in; upload the sheet again.")
        raise Refused("sheet.changed_meanwhile", said) from None
    return told


def _dataset(resource: HouseResource, path: Path, name: str) -> tuple[Any, Told]:
    try:
        with open_source(path, name=name, max_rows=LIMIT + HEADER_WITHIN) as source:
            for sheet in source.sheets:
                rows = source.rows(sheet)
                header = _header(resource, rows)
                if header is not None:
                    return _filled(resource, rows, *header)
    except Refused as no:
        if no.code != "file.too_many_rows":
            raise
        raise _too_many() from None
    needed = _(" or ").join(f"“{resource.fields[key].column_name}”" for key in resource.found_by)
    said = _("The sheet has no column %(column)s. Export once to see how it should look.")
    raise Refused("sheet.no_header", said % {"column": needed})


def _too_many() -> Refused:
    said = _("The sheet has more than %(limit)s rows. Split it into several.") % {"limit": f"{LIMIT:,}"}
    return Refused("sheet.too_many_rows", said)


def _header(resource: HouseResource, rows: Iterator[Row]) -> tuple[dict[int, str], list[str]] | None:
    """{column: header of ours} of the first row that names what rows are found by, and the headers nobody knows."""
    heads = {head: column for column in resource.columns() for head in column.heads()}
    needed = {resource.fields[key].column_name for key in resource.found_by}
    for _number, cells in rows:
        found: dict[int, str] = {}
        unknown = []
        for place, cell in enumerate(cells):
            text = to_text(cell)
            column = heads.get(canonical(text)) if text else None
            if column is not None:
                found[place] = column.column_name
            elif text:
                unknown.append(text)
        if needed & set(found.values()):
            if twice := [text for text in found.values() if list(found.values()).count(text) > 1]:
                said = _("Two columns are called “%(name)s”. Keep one of them.") % {"name": twice[0]}
                raise Refused("sheet.twice", said)
            return found, unknown
        if _number > HEADER_WITHIN:
            return None
    return None


def _filled(resource: HouseResource, rows: Iterator[Row], places: dict[int, str], unknown: list[str]) -> tuple[Any, Told]:
    data = tablib.Dataset(headers=list(places.values()))
    numbers: list[int] = []
    left_out: list[int] = []
    for number, cells in rows:
        line = [cells[place] if place < len(cells) else "" for place in places]
        if not any(to_text(cell) for cell in line):
            continue
        if resource.is_left_out([to_text(cell) for cell in cells]):
            left_out.append(number)
            continue
        if len(numbers) == LIMIT:
            raise _too_many()
        numbers.append(number)
        data.append(line)
    if not numbers:
        raise Refused("sheet.empty", _("Below the header there is nothing."))
    resource.numbers = numbers
    return data, Told(rows=len(numbers), not_read=unknown, left_out=left_out)


def _tell(resource: HouseResource, result: Any, told: Told) -> None:
    told.created, told.updated = result.totals["new"], result.totals["update"]
    told.unchanged, told.made_beside = result.totals["skip"], resource.made_beside
    for number, row in zip(resource.numbers, result.rows, strict=True):
        if row.validation_error is not None or row.errors:
            told.errors.append((number, _why(resource, row)))
        elif not row.is_skip():
            told.changes.append(_change(resource, number, row))


def _why(resource: HouseResource, row: Any) -> str:
    """"售价（元）：…" for what one cell is to blame for."""
    if row.validation_error is None:
        return _("This row could not be read.")
    named = getattr(row.validation_error, "error_dict", None)
    if named is None:
        return " ".join(row.validation_error.messages)
    parts = []
    for key, errors in named.items():
        said = " ".join(message for error in errors for message in error.messages)
        column = resource.fields.get(key)
        parts.append(f"{column.column_name}: {said}" if column is not None else said)
    return " ".join(parts)


def _change(resource: HouseResource, number: int, row: Any) -> Change:
    values = []
    for column in resource.columns():
        after = to_text(resource.export_field(column, row.instance))
        before = "" if row.is_new() else to_text(resource.export_field(column, row.original))
        if before != after:
            values.append((column.column_name, before, after))
    return Change(number, str(row.instance), row.is_new(), values)
