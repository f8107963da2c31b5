"""The door: which reader a file needs, and the one shape all of them have."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Merge, Reader, Row, settle
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.sniffing import reader_for


class Source:
    """An opened file. `sheets` are the visible worksheets with at least one value; csv and html have one, "".

    `since_1904`: a plain number that is meant as a day counts from 1904; cells that are days by their format come as
    days in any case.
    `notes` may grow while rows are read (a stray quote is met on the way)."""

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader = reader
        self.name = name
        self.kind = reader.kind
        self.encoding = reader.encoding
        self.delimiter = reader.delimiter
        self.since_1904 = reader.since_1904
        self.sheets = reader.sheets
        self.notes = reader.notes

    def rows(self, sheet: str | None = None) -> Iterator[Row]:
        """(row number of the sheet from 1, cells from column A). Each call starts again from the top."""
        return self._netted(self._known(sheet))

    def _netted(self, sheet: str) -> Iterator[Row]:
        with refusals.net():
            yield from settle(self._reader.rows(sheet))

    def merged(self, sheet: str | None = None) -> list[Merge]:
        """(first row from 1, first column from 0, last row, last column) of each merged range."""
        return self._reader.merged(self._known(sheet))

    def _known(self, sheet: str | None) -> str:
        if sheet is None:
            return self.sheets[0]
        if sheet not in self.sheets:
            raise refusals.unknown_sheet(sheet, self.sheets)
        return sheet

    def close(self) -> None:
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_source(
    path: Path | str,
    *,
    name: str = "",
    max_rows: int = 1_000_000,
    max_unzipped: int = 1 << 30,
    max_columns: int = 500,
) -> Source:
    """Opens any customer sheet by its content; its ending is not looked at. `name` is what people call it.

    Raises Refused file.empty, file.unreadable, file.encrypted, file.too_big, file.too_many_rows,
    file.too_many_columns, file.wrong_type, file.no_sheet. Rows and columns count where they hold a value; white space
    beyond the last column is none.
    """
    path = Path(path)
    with refusals.net():
        reader = reader_for(path, Limits(rows=max_rows, unzipped=max_unzipped, columns=max_columns))
    return Source(reader, name or path.name)
