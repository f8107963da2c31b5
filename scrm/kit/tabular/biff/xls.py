"""xls of Excel 5 to 2003 and of WPS."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scrm.kit.tabular import refusals
from scrm.kit.tabular.biff.numbers import unpack_rk
from scrm.kit.tabular.biff.ole import MAGIC, CompoundFile
from scrm.kit.tabular.biff.text import WESTERN, are_chinese, codec_of, shared_strings, wide_text
from scrm.kit.tabular.cells import Cell, Merge, Note, Row, trim
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.pictures import without_pictures
from scrm.kit.tabular.serials import PLAIN, Format, format_of

WIDEST = 256
_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C


@dataclass
class _Sheet:
    name: str
    raw: bytes  # the name before 1997
    offset: int
    state: int


class XlsReader:
    kind = "xls"
    delimiter = ""

    def __init__(self, path: Path, limits: Limits) -> None:
        limits.check_size(path.stat().st_size)
        self._limits = limits
        self._stream = _workbook(path.read_bytes())
        self.encoding = ""
        self.notes: list[Note] = []
        self._strings: list[str] = []
        self._formats: list[Format] = []
        self.since_1904 = False
        self._loaded: tuple[str, dict[int, list[Cell]]] = "", {}
        self._merges: dict[str, list[Merge]] = {}
        self._sheets: dict[str, _Sheet] = {}
        hidden = []
        for sheet in self._globals():
            if sheet.state:
                hidden.append(sheet.name)
            else:
                self._sheets[sheet.name] = sheet
        if hidden:
            self.notes.append(Note("sheets.hidden", {"names": hidden}))
        self.sheets = [name for name in self._sheets if self._load(name)]
        if not self.sheets:
            raise refusals.no_sheet()

    def _records(self, offset: int) -> Iterator[tuple[int, int, int]]:
        """Type, where its data begin, where they end; one stream of records, without those nested in it."""
        stream, depth = self._stream, 0
        while offset + 4 <= len(stream):
            kind, length = struct.unpack_from("<HH", stream, offset)
            start = offset + 4
            offset = start + length
            if offset > len(stream):
                raise EOFError
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            if depth == 1:
                yield kind, start, offset
        raise EOFError

    def _globals(self) -> list[_Sheet]:
        stream, found = self._stream, []
        codes: dict[int, str] = {}
        formats: list[int] = []
        self._wide = True
        codec, blocks, last = "gb18030", [], 0
        for kind, start, end in self._records(0):
            data = stream[start:end]
            if kind == _BOF:
                (version,) = struct.unpack_from("<H", data)
                if version not in (0x0500, 0x0600):
                    raise refusals.wrong_type()
                self._wide = version == 0x0600
            elif kind == 0x002F:
                raise refusals.encrypted()
            elif kind == 0x0042:
                codec = codec_of(struct.unpack_from("<H", data)[0])
            elif kind == 0x0022:
                self.since_1904 = data[0] == 1
            elif kind == 0x041E:
                (number,) = struct.unpack_from("<H", data)
                codes[number] = (
                    wide_text(data, 4, data[2] | data[3] << 8) if self._wide else data[3:].decode("latin-1")
                )
            elif kind == 0x00E0:
                formats.append(struct.unpack_from("<2xH", data)[0])
            elif kind == 0x0085 and data[5] == 0:
                offset, state = struct.unpack_from("<IB", data)
                name = wide_text(data, 7, data[6]) if self._wide else ""
                found.append(_Sheet(name, data[7 : 7 + data[6]], offset, state & 3))
            elif kind == 0x00FC or (kind == _CONTINUE and last == 0x00FC):
                blocks.append(data)
            last = kind if kind != _CONTINUE else last
        if not self._wide:
            if codec == WESTERN and are_chinese(self._narrow_texts(found)):
                codec = "gb18030"
            for sheet in found:
                sheet.name = sheet.raw.decode(codec, "replace")
        for sheet in found:
            sheet.name = sheet.name.replace("\0", "")
        self._codec = codec
        self.encoding = "" if self._wide else codec
        self._formats = [format_of(number, codes.get(number)) for number in formats]
        self._strings = shared_strings(blocks)
        return found

    def _narrow_texts(self, sheets: list[_Sheet]) -> Iterator[bytes]:
        for sheet in sheets:
            if sheet.state:
                continue
            yield sheet.raw
            for kind, start, end in self._records(sheet.offset):
                if kind in (0x0204, 0x00D6, 0x0207):
                    at = start if kind == 0x0207 else start + 6
                    yield self._stream[
                        at + 2 : min(at + 2 + int.from_bytes(self._stream[at : at + 2], "little"), end)
                    ]

    def _load(self, name: str) -> dict[int, list[Cell]]:
        """Row from 0 → cells, from the last sheet asked for; programs other than Excel write in any order."""
        if self._loaded[0] != name:
            self._loaded = "", {}
            found = _Cells()
            self._merges[name] = found.merges
            self._read(self._sheets[name].offset, found)
            rows = {row: without_pictures(cells) for row, cells in sorted(found.rows.items()) if trim(cells)}
            self._limits.check_rows(len(rows))
            self._loaded = name, {row: cells for row, cells in rows.items() if self._limits.cut(cells)}
        return self._loaded[1]

    def _read(self, offset: int, found: "_Cells") -> None:
        stream, strings, place = self._stream, self._strings, found.place
        pending: tuple[int, int] | None = None
        for kind, at, end in self._records(offset):
            if kind == 0x00FD:
                row, column, index = struct.unpack_from("<HH2xI", stream, at)
                place(row, column, strings[index] if index < len(strings) else "")
            elif kind == 0x027E:
                row, column, style, packed = struct.unpack_from("<HHHI", stream, at)
                place(row, column, self._number(unpack_rk(packed), style))
            elif kind == 0x0203:
                row, column, style, number = struct.unpack_from("<HHHd", stream, at)
                place(row, column, self._number(number, style))
            elif kind == 0x00BD:
                row, column = struct.unpack_from("<HH", stream, at)
                for index, (style, packed) in enumerate(struct.iter_unpack("<HI", stream[at + 4 : end - 2])):
                    place(row, column + index, self._number(unpack_rk(packed), style))
            elif kind in (0x0204, 0x00D6):
                row, column = struct.unpack_from("<HH", stream, at)
                place(row, column, self._text(stream[at + 6 : end]))
            elif kind == 0x0205:
                row, column, value, wrong = struct.unpack_from("<HH2xBB", stream, at)
                place(row, column, "" if wrong else bool(value))
            elif kind == 0x0006:
                row, column, style, result = struct.unpack_from("<HHH8s", stream, at)
                pending = row, column
                place(row, column, self._result(result, style))
            elif kind == 0x0207 and pending:
                place(*pending, self._text(stream[at:end]))
                pending = None
            elif kind == 0x00E5:
                for first, last, left, right in struct.iter_unpack(
                    "<4H", stream[at + 2 : at + 2 + (end - at - 2) // 8 * 8]
                ):
                    found.merges.append((first + 1, left, last + 1, right))

    def _number(self, value: float, style: int) -> Cell:
        form = self._formats[style] if style < len(self._formats) else PLAIN
        return value if form == PLAIN else form.read(value, self.since_1904)

    def _result(self, result: bytes, style: int) -> Cell:
        """The stored value of a formula; text follows in a record of its own."""
        if result[6:] == b"\xff\xff":
            return bool(result[2]) if result[0] == 1 else ""
        return self._number(struct.unpack("<d", result)[0], style)

    def _text(self, data: bytes) -> str:
        count = data[0] | data[1] << 8
        return wide_text(data, 2, count) if self._wide else data[2 : 2 + count].decode(self._codec, "replace")

    def rows(self, sheet: str) -> Iterator[Row]:
        for row, cells in self._load(sheet).items():
            yield row + 1, list(cells)

    def merged(self, sheet: str) -> list[Merge]:
        return list(self._merges[sheet])

    def close(self) -> None:
        self._stream, self._strings = b"", []
        self._loaded = "", {}


class _Cells:
    def __init__(self) -> None:
        self.rows: dict[int, list[Cell]] = {}
        self.merges: list[Merge] = []

    def place(self, row: int, column: int, value: Cell) -> None:
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = []
        missing = column - len(cells)
        if missing == 0:
            cells.append(value)
        elif value == "":
            return
        elif missing > 0:
            if column >= WIDEST:
                raise ValueError("no such column")
            cells.extend([""] * missing)
            cells.append(value)
        else:
            cells[column] = value


def _workbook(data: bytes) -> bytes:
    if not data.startswith(MAGIC):
        return data  # records without a container, as some report programs write them
    file = CompoundFile(data)
    if "EncryptedPackage" in file or "EncryptionInfo" in file:
        raise refusals.encrypted()
    for name in ("Workbook", "Book"):
        if name in file:
            return file.stream(name)
    raise refusals.wrong_type()
