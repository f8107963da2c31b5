"""How much a worksheet holds, measured on the inflating bytes before a reader that keeps everything opens it.

Regular expressions instead of a parser: forty megabytes in a fifth of a second. They only believe what looks exactly
as every common program writes it; anything else makes the sheet `plain = False`, and it is read by `stream`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scrm.kit.tabular.cells import Merge
from scrm.kit.tabular.limits import Limits

MOST_MERGES = 100_000
_LONGEST_ROW = 16 << 20
_START = re.compile(rb"<((?:[A-Za-z0-9]+:)?)sheetData[\s/>]")
_MOST_FAR = 1_000  # ways to write nothing
_KIND = re.compile(rb' t="([a-zA-Z]+)"')
_STRAY = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")  # cells outside of closed rows
_MERGE = re.compile(rb'mergeCell ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


@dataclass
class Scan:
    """`rows` hold a value; `last_row` (from 1) and `columns` bound the cells that another reader would make room
    for. `wide`: some lie beyond the last column, where only white space may; shared texts there are `far`, by their
    numbers."""

    plain: bool = True
    rows: int = 0
    last_row: int = 0
    columns: int = 0
    cells: int = 0
    pictures: bool = False
    local_styles: bool = False
    merges: list[Merge] = field(default_factory=list)
    wide: bool = False
    far: set[int] = field(default_factory=set)


class Scanner:
    def __init__(self, limits: Limits, local_styles: list[int]) -> None:
        self._limits = limits
        self._found = Scan()
        self._prefix: bytes | None = None
        self._in_tail = False
        styles = b"|".join(b"%d" % style for style in local_styles)
        self._local = re.compile(rb' s="(?:%s)"' % styles) if styles else None

    def scan(self, chunks: Iterable[bytes]) -> Scan:
        """Raises Refused file.too_many_rows and file.too_many_columns as soon as it is sure."""
        rest = b""
        for chunk in chunks:
            data = rest + chunk
            if self._prefix is None:
                match = _START.search(data)
                if match is None and len(data) < _LONGEST_ROW:
                    rest = data
                    continue
                self._learn(data, match[1] if match else None)
            rest = self._take(data) if self._found.plain else self._roughly(data)
        if self._prefix is None:
            self._found.plain = False
        if self._found.plain:
            self._take(rest + b" ")
        return self._found

    def _roughly(self, data: bytes) -> bytes:
        """For what is not plain: rows as far as they can be told, and the merged ranges."""
        cut = data.rfind(self._row_end)
        cut = cut + len(self._row_end) if cut >= 0 else 0
        end = max(cut, self._note_merges(data), len(data) - (1 << 20))
        self._count(data[:end])
        return data[end:]

    def _count(self, body: bytes) -> None:
        value = self._value.search
        self._found.rows += sum(1 for piece in body.split(self._row_end) if value(piece))
        self._limits.check_rows(self._found.rows)

    def _learn(self, head: bytes, prefix: bytes | None) -> None:
        self._found.plain = prefix is not None and b"\0" not in head
        self._prefix = prefix = prefix or b""
        self._row_end = b"</%srow>" % prefix
        self._data_end = b"</%ssheetData>" % prefix
        self._row = re.compile(rb'<%srow r="([0-9]{1,7})"' % prefix)
        self._row_start = b"<%srow " % prefix
        self._cell_start = b"<%sc " % prefix
        self._value = re.compile(rb"<%s(?:v(?: [^>]*)?>[^<]|is[ >])" % prefix)
        # All but the empty cells that carry a format only.
        empty = rb'(?: s="[0-9]+")?(?: t="[a-zA-Z]+")?\s?(?:/>|></%sc>)' % prefix
        self._cell = re.compile(rb'<%sc r="([A-Z]{1,3})([0-9]{1,7})"(?!%s)' % (prefix, empty))
        self._valued = re.compile(
            rb'<%(p)sc r="([A-Z]{1,3})[0-9]{1,7}"([^>]*)(?<!/)>'
            rb"(?:<%(p)sf[^>]*/>|<%(p)sf[^>]*>[^<]*</%(p)sf>)?\s*<%(p)s(?:v(?: [^>]*)?>([^<]+)|is[ >])"
            % {b"p": prefix}
        )
        self._odd = re.compile(rb'<%sc(?=[\s/>])(?! r="[A-Z]{1,3}[1-9][0-9]{0,6}"[ />])' % prefix)
        # A cell under another prefix: another reader looks at local names only.
        bare = prefix[:-1]
        self._foreign = re.compile(rb"(?<!<%s)(?<!/%s):c[\s/>]" % (bare, bare) if prefix else rb":c[\s/>]")

    def _take(self, data: bytes) -> bytes:
        """Measures the whole rows in `data` and gives back what is left over."""
        if self._in_tail:
            return self._tail(data)
        found = self._found
        cut = data.rfind(self._row_end)
        if cut < 0:
            if self._data_end in data or b"sheetData/>" in data:
                self._in_tail = True
                return self._tail(data)
            found.plain = found.plain and len(data) < _LONGEST_ROW
            return data
        body, rest = data[: cut + len(self._row_end)], data[cut + len(self._row_end) :]
        self._measure(body)
        if self._data_end in rest:
            self._in_tail = True
            return self._tail(rest)
        return rest

    def _measure(self, body: bytes) -> None:
        found = self._found
        self._count(body)
        found.cells += body.count(self._cell_start)
        found.pictures = found.pictures or b"DISPIMG" in body
        if self._local and not found.local_styles:
            found.local_styles = self._local.search(body) is not None
        last = body.rfind(self._row_start)
        row = self._row.match(body, last) if last >= 0 else None
        if row:
            found.last_row = max(found.last_row, int(row[1]))
        if self._foreign.search(body):
            found.plain = False
        elif not found.columns or self._outside(found.columns, found.last_row).search(body):
            if self._odd.search(body):
                found.plain = False
            else:
                self._extend(body)

    def _extend(self, body: bytes) -> None:
        """Bounds cell by cell, for the pieces in which a cell may lie outside of what is known."""
        found = self._found
        places = set(self._cell.findall(body))
        if not places:
            return
        found.columns = max(found.columns, *map(_column, {letters for letters, row in places}))
        found.last_row = max(found.last_row, *(int(row) for letters, row in places))
        if found.columns > self._limits.columns:
            found.wide = True
            for match in self._valued.finditer(body):
                if _column(match[1]) > self._limits.columns:
                    self._look_at(match[2], match[3])

    def _look_at(self, attributes: bytes, value: bytes | None) -> None:
        """A value beyond the last column: a text may be white space, which is seen when it is read."""
        kind = _KIND.search(attributes)
        if kind is None or kind[1] not in (b"s", b"str", b"inlineStr") or len(self._found.far) > _MOST_FAR:
            self._limits.check_far(0)
        elif kind[1] == b"s" and value and value.isdigit():
            self._found.far.add(int(value))

    def _outside(self, columns: int, rows: int) -> re.Pattern[bytes]:
        """Finds a cell beyond the bounds, and a cell that does not name its place the usual way."""
        letters = _up_to(_letters(columns), "A", "Z", "[A-Z]")
        digits = _up_to(str(rows), "0", "9", "[0-9]")
        places = f'(?! r="(?:{letters})(?:{digits})"[ />])'.encode()
        return re.compile(rb"<%sc(?=[\s/>])%s" % (self._prefix, places))

    def _tail(self, data: bytes) -> bytes:
        if _STRAY.search(data):
            self._found.plain = False
        return data[max(self._note_merges(data), len(data) - 100) :]

    def _note_merges(self, data: bytes) -> int:
        """Where the last one ends."""
        merges = self._found.merges
        end = 0
        for match in _MERGE.finditer(data):
            end = match.end()
            if len(merges) < MOST_MERGES:
                merges.append((int(match[2]), _column(match[1]) - 1, int(match[4]), _column(match[3]) - 1))
        return end


def _column(letters: bytes) -> int:
    """A → 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _up_to(last: str, lowest: str, highest: str, any_sign: str) -> str:
    """A regular expression for everything that is shorter than `last`, or as long and not greater."""
    choices = [f"{any_sign}{{1,{len(last) - 1}}}"] if len(last) > 1 else []
    for position, sign in enumerate(last):
        if sign > lowest:
            smaller = f"[{lowest}-{chr(ord(sign) - 1)}]"
            rest = len(last) - position - 1
            choices.append(last[:position] + smaller + (f"{any_sign}{{{rest}}}" if rest else ""))
    return "|".join([*choices, last])
