"""Text with a delimiter: what Excel, WPS, shops' back ends and people's scripts call csv."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from math import log2
from typing import cast

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell, Merge, Note, Row, trim
from scrm.kit.tabular.encodings import Text
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.neutral import unneutralise
from scrm.kit.tabular.pictures import without_pictures
from scrm.kit.tabular.raw import RawText
from scrm.kit.tabular.records import Records

DELIMITERS = ",;\t|"
_GUARDED = re.compile(r'="([^"]*)"\Z')
_QUOTED = re.compile(r'"[^"]{0,2000}"')
_LINE_END = re.compile(r"\r\n|\r|\n")
_SEP_LINE = re.compile(r'\A"?sep=(.)"?\s*\Z', re.IGNORECASE)


class DelimitedReader:
    """`rows` numbers records as Excel would number the rows; a first line `sep=;` is no record."""

    kind = "csv"
    since_1904 = False

    def __init__(self, raw: RawText, text: Text, limits: Limits) -> None:
        self._raw = raw
        self._text = text
        self._limits = limits
        self.sheets = [""]
        self.notes: list[Note] = []
        self.encoding = text.encoding
        if text.lost:
            self.notes.append(Note("encoding.lossy", {"encoding": text.encoding, "count": text.lost}))
        with raw.decoded(text.encoding, text.errors) as file:
            sample = [line for line in islice(file, 200) if line.strip()]
        named = _SEP_LINE.match(sample[0]) if sample else None
        self._skip = 1 if named else 0
        self.delimiter = named[1] if named else ""
        self._width = 1
        counted = _widths(sample[self._skip :], self.delimiter or DELIMITERS)
        if counted:
            self.delimiter, self._width = counted
        self._check()

    def _check(self) -> None:
        """Refuses at once what can be seen without reading everything."""
        filled = (cells for number, cells in self.rows("") if cells)
        if next(filled, None) is None:
            raise refusals.empty()
        if self._text.lines > self._limits.rows:
            self._limits.check_rows(1 + sum(1 for cells in islice(filled, self._limits.rows)))

    def rows(self, sheet: str) -> Iterator[Row]:
        clean = self._cleaners()
        with self._raw.decoded(self._text.encoding, self._text.errors) as file:
            lines: Iterator[str] = (line.replace("\0", "") for line in file) if self._text.nul else iter(file)
            records = Records(islice(lines, self._skip, None), self.delimiter, self._width)
            number = 0
            limit = self._limits.columns
            for record in records:
                number += 1
                cells = trim(cast(list[Cell], record))
                if len(cells) > limit:
                    self._limits.cut(cells)
                if not cells:
                    continue
                if cells == ["\x1a"]:  # how DOS programs end a file
                    continue
                for cleaner in clean:
                    cells = cleaner(cells)
                yield number, cells
        if records.strays:
            note = Note("csv.quotes", {"count": records.strays, "rows": records.stray})
            if note not in self.notes:
                self.notes.append(note)

    def _cleaners(self) -> list[Callable[[list[Cell]], list[Cell]]]:
        found: list[Callable[[list[Cell]], list[Cell]]] = []
        if self._text.guarded:
            found.append(_unguarded)
        if self._text.neutral:
            found.append(_unneutralised)
        if self._text.pictures:
            found.append(without_pictures)
        return found

    def merged(self, sheet: str) -> list[Merge]:
        return []

    def close(self) -> None:
        pass


def _unguarded(cells: list[Cell]) -> list[Cell]:
    """="00123", by which back ends keep Excel from taking the zeros away, is the text 00123."""
    return [match[1] if isinstance(cell, str) and (match := _GUARDED.match(cell)) else cell for cell in cells]


def _unneutralised(cells: list[Cell]) -> list[Cell]:
    return [unneutralise(cast(str, text)) for text in cells]


def _widths(sample: list[str], delimiters: str) -> tuple[str, int] | None:
    """The delimiter whose count is the same on most lines, wider tables first, and the usual number of cells."""
    plain = [line for line in _LINE_END.split(_QUOTED.sub("", "".join(sample))) if line.strip()]
    best: tuple[float, str, int] | None = None
    for delimiter in delimiters:
        counts = [line.count(delimiter) for line in plain]
        usual = max(set(counts) - {0}, key=lambda count: (counts.count(count), count), default=0)
        share = counts.count(usual) / max(len(counts), 1)
        if usual and share >= 0.1:
            score = share * log2(usual + 1)
            if best is None or score > best[0]:
                best = score, delimiter, usual + 1
    if best is None:
        return (delimiters[0], 1) if sample else None
    return best[1], best[2]
