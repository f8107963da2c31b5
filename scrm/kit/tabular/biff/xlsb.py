"""xlsb: the parts of an xlsx, in records."""

import posixpath
import struct
from collections.abc import Iterable, Iterator
from functools import cached_property

from scrm.kit.tabular import refusals
from scrm.kit.tabular.biff.numbers import unpack_rk
from scrm.kit.tabular.cells import Cell, Merge, Note, Row, trim
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.package import Package
from scrm.kit.tabular.pictures import without_pictures
from scrm.kit.tabular.serials import PLAIN, Format, format_of
from scrm.kit.tabular.xml import elements

LONGEST_RECORD = 4 << 20
MOST_MERGES = 100_000
_SHEETS, _PROPERTIES, _FORMAT, _STYLE, _STRING = 156, 153, 44, 47, 19
_BEGIN_STYLES, _END_STYLES, _MERGE, _ROW = 617, 618, 176, 0


class XlsbReader:
    kind = "xlsb"
    encoding = ""
    delimiter = ""

    def __init__(self, package: Package, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        self._parts: dict[str, str] = {}
        self._merges: dict[str, list[Merge]] = {}
        self.since_1904 = False
        self.notes: list[Note] = []
        self.sheets: list[str] = []
        relations = {
            found["Id"]: found
            for name, found in elements(package.chunks("xl/_rels/workbook.bin.rels"))
            if name == "Relationship"
        }
        hidden = []
        for kind, data in records(package.chunks("xl/workbook.bin")):
            if kind == _PROPERTIES:
                self.since_1904 = bool(data[0] & 1)
            elif kind == _SHEETS:
                state = data[0] & 3
                relation, end = _text(data, 8)
                name, _ = _text(data, end)
                found = relations.get(relation, {})
                if not found.get("Type", "").endswith("/worksheet"):
                    continue
                if state:
                    hidden.append(name)
                else:
                    self._parts[name] = posixpath.normpath(posixpath.join("/xl", found["Target"])).lstrip("/")
        if hidden:
            self.notes.append(Note("sheets.hidden", {"names": hidden}))
        for name in self._parts:
            self._merges[name] = []
            if sum(1 for _ in self._stream(name, self._merges[name])):
                self.sheets.append(name)
        if not self.sheets:
            raise refusals.no_sheet()

    @cached_property
    def _strings(self) -> list[str]:
        part = "xl/sharedStrings.bin"
        if part not in self._package:
            return []
        return [_text(data, 1)[0] for kind, data in records(self._package.chunks(part)) if kind == _STRING]

    @cached_property
    def _formats(self) -> list[Format]:
        codes: dict[int, str] = {}
        found: list[Format] = []
        inside = False
        for kind, data in records(self._package.chunks("xl/styles.bin")):
            if kind == _FORMAT:
                codes[data[0] | data[1] << 8] = _text(data, 2)[0]
            elif kind in (_BEGIN_STYLES, _END_STYLES):
                inside = kind == _BEGIN_STYLES
            elif kind == _STYLE and inside:
                number = data[2] | data[3] << 8
                found.append(format_of(number, codes.get(number)))
        return found

    def rows(self, sheet: str) -> Iterator[Row]:
        return self._stream(sheet, [])

    def _stream(self, sheet: str, merges: list[Merge]) -> Iterator[Row]:
        row, filled = 0, 0
        cells: list[Cell] = []
        limit = self._limits.columns
        for kind, data in records(self._package.chunks(self._parts[sheet])):
            if kind == _ROW or kind == 146:
                if trim(cells):
                    filled += 1
                    self._limits.check_rows(filled)
                    yield row + 1, without_pictures(cells)
                cells = []
                row = struct.unpack_from("<I", data)[0] if kind == _ROW else row
            elif 2 <= kind <= 11 or kind == 62:
                (column,) = struct.unpack_from("<I", data)
                value = self._value(kind, data)
                if value != "":
                    if column >= limit:
                        self._limits.check_far(value)
                        continue
                    cells.extend([""] * (column + 1 - len(cells)))
                    cells[column] = value
            elif kind == _MERGE and len(merges) < MOST_MERGES:
                first, last, left, right = struct.unpack_from("<4I", data)
                merges.append((first + 1, left, last + 1, right))

    def _value(self, kind: int, data: bytes) -> Cell:
        if kind == 7:
            (index,) = struct.unpack_from("<I", data, 8)
            return self._strings[index] if index < len(self._strings) else ""
        if kind == 2:
            return self._number(unpack_rk(struct.unpack_from("<I", data, 8)[0]), data)
        if kind in (5, 9):
            return self._number(struct.unpack_from("<d", data, 8)[0], data)
        if kind in (6, 8):
            return _text(data, 8)[0]
        if kind == 62:
            return _text(data, 9)[0]
        return bool(data[8]) if kind in (4, 10) else ""

    def _number(self, value: float, data: bytes) -> Cell:
        style = data[4] | data[5] << 8 | data[6] << 16
        form = self._formats[style] if style < len(self._formats) else PLAIN
        return value if form == PLAIN else form.read(value, self.since_1904)

    def merged(self, sheet: str) -> list[Merge]:
        return list(self._merges[sheet])

    def close(self) -> None:
        self._package.close()


def records(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(type, data). Raises ValueError for a record longer than any sheet needs."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        at, end = 0, len(data)
        while True:
            start = at
            if end - at < 6 and not _complete(data, at):
                break
            kind = data[at]
            at += 1
            if kind & 128:
                kind = (kind & 127) | (data[at] & 127) << 7
                at += 1
            length = shift = 0
            while True:
                byte = data[at]
                at += 1
                length |= (byte & 127) << shift
                shift += 7
                if byte < 128 or shift == 28:
                    break
            if length > LONGEST_RECORD:
                raise ValueError("a record without an end")
            if at + length > end:
                at = start
                break
            yield kind, data[at : at + length]
            at += length
        rest = data[start:]
    if rest:
        raise EOFError


def _complete(data: bytes, at: int) -> bool:
    """Whether a record's head ends within the last few bytes."""
    if at >= len(data):
        return False
    at += 2 if data[at] & 128 else 1
    for _ in range(4):
        if at >= len(data):
            return False
        if data[at] < 128:
            return True
        at += 1
    return True


def _text(data: bytes, offset: int) -> tuple[str, int]:
    """A counted text and where it ends."""
    (count,) = struct.unpack_from("<I", data, offset)
    if count == 0xFFFFFFFF:
        return "", offset + 4
    end = offset + 4 + 2 * count
    if end > len(data):
        raise EOFError
    return data[offset + 4 : end].decode("utf-16-le", "replace"), end
