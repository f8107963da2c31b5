import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from scrm.kit.errors import Refused
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.package import CHUNK, Package
from tests.kit.tabular.crafting import pack, repeated


def lying(tmp_path: Path, content: bytes, claimed: int) -> Path:
    """One deflated entry whose directory claims another size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(content), len(packed), claimed)
    local = b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00" + sizes + struct.pack("<HH", 1, 0) + b"a"
    central = b"PK\x01\x02\x14\x00\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00" + sizes
    central += struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    path = tmp_path / "lying.zip"
    path.write_bytes(local + packed + central + end)
    return path


def test_entries_come_in_pieces_and_are_found_by_any_spelling(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    path = pack(tmp_path / "a.zip", {"Xl/Some\\Part.xml": content, "stored": b""})
    package = Package(path, Limits())
    pieces = list(package.chunks("xl/some/part.XML"))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= CHUNK
    assert ("/xl/some/part.xml" in package, "xl/other" in package) == (True, False)
    assert package.size("xl/some/part.xml") == len(content)
    assert not package.ambiguous
    with pytest.raises(Refused):
        package.read("xl/some/part.xml", most=1000)


def test_two_entries_can_be_read_at_once(tmp_path: Path) -> None:
    one, two = b"1" * 3_000_000, b"2" * 3_000_000
    package = Package(pack(tmp_path / "a.zip", {"one": one, "two": two}), Limits())
    pairs = list(zip(package.chunks("one"), package.chunks("two"), strict=True))
    assert (b"".join(a for a, b in pairs), b"".join(b for a, b in pairs)) == (one, two)


def test_stored_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a", b"x" * 700_000)
    assert b"".join(Package(path, Limits()).chunks("a")) == b"x" * 700_000


@pytest.mark.parametrize("claimed", [10, 4_999_999, 5_000_001, 100_000_000])
def test_a_directory_that_lies_about_the_size_is_no_help(tmp_path: Path, claimed: int) -> None:
    package = (
        Package(lying(tmp_path, b"a" * 5_000_000, claimed), Limits(unzipped=1 << 30))
        if claimed < 6e6
        else None
    )
    if package is None:
        with pytest.raises(Refused):
            Package(lying(tmp_path, b"a" * 5_000_000, claimed), Limits())
        return
    with pytest.raises(ValueError, match="directory"):
        for _ in package.chunks("a"):
            pass


def test_an_unusual_compression_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as package:
        package.writestr("a", b"x" * 1000)
    with pytest.raises(ValueError, match="compression"):
        list(Package(path, Limits()).chunks("a"))


def test_the_sum_of_sizes_is_limited(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a": b"x" * 1000, "b": b"y" * 1000})
    Package(path, Limits(unzipped=2000)).close()
    with pytest.raises(Refused) as refused:
        Package(path, Limits(unzipped=1999))
    assert refused.value.code == "file.too_big"


def test_an_entry_that_shrinks_beyond_belief_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a": repeated(b"0" * 1024, 30 << 10)})
    with pytest.raises(Refused) as refused:
        Package(path, Limits())
    assert refused.value.code == "file.too_big"


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        for number in range(10_001):
            package.writestr(str(number), b"")
    with pytest.raises(Refused) as refused:
        Package(path, Limits())
    assert refused.value.code == "file.wrong_type"


def test_one_name_twice_is_ambiguous(tmp_path: Path) -> None:
    assert Package(pack(tmp_path / "a.zip", {"a/b": b"1", "A\\B": b"2"}), Limits()).ambiguous
    path = pack(tmp_path / "b.zip", {"a": b"1"})
    path.write_bytes(path.read_bytes() * 2)
    assert Package(path, Limits()).ambiguous
