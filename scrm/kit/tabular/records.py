"""Records of a delimited text, forgiving stray quotes."""

import csv
from collections.abc import Iterator

LONGEST_FIELD = 1 << 20
MOST_LINES = 500


class Records:
    """Iterates lists of cells. A quote that opens a field and is never closed would swallow the rest of the file:
    a record that breaks the grammar, runs too long, or has whole records inside is taken back, its first line is
    read with the quotes as plain characters, and reading goes on with the next line. `strays` counts
    such records, `stray` lists the first of them."""

    def __init__(self, lines: Iterator[str], delimiter: str, width: int) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._back: list[str] = []
        self._taken: list[str] = []
        self.strays = 0
        self.stray: list[int] = []
        if csv.field_size_limit() < LONGEST_FIELD:
            csv.field_size_limit(LONGEST_FIELD)

    def _feed(self) -> Iterator[str]:
        taken, back, lines = self._taken, self._back, self._lines
        while True:
            if back:
                line = back.pop()
            else:
                try:
                    line = next(lines)
                except StopIteration:
                    return
            taken.append(line)
            if len(taken) > MOST_LINES:
                raise csv.Error("runaway field")
            yield line

    def __iter__(self) -> Iterator[list[str]]:
        taken = self._taken
        number = 0
        reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        while True:
            taken.clear()
            number += 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                record = None
            if record is None or (len(taken) > 1 and self._swallowed(record)):
                self.strays += 1
                if len(self.stray) < 20:
                    self.stray.append(number)
                record = self._first_line()
                reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
            yield record

    def _swallowed(self, record: list[str]) -> bool:
        first, *inner = self._taken[:-1]
        marks = self._width - 1
        whole = all(line.count(self._delimiter) == marks and '"' not in line for line in inner)
        if len(record) == self._width:  # a list pasted into one cell looks the same, but is rarely that long
            return marks > 1 and len(inner) >= 5 and whole
        return (marks > 0 and len(inner) > 0 and whole) or len(self._literal(first)) == self._width

    def _first_line(self) -> list[str]:
        first, *rest = self._taken
        self._back.extend(reversed(rest))
        if first.count('"') % 2 == 0 and len(first) < LONGEST_FIELD:
            return next(csv.reader([first], delimiter=self._delimiter), [])
        return self._literal(first)

    def _literal(self, line: str) -> list[str]:
        """Quotes as plain characters, but for a pair around a whole cell."""
        return [
            cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
            for cell in line.rstrip("\r\n").split(self._delimiter)
        ]
