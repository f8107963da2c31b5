"""The compound file an xls lies in."""

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above are marks, not sectors


class CompoundFile:
    """Streams by lower-case name. Raises ValueError or struct.error for chains that run in circles or out of the
    file. `data` is the whole file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("unusual sectors")
        self._size = 1 << shift
        directory, self._cutoff = struct.unpack_from("<I4xI", data, 48)
        mini_table, _, more = struct.unpack_from("<III", data, 60)
        tables = list(struct.unpack_from("<109I", data, 76))
        visited = 0
        while more < _END:
            *found, more = self._numbers(self._sector(more))
            tables.extend(found)
            visited += self._size
            if visited > len(data):
                raise ValueError("a circle")
        self._table: list[int] = []
        tables = [table for table in tables if table < _END]
        if len(tables) * self._size > len(data):
            raise ValueError("more sectors than the file has")
        for table in tables:
            self._table.extend(self._numbers(self._sector(table)))
        entries = self._chain(directory)
        self._entries: dict[str, tuple[int, int]] = {}
        root = 0, 0
        for offset in range(0, len(entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", entries, offset + 64)
            start, size = struct.unpack_from("<II", entries, offset + 116)
            name = (
                entries[offset : offset + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").lower()
            )
            if kind == 5:
                root = start, size
            elif kind == 2:
                self._entries.setdefault(name, (start, size))
        self._small = self._chain(root[0]) if root[0] < _END else b""
        self._small_table = self._numbers(self._chain(mini_table)) if mini_table < _END else []

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def stream(self, name: str) -> bytes:
        start, size = self._entries[name.lower()]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        pieces = []
        for sector in _walk(start, self._small_table):
            pieces.append(self._small[sector << 6 : (sector + 1) << 6])
        return b"".join(pieces)[:size]

    def _sector(self, number: int) -> bytes:
        offset = (number + 1) * self._size
        if offset >= len(self._data):
            raise ValueError("a sector beyond the end")
        return self._data[offset : offset + self._size]

    def _numbers(self, data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def _chain(self, start: int) -> bytes:
        return b"".join([self._sector(number) for number in _walk(start, self._table)])


def _walk(start: int, table: list[int]) -> list[int]:
    found: list[int] = []
    while start < _END:
        found.append(start)
        if len(found) > len(table):
            raise ValueError("a circle")
        start = table[start]
    return found
