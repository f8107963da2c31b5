import hashlib
from pathlib import Path

from scrm.kit.tabular import sha256_of


def test_it_is_the_digest_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a" * 3_000_000)
    assert sha256_of(path) == hashlib.sha256(b"a" * 3_000_000).hexdigest()
    path.write_bytes(b"")
    assert sha256_of(str(path)) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
