"""Text with a delimiter."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from scrm.kit.tabular.cells import Cell, Merge, Note, Row, trim
from scrm.kit.tabular.neutral import unneutralise


class DelimitedReader:
    kind = "csv"
    sheets = [""]

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notes: list[Note] = []
        raw = path.read_bytes()
        for self.encoding in ("utf-8-sig", "gb18030"):
            try:
                head = raw.decode(self.encoding)[:65536]
                break
            except UnicodeDecodeError:
                continue
        self.delimiter = max(",;\t|", key=head.count)

    def rows(self, sheet: str) -> Iterator[Row]:
        with self._path.open(encoding=self.encoding, newline="", errors="replace") as file:
            lines = (line.replace("\0", "") for line in file)
            for number, record in enumerate(csv.reader(lines, delimiter=self.delimiter), 1):
                yield number, trim(cast(list[Cell], [unneutralise(text) for text in record]))

    def merged(self, sheet: str) -> list[Merge]:
        return []

    def close(self) -> None:
        pass
