"""Which of the two readers a worksheet gets."""

from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook

from scrm.kit.errors import Refused
from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Merge, Note, Row, settle
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.package import Package
from scrm.kit.tabular.pictures import without_pictures
from scrm.kit.tabular.xlsx.book import Book
from scrm.kit.tabular.xlsx.scan import Scan, Scanner
from scrm.kit.tabular.xlsx.stream import stream
from scrm.kit.tabular.xlsx.texts import lengths, too_many

SMALL_AREA = 2_000_000  # cells calamine may make room for in any case
SPARSE = 6  # and beyond that, places per cell
MOST_TEXT = 256 << 20


class XlsxReader:
    """calamine is given a sheet when the scan has shown what it will make room for: it allocates the rectangle
    around all cells and a copy of its text for every cell, and what it cannot allocate ends the process."""

    kind = "xlsx"
    encoding = ""
    delimiter = ""

    def __init__(self, path: Path, package: Package, limits: Limits) -> None:
        self._path = path
        self._package = package
        self._limits = limits
        self._book = Book(package)
        self.since_1904 = self._book.since_1904
        self._parts: dict[str, str] = {}
        self._scans: dict[str, Scan] = {}
        self._loaded: tuple[str, CalamineSheet] | None = None
        self._beyond: set[str] = set()  # sheets that calamine could not give to their end
        self._texts: list[int] | None = None
        self._pictures = False
        self.notes: list[Note] = []
        hidden = [sheet.name for sheet in self._book.sheets if not sheet.visible]
        if hidden:
            self.notes.append(Note("sheets.hidden", {"names": hidden}))
        for sheet in self._book.sheets:
            if sheet.visible and sheet.part in package:
                self._measure(sheet.name, sheet.part)
        self.sheets = list(self._scans)
        if not self.sheets:
            raise refusals.no_sheet()

    def _measure(self, name: str, part: str) -> None:
        scan = Scanner(self._limits, self._book.local_styles).scan(self._package.chunks(part))
        for text in scan.far:
            if text < len(self._book.strings):
                self._limits.check_far(self._book.strings[text])
        self._parts[name] = part
        if (not scan.plain or scan.rows < 100) and next(settle(self._streamed(name)), None) is None:
            return  # nothing, or only errors and empty texts
        self._scans[name] = scan

    def rows(self, sheet: str) -> Iterator[Row]:
        scan = self._scans[sheet]
        kept = self._loaded is not None and self._loaded[0] == sheet
        rows = self._dense(sheet) if kept or self._is_dense(sheet, scan) else None
        last = 0
        if rows is not None:
            pictures = scan.pictures or self._pictures
            try:
                with refusals.net():
                    for number, cells in rows:
                        last = number
                        yield number, without_pictures(cells) if pictures else cells
                return
            except Refused:
                # A number beyond the calendar, in a cell with the format of a day or a span, ends calamine midway.
                self._beyond.add(sheet)
                self._loaded = rows = None
        for number, cells in self._streamed(sheet):
            if number > last:
                yield number, without_pictures(cells)

    def _is_dense(self, sheet: str, scan: Scan) -> bool:
        area = scan.last_row * scan.columns
        if (
            not (scan.plain and self._book.usual)
            or scan.wide
            or sheet in self._beyond
            or scan.local_styles
            or area > max(SMALL_AREA, SPARSE * scan.cells)
        ):
            return False
        part = self._book.strings_part
        if part not in self._package:
            return True
        if self._texts is None:
            self._texts = lengths(self._watched(self._package.chunks(part)), self._package.size(part))
        sizes = self._texts
        chunks = self._package.chunks(self._parts[sheet])
        return sizes is not None and not too_many(chunks, sizes, scan.cells, MOST_TEXT)

    def _watched(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same, with an eye on pictures among the shared texts."""
        for chunk in chunks:
            self._pictures = self._pictures or b"DISPIMG(" in chunk
            yield chunk

    def _dense(self, sheet: str) -> Iterator[Row] | None:
        """None where calamine does not get along with what Excel would open."""
        if self._loaded is None or self._loaded[0] != sheet:
            self._loaded = None
            try:
                with refusals.net(), CalamineWorkbook.from_path(str(self._path)) as book:
                    self._loaded = sheet, book.get_sheet_by_name(sheet)
            except (Refused, OSError):
                return None
        data = self._loaded[1]
        if data.start is None:
            return iter(())
        return _padded(data, data.start[1])

    def _streamed(self, sheet: str) -> Iterator[Row]:
        return stream(self._package.chunks(self._parts[sheet]), self._book, self._limits)

    def merged(self, sheet: str) -> list[Merge]:
        return list(self._scans[sheet].merges)

    def close(self) -> None:
        self._loaded = None
        self._package.close()


def _padded(data: CalamineSheet, left: int) -> Iterator[Row]:
    """iter_rows begins at the top of the sheet, but at the first column that is used."""
    pad = [""] * left
    for number, cells in enumerate(data.iter_rows(), 1):
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            yield number, [*pad, *cells] if pad else cells
