"""A frozen list of primary keys for a job: 8 bytes each in a private file, read in slices."""

from array import array
from collections.abc import Iterable

from scrm.kit import files

_SIZE = array("q").itemsize
_AT_ONCE = 10_000


def write(folder: str, ids: Iterable[int]) -> tuple[str, int]:
    """(path below PRIVATE_DIR, how many). Memory does not grow with them."""
    path, file = files.create(folder, ".ids")
    count = 0
    with file:
        part = array("q")
        for pk in ids:
            part.append(pk)
            if len(part) == _AT_ONCE:
                count += len(part)
                part.tofile(file)
                part = array("q")
        count += len(part)
        part.tofile(file)
    return path, count


def read(path: str, place: int, count: int) -> list[int]:
    """At most `count` from the `place`th on; empty at the end. A job removes its file last of all, so a missing one is
    the end too, unless nothing was read of it yet: FileNotFoundError."""
    part = array("q")
    try:
        file = files.full_path(path).open("rb")
    except FileNotFoundError:
        if place:
            return []
        raise
    with file:
        file.seek(place * _SIZE)
        part.frombytes(file.read(count * _SIZE))
    return part.tolist()
