"""A zip file that is not believed: sizes are counted while inflating, not read from the directory."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from scrm.kit.tabular import refusals
from scrm.kit.tabular.limits import Limits

CHUNK = 1 << 20
MOST_ENTRIES = 10_000
BOMB_SIZE, BOMB_RATIO = 24 << 20, 100  # honest sheets shrink ten to forty times


class Package:
    """Entries by name; slash direction and case do not matter. `ambiguous` says that two entries answer to one
    name or that the zip has two directories, so that another reader might see other content than this one."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file = path.open("rb")
        try:
            self._zip = ZipFile(self._file)
            entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES:
                raise refusals.wrong_type()
            self.entries: dict[str, ZipInfo] = {plain(entry.filename): entry for entry in entries}
            self.ambiguous = len(self.entries) < len(entries) or self._tail().count(b"PK\x05\x06") != 1
            self._check(limits)
        except BaseException:
            self._file.close()
            raise

    def _tail(self) -> bytes:
        self._file.seek(0, 2)
        self._file.seek(max(self._file.tell() - 66_000, 0))
        return self._file.read()

    def _check(self, limits: Limits) -> None:
        for entry in self.entries.values():
            if entry.flag_bits & 1:
                raise refusals.encrypted()
            if entry.file_size > BOMB_SIZE and entry.file_size > BOMB_RATIO * entry.compress_size:
                raise refusals.too_scattered()
        limits.check_size(sum(entry.file_size for entry in self.entries.values()))

    def __contains__(self, name: str) -> bool:
        return plain(name) in self.entries

    def size(self, name: str) -> int:
        return self.entries[plain(name)].file_size

    def read(self, name: str, most: int = 16 << 20) -> bytes:
        """The whole entry; only for those that have to be small."""
        if self.size(name) > most:
            raise refusals.too_scattered()
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Pieces of at most CHUNK bytes. Raises ValueError where the directory lied about size or content."""
        entry = self.entries[plain(name)]
        size = crc = 0
        for piece in self._inflate(entry):
            size += len(piece)
            if size > entry.file_size:
                raise ValueError("the entry is longer than the directory says")
            crc = zlib.crc32(piece, crc)
            yield piece
        if size != entry.file_size or crc != entry.CRC:
            raise ValueError("the entry is not what the directory says")

    def _inflate(self, entry: ZipInfo) -> Iterator[bytes]:
        self._file.seek(entry.header_offset)
        header = self._file.read(30)
        name_size, extra_size = struct.unpack("<HH", header[26:30])
        position = entry.header_offset + 30 + name_size + extra_size
        left = entry.compress_size
        inflater = zlib.decompressobj(-15)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ValueError("an unusual compression")
        while left > 0:
            self._file.seek(position)  # other entries may be read in between
            packed = self._file.read(min(left, CHUNK // 4))
            if not packed:
                raise EOFError
            position += len(packed)
            left -= len(packed)
            if entry.compress_type == ZIP_STORED:
                yield packed
                continue
            while packed and not inflater.eof:
                piece = inflater.decompress(packed, CHUNK)
                packed = inflater.unconsumed_tail
                if piece:
                    yield piece
        if entry.compress_type == ZIP_DEFLATED:
            while piece := inflater.decompress(inflater.unconsumed_tail, CHUNK):
                yield piece

    def close(self) -> None:
        self._zip.close()
        self._file.close()


def plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
