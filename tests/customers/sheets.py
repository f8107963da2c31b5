"""Files as shops keep them: what these builders write is what the importer has to live with."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]


def xlsx(
    path: Path,
    sheets: Rows | Mapping[str, Rows],
    *,
    merge: Sequence[str] | Mapping[str, Sequence[str]] = (),
    hidden: Sequence[str] = (),
    very_hidden: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    filter_over: str = "",
) -> Path:
    """`merge` are ranges ("A1:D1") of the first sheet, or of each sheet by name; `formats` number formats by cell."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    merges = merge if isinstance(merge, Mapping) else {next(iter(named)): merge}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in named.items():
        sheet = book.create_sheet(name)
        _fill(sheet, rows)
        for area in merges.get(name, ()):
            sheet.merge_cells(area)
        sheet.sheet_state = "hidden" if name in hidden else "veryHidden" if name in very_hidden else "visible"
    first = book[next(iter(named))]
    for row in hidden_rows:
        first.row_dimensions[row].hidden = True
    for column in hidden_columns:
        first.column_dimensions[column].hidden = True
    for cell, number_format in (formats or {}).items():
        first[cell].number_format = number_format
    if filter_over:
        first.auto_filter.ref = filter_over
    book.save(path)
    return path


def xlsx_text(path: Path, rows: Rows) -> Path:
    """Every cell as text, by the writer that spells control characters as _x0001_."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(number, column, str(value))
    book.close()
    return path


def xlsx_values(path: Path, rows: Rows) -> Path:
    """Any cell whatever: numbers as numbers, all the rest as text that no program takes for a formula."""
    book = xlsxwriter.Workbook(path, {"nan_inf_to_errors": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, value)
    book.close()
    return path


def _fill(sheet: Worksheet, rows: Rows) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet[f"{get_column_letter(column)}{number}"]
            if isinstance(value, str):
                # Text that begins with "=" stays text: a formula would have no stored value.
                cell.value, cell.data_type = value, "s"
            else:
                cell.value = value


def xls(
    path: Path, rows: Rows, *, sheet: str = "Sheet1", merge: Sequence[tuple[int, int, int, int]] = ()
) -> Path:
    """Excel 97–2003. `merge` counts from 0: (top, bottom, left, right)."""
    book = xlwt.Workbook(encoding="utf-8")
    table = book.add_sheet(sheet)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, date | datetime):
                table.write(number, column, value, day)
            else:
                table.write(number, column, value)
    for area in merge:
        table.merge(*area)
    book.save(str(path))
    return path


def text(rows: Rows, delimiter: str = ",") -> str:
    """As Excel writes it: CR LF, quotes where they are needed."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["" if c is None else c for c in row] for row in rows])
    return out.getvalue()


def csv_file(path: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.write_bytes(text(rows, delimiter).encode(encoding))
    return path


def unicode_text(path: Path, rows: Rows) -> Path:
    """What Excel calls Unicode text: UTF-16LE with BOM, tabs."""
    path.write_bytes(b"\xff\xfe" + text(rows, "\t").encode("utf-16-le"))
    return path


def packed(path: Path, rows: Rows) -> Path:
    path.write_bytes(gzip.compress(text(rows).encode("utf-8")))
    return path


def rows_of_csv(path: Path, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def rows_of_xlsx(path: Path, sheet: str | None = None) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    return [list(row) for row in (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)]


def merges_of_xlsx(path: Path) -> list[tuple[int, int, int, int]]:
    """Merged areas of the first sheet, as `xls` takes them."""
    areas = openpyxl.load_workbook(path).worksheets[0].merged_cells.ranges
    return [(a.min_row - 1, a.max_row - 1, a.min_col - 1, a.max_col - 1) for a in areas]


_NUMBERS = iter(range(10_000_000, 99_999_999))


def phone() -> str:
    """A mobile number nobody else in this test run has."""
    return f"139{next(_NUMBERS)}"
