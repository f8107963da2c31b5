"""Web pages with a table, which many back ends hand out as ".xls"."""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell, Merge, Note, Row
from scrm.kit.tabular.encodings import Text
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.raw import RawText

PIECE = 4096  # html.parser takes quadratic time over a malformed piece
MOST_MERGES = 100_000
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ROUNDED = re.compile(r"[+-]?[0-9.]+E\+?[0-9]+\Z|#+\Z")
_NEW_LINE = {"br", "p", "div", "li"}


class MarkupReader:
    """The table with most cells; every cell is text. A spanned cell has its text at the top left."""

    kind = "html"
    delimiter = ""

    def __init__(self, raw: RawText, text: Text, limits: Limits) -> None:
        self.sheets = [""]
        self.notes: list[Note] = []
        self.encoding = _encoding(raw.head(), text)
        if text.lost:
            self.notes.append(Note("encoding.lossy", {"encoding": self.encoding, "count": text.lost}))
        parser = _Tables(limits)
        with raw.decoded(self.encoding) as file:
            while piece := file.read(PIECE):
                parser.feed(piece.replace("\0", ""))
        while parser.open:
            parser.end_table()
        if parser.best is None:
            raise refusals.wrong_type()
        if not parser.best.filled:
            raise refusals.empty()
        self._table = parser.best

    def rows(self, sheet: str) -> Iterator[Row]:
        for number, found in enumerate(self._table.rows, 1):
            if found:
                cells: list[Cell] = [""] * (max(found) + 1)
                for column, value in found.items():
                    cells[column] = value
                yield number, cells

    def merged(self, sheet: str) -> list[Merge]:
        return list(self._table.merges)

    def close(self) -> None:
        pass


def _encoding(head: bytes, text: Text) -> str:
    """What the bytes say; the page's own word only where the bytes fit anything."""
    declared = _CHARSET.search(head)
    if text.encoding != "gb18030" or declared is None:
        return text.encoding
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return text.encoding
    return text.encoding if name in {"gb2312", "gbk", "gb18030", "hz", "utf-8", "utf-16", "ascii"} else name


class _Table:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows: list[dict[int, str]] = []
        self.merges: list[Merge] = []
        self.filled = 0
        self.cells = 0
        self.text: list[str] | None = None  # of the cell that is open
        self._spanned: dict[int, int] = {}  # column → last row it is taken in, from 0
        self._column = 0
        self._exact = ""

    def start_row(self) -> None:
        self.end_cell()
        if len(self.rows) >= self.limits.rows + 1000:
            raise refusals.too_many_rows(self.limits.rows)
        self.rows.append({})
        self._column = 0

    def start_cell(self, attributes: dict[str, str | None]) -> None:
        self.end_cell()
        if not self.rows:
            self.start_row()
        row = len(self.rows) - 1
        while self._spanned.get(self._column, -1) >= row:
            self._column += 1
        width = _span(attributes.get("colspan"), 1000)
        height = _span(attributes.get("rowspan"), 65534)
        right, bottom = self._column + width - 1, row + height - 1
        if height > 1:
            for column in range(self._column, min(right, self.limits.columns) + 1):
                self._spanned[column] = bottom
        if (height > 1 or width > 1) and len(self.merges) < MOST_MERGES:
            self.merges.append((row + 1, self._column, bottom + 1, right))
        self.text = []
        self.cells += 1
        self._exact = attributes.get("x:num") or ""
        self._start, self._column = self._column, right + 1

    def end_cell(self) -> None:
        if self.text is None:
            return
        lines = (part.strip(" ") for part in _SPACE.sub(" ", "".join(self.text)).split("\v"))
        value = "\n".join(lines).strip(" \n\u00a0")
        if _ROUNDED.match(value) and self._exact:
            value = self._exact
        self.text = None
        if value:
            if self._start >= self.limits.columns:
                raise refusals.too_many_columns(self.limits.columns)
            if not self.rows[-1]:
                self.filled += 1
                self.limits.check_rows(self.filled)
            self.rows[-1][self._start] = value


class _Tables(HTMLParser):
    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.open: list[_Table] = []
        self.best: _Table | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            if len(self.open) >= 50:
                raise refusals.wrong_type()
            self.open.append(_Table(self.limits))
        elif self.open:
            table = self.open[-1]
            if tag == "tr":
                table.start_row()
            elif tag in ("td", "th"):
                table.start_cell(dict(attrs))
            elif tag in _NEW_LINE and table.text is not None:
                table.text.append("\v")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open:
            return
        if tag == "table":
            self.end_table()
        elif tag in ("td", "th", "tr"):
            self.open[-1].end_cell()

    def end_table(self) -> None:
        table = self.open.pop()
        table.end_cell()
        if self.best is None or table.cells > self.best.cells:
            self.best = table

    def handle_data(self, data: str) -> None:
        if self.open and (text := self.open[-1].text) is not None:
            text.append(data.replace("\v", " "))


def _span(value: str | None, most: int) -> int:
    return (
        min(max(int(value), 1), most)
        if value and value.isascii() and value.isdigit() and len(value) < 9
        else 1
    )
