"""Strings of an xls: single bytes in a code page before 1997, then one or two bytes a character."""

import re
import struct
from collections.abc import Iterable

WESTERN = "cp1252"
_ENOUGH = 1 << 20
_TWO_SIGNS = re.compile(rb"(?:[\xb0-\xf7][\xa1-\xfe]){2}")
_PAGES = {
    936: "gb18030",
    1200: "utf-16-le",
    10000: "mac-roman",
    10008: "gb2312",
    32768: "mac-roman",
    65001: "utf-8",
}


def codec_of(page: int) -> str:
    name = _PAGES.get(page, f"cp{page}")
    try:
        "".encode(name)
    except LookupError:
        return "gb18030"
    return name


def are_chinese(texts: Iterable[bytes]) -> bool:
    """Whether the texts of a book that calls itself Western are GB18030, as report programs write them. Everyday
    Chinese is pairs of high bytes, pair by pair; an accented letter stands alone, and makes a rare sign, or none, of
    the letter behind it."""
    size = common = odd = 0
    in_a_row = False
    for raw in texts:
        if raw.isascii():
            continue
        in_a_row = in_a_row or _TWO_SIGNS.search(raw) is not None
        text = raw.decode("gb18030", "replace")
        known = text.encode("gb2312", "ignore").decode("gb2312")
        odd += len(text) - len(known)
        common += sum("\u4e00" <= sign <= "\u9fff" for sign in known)
        size += len(raw)
        if size > _ENOUGH:
            break
    return in_a_row and common >= 4 * odd


def wide_text(data: bytes, offset: int, count: int) -> str:
    """`count` characters behind a byte of flags."""
    if data[offset] & 1:
        return data[offset + 1 : offset + 1 + 2 * count].decode("utf-16-le", "replace")
    return data[offset + 1 : offset + 1 + count].decode("latin-1")


def shared_strings(blocks: list[bytes]) -> list[str]:
    """The table of an SST record and its CONTINUE records. A text that crosses into the next block starts there with
    a new byte of flags; what is cut off is left out."""
    found: list[str] = []
    reader = _Blocks(blocks)
    try:
        reader.skip(8)
        while True:
            found.append(reader.text())
    except (IndexError, struct.error):
        return found


class _Blocks:
    def __init__(self, blocks: list[bytes]) -> None:
        self._rest = iter(blocks)
        self._block = next(self._rest, b"")
        self._at = 0

    def _next(self) -> None:
        block = next(self._rest, None)
        if block is None:
            raise IndexError
        self._block, self._at = block, 0

    def skip(self, count: int) -> None:
        while count:
            step = min(count, len(self._block) - self._at)
            self._at += step
            count -= step
            if count:
                self._next()

    def text(self) -> str:
        while self._at >= len(self._block):
            self._next()
        count, flags = struct.unpack_from("<HB", self._block, self._at)
        self._at += 3
        runs = extra = 0
        if flags & 8:
            (runs,) = struct.unpack_from("<H", self._block, self._at)
            self._at += 2
        if flags & 4:
            (extra,) = struct.unpack_from("<I", self._block, self._at)
            self._at += 4
        pieces: list[str] = []
        while True:
            size = 2 if flags & 1 else 1
            step = min(count, (len(self._block) - self._at) // size)
            raw = self._block[self._at : self._at + step * size]
            pieces.append(raw.decode("utf-16-le", "surrogatepass") if size == 2 else raw.decode("latin-1"))
            self._at += step * size
            count -= step
            if not count:
                break
            self._next()
            flags = self._block[0]
            self._at = 1
        self.skip(runs * 4 + extra)
        text = "".join(pieces)
        if text.isprintable():
            return text
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
