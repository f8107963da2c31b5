"""OpenDocument sheets, streamed: one element may stand for a million equal rows."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell, Merge, Note, Row, trim
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.package import Package
from scrm.kit.tabular.serials import MOST_DAYS
from scrm.kit.tabular.xml import Names, feed, parser

MOST_MERGES = 100_000
LONGEST_TEXT = 1 << 20
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?\Z")
_CONTENT = "content.xml"


class OdsReader:
    kind = "ods"
    encoding = ""
    delimiter = ""

    def __init__(self, package: Package, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        manifest = "META-INF/manifest.xml"
        if manifest in package and b"encryption-data" in package.read(manifest):
            raise refusals.encrypted()
        self._merges: dict[str, list[Merge]] = {}
        self.sheets: list[str] = []
        self.notes: list[Note] = []
        whole = _Content(limits)
        for table in whole.tables(package.chunks(_CONTENT)):
            filled = sum(repeat for _, repeat, _ in table.rows)
            limits.check_rows(filled + table.counted)
            table.counted += filled
        self.since_1904 = whole.since_1904
        hidden = [table.name for table in whole.seen if table.style in whole.hidden]
        if hidden:
            self.notes.append(Note("sheets.hidden", {"names": hidden}))
        for table in whole.seen:
            if table.counted and table.style not in whole.hidden:
                self.sheets.append(table.name)
                self._merges[table.name] = table.merges
        if not self.sheets:
            raise refusals.no_sheet()

    def rows(self, sheet: str) -> Iterator[Row]:
        for table in _Content(self._limits).tables(self._package.chunks(_CONTENT)):
            if table.name != sheet:
                continue
            for number, repeat, cells in table.rows:
                for again in range(repeat):
                    yield number + again, list(cells)
            if table.closed:
                return

    def merged(self, sheet: str) -> list[Merge]:
        return list(self._merges[sheet])

    def close(self) -> None:
        self._package.close()


class _Table:
    def __init__(self, name: str, style: str) -> None:
        self.name = name
        self.style = style
        self.rows: list[tuple[int, int, list[Cell]]] = []  # number, how often, cells
        self.merges: list[Merge] = []
        self.counted = 0
        self.closed = False


class _Content:
    """Handlers over content.xml. `tables` gives a table again and again while it grows; what is in its `rows` must
    be taken then."""

    def __init__(self, limits: Limits) -> None:
        self.seen: list[_Table] = []
        self.hidden: set[str] = set()
        self.since_1904 = False
        self._limits = limits
        self._names = Names()
        self._style = ""
        self._table: _Table | None = None
        self._nested = self._skipped = 0
        self._number = self._repeat = 1
        self._cells: list[Cell] = []
        self._cell: dict[str, str] | None = None
        self._paragraphs = self._length = 0
        self._text: list[str] = []

    def tables(self, chunks: Iterable[bytes]) -> Iterator[_Table]:
        done = 0
        for _ in feed(parser(self._start, self._end, self._data), chunks):
            for table in self.seen[done:]:
                yield table
                table.rows.clear()
            done = max(done, len(self.seen) - 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            if self._table is not None:
                self._nested += 1  # a table inside a cell is none of ours
                return
            named = self._local(attributes)
            self._table = _Table(named.get("name", ""), named.get("style-name", ""))
            self.seen.append(self._table)
            self._number = 1
        elif self._table is None:
            if name == "style":
                self._style = self._local(attributes).get("name", "")
            elif name == "table-properties" and self._local(attributes).get("display") == "false":
                self.hidden.add(self._style)
            elif name == "null-date":
                self.since_1904 = self._local(attributes).get("date-value", "").startswith("1904")
        elif self._nested:
            return
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = self._local(attributes)
            self._text = []
            self._paragraphs = self._length = 0
        elif name == "table-row":
            self._repeat = _count(self._local(attributes).get("number-rows-repeated"))
            self._cells = []
        elif self._cell is not None:
            self._start_inside(name, attributes)

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("annotation", "shapes", "frame"):
            self._skipped += 1
        elif self._skipped:
            return
        elif name == "p":
            if self._paragraphs:
                self._text.append("\n")
            self._paragraphs += 1
        elif name == "s":
            spaces = min(_count(self._local(attributes).get("c")), LONGEST_TEXT - self._length)
            self._length += spaces
            self._text.append(" " * spaces)
        elif name == "tab":
            self._text.append("\t")
        elif name == "line-break":
            self._text.append("\n")

    def _data(self, data: str) -> None:
        if self._cell is not None and self._paragraphs and not self._skipped and not self._nested:
            self._text.append(data)

    def _end(self, name: str) -> None:
        table = self._table
        if table is None:
            return
        if name == "table":
            if self._nested:
                self._nested -= 1
            else:
                table.closed = True
                self._table = None
        elif self._nested:
            return
        elif name in ("annotation", "shapes", "frame"):
            self._skipped = max(self._skipped - 1, 0)
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._place(table, self._cell)
            self._cell = None
            self._skipped = 0
        elif name == "table-row":
            if trim(self._cells):
                table.rows.append((self._number, self._repeat, self._cells))
            self._number += self._repeat
            self._cells = []

    def _place(self, table: _Table, cell: dict[str, str]) -> None:
        value = _value(cell, "".join(self._text))
        column = len(self._cells)
        limit = self._limits.columns
        repeat = _count(cell.get("number-columns-repeated"))
        if value != "" and column + repeat > limit:
            self._limits.check_far(value)
            value = ""
        self._cells.extend([value] * min(repeat, limit + 1 - column))
        right, down = _count(cell.get("number-columns-spanned")), _count(cell.get("number-rows-spanned"))
        if (right > 1 or down > 1) and len(table.merges) < MOST_MERGES:
            table.merges.append((self._number, column, self._number + down - 1, column + right - 1))

    def _local(self, attributes: dict[str, str]) -> dict[str, str]:
        local = {self._names[name]: value for name, value in attributes.items()}
        if attributes.get("calcext:value-type") == "error":
            local["value-type"] = "error"
        return local


def _count(text: str | None) -> int:
    """At least 1, and never more than anybody could mean."""
    return min(max(int(text[:9]), 1), 1 << 24) if text and text.isdigit() else 1


def _value(cell: dict[str, str], text: str) -> Cell:
    kind = cell.get("value-type", "")
    if kind in ("float", "currency", "percentage"):
        return float(cell.get("value", "nan")) if cell.get("value") else text
    if kind == "boolean":
        return cell.get("boolean-value") == "true"
    if kind == "date":
        return _date(cell.get("date-value", ""), text)
    if kind == "time":
        return _duration(cell.get("time-value", ""), text)
    if kind == "error":
        return ""
    return cell.get("string-value", text) if kind else ""


def _date(raw: str, text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(raw.removesuffix("Z"))
    except ValueError:
        return text
    if moment.time() == time() or "T" not in raw:
        return date(moment.year, moment.month, moment.day)
    return moment.replace(tzinfo=None)


def _duration(raw: str, text: str) -> Cell:
    match = _DURATION.match(raw)
    if match is None:
        return text
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    seconds += hours * 3600 + minutes * 60
    if seconds > MOST_DAYS * 86_400:
        return seconds / 86_400
    span = timedelta(seconds=round(seconds, 6))
    if span < timedelta(days=1):
        return (datetime(1900, 1, 1) + span).time()
    return span
