"""The bytes of a text file, gzip or not."""

import gzip
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, cast

from scrm.kit.tabular import refusals
from scrm.kit.tabular.encodings import Text, examine
from scrm.kit.tabular.limits import Limits

CHUNK = 1 << 20
LONGEST_LINE = 8 << 20


class RawText:
    """Streams a text file as often as it is asked, in constant memory."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        with path.open("rb") as file:
            self.packed = file.read(2) == b"\x1f\x8b"
        if not self.packed:
            limits.check_size(path.stat().st_size)

    def open(self) -> IO[bytes]:
        if self.packed:
            return cast(IO[bytes], gzip.open(self._path, "rb"))
        return self._path.open("rb")

    def chunks(self) -> Iterator[bytes]:
        """Raises Refused file.too_big as soon as more comes out than the limit allows."""
        size = 0
        with self.open() as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                self._limits.check_size(size)
                yield chunk

    def head(self, size: int = 65536) -> bytes:
        with self.open() as file:
            return file.read(size)

    def examine(self, most_lines: int | None = None) -> Text:
        found = examine(self.chunks, most_lines)
        if found.longest > LONGEST_LINE:
            raise refusals.wrong_type()
        return found

    def decoded(self, encoding: str, errors: str = "replace") -> TextIOWrapper:
        """Lines end at LF, CR LF or CR and keep their ends."""
        return TextIOWrapper(self.open(), encoding=encoding, errors=errors, newline="")
