"""The xml that Excel 2003 and many report programs write, usually under the name of an xls."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell, Merge, Note, Row
from scrm.kit.tabular.encodings import Text
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.pictures import without_pictures
from scrm.kit.tabular.raw import RawText
from scrm.kit.tabular.xml import feed, parser

PIECE = 1 << 18
MOST_MERGES = 100_000


class SpreadsheetmlReader:
    """Read once for the names and counts, and again for each call of `rows`, always in a stream."""

    kind = "xml"
    delimiter = ""

    def __init__(self, raw: RawText, text: Text, limits: Limits) -> None:
        self._raw = raw
        self._limits = limits
        self.encoding = text.encoding
        self.notes: list[Note] = []
        book = _Book(limits)
        for sheet in self._sheets(book):
            sheet.counted += len(sheet.rows)
            limits.check_rows(sheet.counted)
        self.since_1904 = book.since_1904
        if not book.seen:
            raise refusals.wrong_type()
        hidden = [sheet.name for sheet in book.seen if sheet.hidden]
        if hidden:
            self.notes.append(Note("sheets.hidden", {"names": hidden}))
        self._merges = {sheet.name: sheet.merges for sheet in book.seen if sheet.counted and not sheet.hidden}
        self.sheets = list(self._merges)
        if not self.sheets:
            raise refusals.no_sheet()

    def _sheets(self, book: "_Book") -> Iterator["_Sheet"]:
        """A sheet comes again and again while it grows; its `rows` must be taken each time."""
        done = 0
        with self._raw.decoded(self.encoding) as file:
            for _ in feed(book.parser(), iter(lambda: file.read(PIECE).encode(), b"")):
                for sheet in book.seen[done:]:
                    yield sheet
                    sheet.rows.clear()
                done = max(done, len(book.seen) - 1)

    def rows(self, sheet: str) -> Iterator[Row]:
        for found in self._sheets(_Book(self._limits)):
            if found.name == sheet:
                for number, cells in found.rows:
                    yield number, without_pictures(cells)

    def merged(self, sheet: str) -> list[Merge]:
        return list(self._merges[sheet])

    def close(self) -> None:
        pass


class _Sheet:
    def __init__(self, name: str) -> None:
        self.name = name
        self.hidden = False
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self.counted = 0


class _Book:
    def __init__(self, limits: Limits) -> None:
        self.seen: list[_Sheet] = []
        self.since_1904 = False
        self._limits = limits
        self._row = self._column = 0
        self._cells: list[Cell] = []
        self._type = ""
        self._pieces: list[str] | None = None
        self._visible: list[str] | None = None
        self._comment = False

    def parser(self) -> Any:
        return parser(self._start, self._end, self._data, "utf-8")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Cell":
            self._start_cell(attributes)
        elif name == "Data":
            if not self._comment:
                self._type = _attribute(attributes, "Type")
                self._pieces = []
        elif name == "Row":
            index = _attribute(attributes, "Index")
            self._row = int(index) if index else self._row + 1
            self._column = -1
            self._cells = []
        elif name == "Comment":
            self._comment = True
        elif name == "Worksheet":
            self.seen.append(_Sheet(_attribute(attributes, "Name")))
            self._row = 0
        elif name == "Visible":
            self._visible = []
        elif name == "Date1904":
            self.since_1904 = True

    def _start_cell(self, attributes: dict[str, str]) -> None:
        index = _attribute(attributes, "Index")
        self._column = int(index) - 1 if index else self._column + 1
        across = int(_attribute(attributes, "MergeAcross") or 0)
        down = int(_attribute(attributes, "MergeDown") or 0)
        self._place = self._column
        if (across or down) and self.seen and len(self.seen[-1].merges) < MOST_MERGES:
            merge = self._row, self._column, self._row + down, self._column + across
            self.seen[-1].merges.append(merge)
        self._column += across

    def _data(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)
        elif self._visible is not None:
            self._visible.append(data)

    def _end(self, name: str) -> None:
        if name == "Data":
            if self._pieces is not None:
                self._put(_value(self._type, "".join(self._pieces)))
            self._pieces = None
        elif name == "Row":
            if self._cells and self.seen:
                self.seen[-1].rows.append((self._row, self._cells))
            self._cells = []
        elif name == "Comment":
            self._comment = False
        elif name == "Visible" and self._visible is not None and self.seen:
            self.seen[-1].hidden = "".join(self._visible).strip() in ("SheetHidden", "SheetVeryHidden")
            self._visible = None

    def _put(self, value: Cell) -> None:
        if value == "":
            return
        if self._place >= self._limits.columns:
            self._limits.check_far(value)
            return
        self._cells.extend([""] * (self._place + 1 - len(self._cells)))
        self._cells[self._place] = value


def _attribute(attributes: dict[str, str], name: str) -> str:
    return attributes.get(f"ss:{name}") or attributes.get(name, "")


def _value(kind: str, raw: str) -> Cell:
    if kind == "Number":
        try:
            return float(raw)
        except ValueError:
            return raw
    if kind == "Boolean":
        return raw.strip() == "1"
    if kind == "Error":
        return ""
    if kind == "DateTime":
        try:
            moment = datetime.fromisoformat(raw.strip())
        except ValueError:
            return raw
        if moment.date() == date(1899, 12, 31):
            return moment.time()
        return moment.date() if moment.time() == time() else moment
    return raw
