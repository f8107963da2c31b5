"""Sheets that leave the house: text stays text, whatever it looks like."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from xlsxwriter import Workbook

from scrm.kit.tabular.cells import Cell
from scrm.kit.tabular.neutral import neutralise

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CELL_LIMIT = 32_767

type Sheet = tuple[str, Iterable[Sequence[Cell | None]]]


def write_xlsx(path: Path | str, sheets: Iterable[Sheet], widths: Sequence[float] | None = None) -> None:
    with Workbook(str(path), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        clock = book.add_format({"num_format": "hh:mm:ss"})
        for title, rows in sheets:
            page = book.add_worksheet(title[:31])
            for column, width in enumerate(widths or ()):
                page.set_column(column, column, width)
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if isinstance(value, str):
                        page.write_string(y, x, _ILLEGAL.sub("", value)[:CELL_LIMIT])
                    elif isinstance(value, bool):
                        page.write_boolean(y, x, value)
                    elif isinstance(value, datetime):
                        page.write_datetime(y, x, value, moment)
                    elif isinstance(value, date):
                        page.write_datetime(y, x, value, day)
                    elif isinstance(value, time | timedelta):
                        page.write_datetime(y, x, value, clock)
                    else:
                        page.write_number(y, x, value)


def write_csv(path: Path | str, rows: Iterable[Sequence[Cell | None]]) -> None:
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([neutralise(value) if isinstance(value, str) else value for value in row])
