"""Sheets that leave the house: text stays text, whatever it looks like."""

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from math import isfinite
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from scrm.kit.tabular.cells import Cell, Merge
from scrm.kit.tabular.neutral import neutralise

CELL_LIMIT = 32_767  # UTF-16 units
TITLE_LIMIT = 31
MOST_MERGES = 100_000
_ROWS, _COLUMNS = 1_048_576, 16_384
_EXACT = 10**15  # Excel keeps fifteen digits
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was
_FIRST_DAY_1904 = date(1904, 1, 2)  # the day before is the number 0, which reads as midnight
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")


class Percent(float):
    """A share with its sign in a sheet: 1.64 reads "+164%"; a plain number in a CSV."""


type Value = Cell | Decimal | Promise | None
type Sheet = tuple[str, Iterable[Sequence[Value]]]


def write_xlsx(
    path: Path | str,
    sheets: Iterable[Sheet],
    widths: Sequence[float] | None = None,
    *,
    since_1904: bool = False,
    merged: Iterable[Merge] = (),
) -> None:
    """(title, rows) per sheet, in constant memory, so rows may be a generator. Text is never a formula or a link;
    aware datetimes are written in the shop's time; a number too long for Excel is written as text. Titles are bent
    to Excel's rules, `widths` are characters per column; days count from 1904 where the sheet's own did, so that its
    plain numbers mean the same days again. `merged` are ranges of the first sheet; the cells inside keep what they
    hold, and ranges that overlap an earlier one, or begin below the last row, are left out. Raises OSError where the
    file cannot be written."""
    try:
        _write(path, sheets, widths, since_1904, merged)
    except FileCreateError as error:
        raise OSError(getattr(error.__context__, "errno", None), str(error), str(path)) from error


def _write(
    path: Path | str, sheets: Iterable[Sheet], widths: Sequence[float] | None, since_1904: bool, merged: Iterable[Merge]
) -> None:
    first = _FIRST_DAY_1904 if since_1904 else _FIRST_DAY
    with Workbook(str(path), {"constant_memory": True, "date_1904": since_1904}) as book:
        formats = {
            kind: book.add_format({"num_format": code})
            for kind, code in {
                "date": "yyyy-mm-dd",
                "datetime": "yyyy-mm-dd hh:mm:ss",
                "time": "hh:mm:ss",
                "timedelta": "[h]:mm:ss",
                "percent": "+0%;-0%;0%",
            }.items()
        }
        taken: set[str] = set()
        for title, rows in sheets:
            page = book.add_worksheet(_title(title, taken), _Page)
            for column, width in enumerate(widths or ()):
                page.set_column(column, column, width)
            y = -1
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    plain = _plain(value, first)
                    if isinstance(plain, str):
                        if plain:
                            page.write_string(y, x, fit(plain))
                    elif isinstance(plain, bool):
                        page.write_boolean(y, x, plain)
                    elif isinstance(plain, date | time | timedelta):
                        page.write_datetime(y, x, plain, formats[type(plain).__name__])
                    else:
                        page.write_number(y, x, plain, formats["percent"] if isinstance(value, Percent) else None)
            # Not by merge_range: it writes the cells again, which are gone by now, and notes down each of them.
            page.merge.extend(_ranges(merged, y + 1))
            merged = ()


def _ranges(merged: Iterable[Merge], rows: int) -> list[list[int]]:
    """What Excel takes as merged; of two ranges that overlap it would repair the whole file."""
    found: list[list[int]] = []
    lefts: list[int] = []  # of the ranges that reach down to the row, which lie side by side
    ends: dict[int, int] = {}  # left → right
    bottoms: list[tuple[int, int]] = []
    for top, left, bottom, right in sorted(merged):
        fits = 1 <= top <= min(bottom, rows) and bottom <= _ROWS and 0 <= left <= right < _COLUMNS
        if not fits or (top == bottom and left == right):
            continue
        while bottoms and bottoms[0][0] < top:
            del lefts[bisect_left(lefts, heappop(bottoms)[1])]
        at = bisect_right(lefts, right)
        if at and ends[lefts[at - 1]] >= left:
            continue
        lefts.insert(at, left)
        ends[left] = right
        heappush(bottoms, (bottom, left))
        found.append([top - 1, left, bottom - 1, right])
        if len(found) == MOST_MERGES:
            break
    return found


def write_csv(path: Path | str, rows: Iterable[Sequence[Value]]) -> None:
    """UTF-8 with BOM, as Excel opens it. Text that begins like a formula gets an apostrophe that the reader takes off
    again."""
    with Path(path).open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([_as_text(_plain(value)) for value in row])


def fit(text: str) -> str:
    """What Excel accepts in one cell: no control characters, cut with an ellipsis at 32,767 units."""
    text = _ILLEGAL.sub("", text)
    if len(text) * 2 <= CELL_LIMIT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= CELL_LIMIT * 2:
        return text
    return units[: CELL_LIMIT * 2 - 2].decode("utf-16-le", "ignore") + "…"


class _Page(Worksheet):
    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        """xlsxwriter's own misses the second of two escapes that share an underscore, and takes a text between <r>
        and </r> for mark-up of its own making."""
        if not isinstance(data, str):
            return data
        text = _ESCAPE_LIKE.sub("_x005F_", data).replace("\r", "_x000D_")
        if text.startswith("<r>") and text.endswith("</r>"):
            return "_x003C_" + text[1:]
        return text


def _plain(value: Value, first: date = _FIRST_DAY) -> Cell:
    """One of the types a cell may hold. Days before `first` are text."""
    if value is None:
        return ""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, bool | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return str(value) if abs(value) >= _EXACT else value
    if isinstance(value, float | Decimal):
        number = float(value)
        if not isfinite(number):
            return ""
        return str(value) if abs(number) >= _EXACT else number
    if isinstance(value, datetime):
        local = timezone.make_naive(value) if timezone.is_aware(value) else value
        return local if local.date() >= first else local.isoformat(" ")
    if isinstance(value, date):
        return value if value >= first else value.isoformat()
    if isinstance(value, timedelta) and value < timedelta(0):
        return str(value)
    return value


def _as_text(value: Cell) -> str:
    """As Excel would show it without knowing the column."""
    if isinstance(value, str):
        return neutralise(value.replace("\0", ""))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)


def _title(wanted: str, taken: set[str]) -> str:
    base = _ILLEGAL.sub("", _NOT_IN_TITLE.sub(" ", wanted)).strip(" '\t\r\n") or "Sheet"
    if base.lower() == "history":  # reserved
        base += "_"
    number = 1
    while True:
        tail = f" ({number})" if number > 1 else ""
        room = (TITLE_LIMIT - len(tail)) * 2
        title = base.encode("utf-16-le")[:room].decode("utf-16-le", "ignore").strip(" '") + tail
        if title.lower() not in taken:
            taken.add(title.lower())
            return title
        number += 1
