"""A worksheet row by row in constant memory: slower than calamine, but it makes no room for what is not there."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from scrm.kit.tabular.cells import Cell, Row
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.serials import PLAIN
from scrm.kit.tabular.xlsx.book import Book
from scrm.kit.tabular.xlsx.strings import clean, unescape
from scrm.kit.tabular.xml import DEEPEST, Names, bare_parser, feed

_LETTERS = re.compile(r"[A-Z]{1,3}\Z")


class Columns(dict[str, int]):
    """Letters → number from 0."""

    def __missing__(self, letters: str) -> int:
        number = 0
        if not _LETTERS.match(letters):
            raise ValueError("no column")
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return number - 1


def stream(chunks: Iterable[bytes], book: Book, limits: Limits) -> Iterator[Row]:
    """Rows that hold a value, in the order of the file. Raises Refused file.too_many_rows and _columns."""
    sheet = _Sheet(book, limits)
    filled = 0
    for _ in feed(bare_parser(sheet.start, sheet.end, sheet.text), chunks):
        filled += len(sheet.rows)
        limits.check_rows(filled)
        yield from sheet.rows
        sheet.rows.clear()


class _Sheet:
    """Handlers, called five times a cell."""

    __slots__ = (
        "_book", "_cells", "_column", "_columns", "_depth", "_inside", "_limit", "_limits", "_names", "_phonetic", "_pieces",
        "_preserve", "_row", "_style", "_type", "_value", "rows",
    )  # fmt: skip

    def __init__(self, book: Book, limits: Limits) -> None:
        self.rows: list[Row] = []
        self._book = book
        self._limit = limits.columns
        self._limits = limits
        self._columns = Columns()
        self._names = Names()
        self._depth = self._row = 0
        self._column = -1
        self._type = self._style = ""
        self._cells: list[Cell] = []
        self._value: Cell = ""
        self._pieces: list[str] | None = None
        self._inside = self._preserve = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("nested too deeply")
        name = self._names[name]
        if name == "v":
            if self._type != "inlineStr":
                self._pieces = []
        elif name == "c":
            reference = attributes.get("r")
            self._column = self._columns[reference.rstrip("0123456789")] if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._value = ""
        elif name == "t":
            if self._inside and not self._phonetic:
                self._pieces = []
                self._preserve = attributes.get("xml:space") == "preserve"
        elif name == "is":
            self._inside = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdigit() else self._row + 1
            self._column = -1
            self._cells = []

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        self._depth -= 1
        name = self._names[name]
        if name == "v":
            if self._pieces:
                self._value = self._convert("".join(self._pieces))
            self._pieces = None
        elif name == "c":
            if self._value != "":
                self._place(self._value)
        elif name == "t":
            if self._pieces is not None:
                self._value = str(self._value) + clean("".join(self._pieces), self._preserve)
                self._pieces = None
        elif name == "is":
            self._inside = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and self._cells:
            self.rows.append((self._row, self._cells))

    def _place(self, value: Cell) -> None:
        if self._column >= self._limit:
            self._limits.check_far(value)
            return
        cells = self._cells
        missing = self._column - len(cells)
        if missing > 0:
            cells.extend([""] * missing)
        if missing >= 0:
            cells.append(value)
        else:
            cells[self._column] = value

    def _convert(self, raw: str) -> Cell:
        kind = self._type
        if kind == "n":
            return self._number(raw)
        if kind == "s":
            strings = self._book.strings
            return strings[int(raw)] if raw.isdigit() and int(raw) < len(strings) else ""
        if kind == "b":
            return raw.strip() not in ("0", "false")
        if kind == "e":
            return ""
        if kind == "d":
            return _iso(raw)
        if kind == "str":
            return unescape(raw)
        return self._number(raw)

    def _number(self, raw: str) -> Cell:
        try:
            number = float(raw)
        except ValueError:
            return raw
        if self._style:
            formats = self._book.formats
            style = int(self._style) if self._style.isdigit() else 0
            if style < len(formats) and formats[style] != PLAIN:
                return formats[style].read(number, self._book.since_1904)
        return number


def _iso(raw: str) -> Cell:
    for read in (date.fromisoformat, time.fromisoformat, datetime.fromisoformat):
        try:
            value: Cell = read(raw.removesuffix("Z"))
        except ValueError:
            continue
        return value
    return raw
