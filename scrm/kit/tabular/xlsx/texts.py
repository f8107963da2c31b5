"""How much room the texts take once every cell has its own copy, as calamine keeps them."""

import re
from collections.abc import Iterable

_COUNT = re.compile(rb'uniqueCount="([0-9]{1,9})"')
_END = b"</si>"
_TEXT_CELL = re.compile(rb'<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")? t="s"><v>([0-9]{1,9})</v></c>')
_NUMBER_CELL = re.compile(rb'<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?>')


def lengths(chunks: Iterable[bytes], size: int) -> list[int] | None:
    """Bytes of each shared string, mark-up included; None where the part is not written the usual way or claims
    more strings than it can hold, for which calamine would make room at once."""
    found: list[int] = []
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        if not found and b"uniqueCount" in data:
            claimed = _COUNT.search(data)
            if claimed is None or int(claimed[1]) > size // 4 + 1000 or data.count(b"uniqueCount") > 1:
                return None
        *pieces, rest = data.split(_END)
        if pieces and not found:
            pieces[0] = pieces[0][pieces[0].find(b"<si") :]
        found.extend(map(len, pieces))
        if len(rest) > 4 << 20:
            return None
    return None if b":si" in rest or b"<si" in rest else found


def too_many(chunks: Iterable[bytes], sizes: list[int], cells: int, most: int) -> bool:
    """Whether the copies may take more than `most` bytes. Cells that are not written the usual way count as the
    longest text."""
    longest = max(sizes, default=0)
    if longest * cells <= most:
        return False
    total, odd = 0, cells
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        cut = data.rfind(b"</c>") + 4 if b"</c>" in data else 0
        body, rest = data[:cut], data[cut:]
        pointers = _TEXT_CELL.findall(body)
        odd -= len(pointers) + len(_NUMBER_CELL.findall(body))
        try:
            total += sum(map(sizes.__getitem__, map(int, pointers)))
        except IndexError:
            return True
    return total + max(odd, 0) * longest > most
