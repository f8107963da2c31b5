"""Sheets that grow over many runs of a worker: rows are appended to a plain file as they are found, and put into a
package at the end. What a killed run had appended beyond its last mark is cut off again by whoever goes on.

xlsxwriter makes the package (header, widths, formats); only its rows are ours, since it cannot go on with a file.
"""

import csv
import gzip
import io
import shutil
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from scrm.kit.tabular.neutral import neutralise
from scrm.kit.tabular.writing import _ESCAPE_LIKE, _EXACT, _ILLEGAL, CELL_LIMIT, _title, fit

XLSX, CSV, CSV_GZ = "xlsx", "csv", "gz"
MOST_ROWS = 1_048_576
_SHEET = "xl/worksheets/sheet1.xml"
_DAY, _MOMENT = 2, 3  # formats of the package, see `finish`
_EPOCH, _FIRST = date(1899, 12, 30).toordinal(), date(1900, 3, 1)
_LETTERS = [xl_col_to_name(column) for column in range(2_000)]
type Row = Sequence[Any]


def rows_of(rows: Iterable[Row], kind: str, first: int) -> bytes:
    """The rows as the file of `kind` holds them; `first` is the row number of the first one, from 1."""
    if kind == XLSX:
        return "".join(_xml(number, row) for number, row in enumerate(rows, first)).encode("utf-8", "replace")
    text = io.StringIO()
    csv.writer(text).writerows([_csv(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _xml(number: int, row: Row) -> str:
    parts = [f'<row r="{number}">']
    for letter, value in zip(_LETTERS, row, strict=False):
        if value is None or value == "":
            continue
        kind = type(value)
        if kind is str:
            # Letters and digits of any script need no second look.
            if value.isalnum() and len(value) < 1_000:
                parts.append(f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>')
            else:
                parts.append(
                    f'<c r="{letter}{number}" t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>'
                )
        elif (kind is int and abs(value) < _EXACT) or kind is float or kind is Decimal:
            parts.append(f'<c r="{letter}{number}"><v>{value}</v></c>')
        elif kind is date and value >= _FIRST:
            parts.append(f'<c r="{letter}{number}" s="{_DAY}"><v>{value.toordinal() - _EPOCH}</v></c>')
        elif kind is datetime:
            local = timezone.make_naive(value) if timezone.is_aware(value) else value
            day = local.toordinal() - _EPOCH
            seconds = local.hour * 3600 + local.minute * 60 + local.second
            parts.append(f'<c r="{letter}{number}" s="{_MOMENT}"><v>{day + seconds / 86_400!r}</v></c>')
        else:
            parts.append(f'<c r="{letter}{number}" t="inlineStr"><is><t>{_escaped(str(value))}</t></is></c>')
    parts.append("</row>")
    return "".join(parts)


def _escaped(text: str) -> str:
    text = fit(text) if len(text) * 2 > CELL_LIMIT else _ILLEGAL.sub("", text)
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "_x000D_")


def _csv(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralise(value.replace("\0", ""))
    if isinstance(value, datetime):
        return (timezone.make_naive(value) if timezone.is_aware(value) else value).isoformat(" ", "seconds")
    return value


def finish(rows: Path, target: Path, kind: str, title: str, headers: Sequence[str], count: int) -> None:
    """The file itself, from the rows that were appended. Whatever stood at `target` is replaced at once, at the end."""
    aside = target.with_name(f"{target.name}.writing")
    if kind == XLSX:
        _package(rows, aside, title, headers, count)
    else:
        opening: Any = partial(gzip.open, aside, "wb", 6) if kind == CSV_GZ else partial(aside.open, "wb")
        with opening() as out, rows.open("rb") as source:
            out.write("\ufeff".encode() + rows_of([headers], CSV, 1))
            shutil.copyfileobj(source, out, 1 << 20)
    aside.chmod(0o600)
    aside.replace(target)


def _package(rows: Path, target: Path, title: str, headers: Sequence[str], count: int) -> None:
    shell = target.with_name(f"{target.name}.shell")
    with Workbook(str(shell), {"constant_memory": True, "strings_to_urls": False}) as book:
        page = book.add_worksheet(_title(title, set()))
        bold = book.add_format({"bold": True})
        formats = [bold, *(book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))]
        assert [own._get_xf_index() for own in formats] == [1, _DAY, _MOMENT]
        page.freeze_panes(1, 1)
        for column, header in enumerate(headers):
            page.set_column(column, column, min(max(len(header) * 2, 10), 30))
            page.write_string(0, column, fit(header), bold)
    try:
        with ZipFile(shell) as source, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as out:
            for item in source.infolist():
                if item.filename != _SHEET:
                    out.writestr(item.filename, source.read(item))
            sheet = source.read(_SHEET).decode()
            last = f"{_LETTERS[max(len(headers) - 1, 0)]}{count + 1}"
            begins, _end, rest = sheet.partition("</sheetData>")
            ref, _quote, behind = begins.partition('<dimension ref="')[2].partition('"')
            begins = begins.replace(f'<dimension ref="{ref}"', f'<dimension ref="A1:{last}"', 1) if behind else begins
            with out.open(_SHEET, "w", force_zip64=True) as into, rows.open("rb") as middle:
                into.write(begins.encode())
                shutil.copyfileobj(middle, into, 1 << 20)
                into.write(f"</sheetData>{rest}".encode())
    finally:
        shell.unlink(missing_ok=True)
