"""The fingerprint of a file."""

import hashlib
from pathlib import Path


def sha256_of(path: Path | str) -> str:
    """Lower-case hex, 64 characters; the file is streamed."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
