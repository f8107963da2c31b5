"""Web pages with a table, which many back ends hand out as ".xls"."""

import codecs
import re
from collections.abc import Iterator
from html import unescape

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell, Merge, Note, Row
from scrm.kit.tabular.encodings import Text
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.raw import RawText

PIECE = 1 << 16
LONGEST = 8 << 20
MOST_MERGES = 100_000
_ATTRIBUTE = re.compile(r"(colspan|rowspan|x:num)\s*=\s*[\"']?\s*([^\"'\s>]+)", re.IGNORECASE)
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:]*")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ROUNDED = re.compile(r"[+-]?[0-9.]+E\+?[0-9]+\Z|#+\Z")
_NEW_LINE = {"br", "p", "div", "li"}


class MarkupReader:
    """The table with most cells; every cell is text. A spanned cell has its text at the top left."""

    kind = "html"
    since_1904 = False
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
        parser.close()
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
        self._spanned: dict[
            int, tuple[int, int]
        ] = {}  # column → last row it is taken in, and the next free column
        self._column = 0
        self._exact = ""

    def start_row(self) -> None:
        self.end_cell()
        if len(self.rows) >= self.limits.rows + 1000:
            raise refusals.too_many_rows(self.limits.rows)
        self.rows.append({})
        self._column = 0

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.end_cell()
        if not self.rows:
            self.start_row()
        row = len(self.rows) - 1
        while (taken := self._spanned.get(self._column)) and taken[0] >= row:
            self._column = taken[1]
        width = _span(attributes.get("colspan"), 1000)
        height = _span(attributes.get("rowspan"), 65534)
        right, bottom = self._column + width - 1, row + height - 1
        if height > 1:
            for column in range(self._column, min(right, self.limits.columns) + 1):
                self._spanned[column] = bottom, right + 1
        if (height > 1 or width > 1) and len(self.merges) < MOST_MERGES:
            self.merges.append((row + 1, self._column, bottom + 1, right))
        self.text = []
        self.cells += 1
        self._exact = attributes.get("x:num", "")
        self._start, self._column = self._column, right + 1

    def end_cell(self) -> None:
        if self.text is None:
            return
        lines = (unescape(part).strip(" ") for part in _SPACE.sub(" ", "".join(self.text)).split("\v"))
        value = "\n".join(lines).strip(" \n\u00a0")
        if _ROUNDED.match(value) and self._exact:
            value = self._exact
        self.text = None
        if value:
            if self._start >= self.limits.columns:
                self.limits.check_far(value)
                return
            if not self.rows[-1]:
                self.filled += 1
                self.limits.check_rows(self.filled)
            self.rows[-1][self._start] = value


class _Tables:
    """Cuts at every "<". html.parser would do, if it did not take quadratic time over malformed mark-up."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.open: list[_Table] = []
        self.best: _Table | None = None
        self._rest = ""
        self._until = ""  # what ends the comment, script or style we are in

    def feed(self, piece: str) -> None:
        first, *parts = (self._rest + piece).split("<")
        if not parts:
            self._rest = first
            if len(first) > LONGEST:
                raise refusals.wrong_type()
            return
        self._rest = "<" + parts.pop()
        for part in parts:
            self._part(part)

    def close(self) -> None:
        self._part(self._rest.removeprefix("<"))
        while self.open:
            self.end_table()

    def _part(self, part: str) -> None:
        """`part` is what follows a "<"."""
        if self._until:
            at = part.lower().find(self._until)
            if at < 0:
                return
            part = part[at:] if self._until != "-->" else "!" + part[at + 2 :]
            self._until = ""
        elif part.startswith("!--"):
            at = part.find("-->")
            if at < 0:
                self._until = "-->"
                return
            part = "!" + part[at + 2 :]
        name = _NAME.match(part)
        tag, closed, data = part.partition(">")
        if name is None and not part.startswith(("!", "?", "/")):
            self._text("<" + part)  # just a sign
            return
        if tag.count('"') % 2 and '"' in data:  # a ">" inside quotes
            more, _, data = data.partition('"')
            tag, data = tag + more, data.partition(">")[2]
        if name is not None:
            self._tag(name[0].lower(), tag)
        if closed and data and not self._until:
            self._text(data)

    def _tag(self, name: str, tag: str) -> None:
        if name in ("script", "style"):
            self._until = "/" + name
        elif name == "table":
            if len(self.open) >= 50:
                raise refusals.wrong_type()
            self.open.append(_Table(self.limits))
        elif self.open:
            table = self.open[-1]
            if name in ("td", "th"):
                table.start_cell({key.lower(): value for key, value in _ATTRIBUTE.findall(tag)})
            elif name == "tr":
                table.start_row()
            elif name in ("/td", "/th", "/tr"):
                table.end_cell()
            elif name == "/table":
                self.end_table()
            elif name in _NEW_LINE and table.text is not None:
                table.text.append("\v")

    def _text(self, data: str) -> None:
        if self.open and (text := self.open[-1].text) is not None:
            text.append(data.replace("\v", " "))

    def end_table(self) -> None:
        table = self.open.pop()
        table.end_cell()
        if self.best is None or table.cells > self.best.cells:
            self.best = table


def _span(value: str | None, most: int) -> int:
    return (
        min(max(int(value), 1), most)
        if value and value.isascii() and value.isdigit() and len(value) < 9
        else 1
    )
