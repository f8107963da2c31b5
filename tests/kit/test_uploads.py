"""What is too large is stopped on its way in; everything else of the request arrives."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from scrm.kit import uploads

MB = 1024 * 1024


def post(*sizes: int) -> Any:
    files = {f"file{n}": SimpleUploadedFile(f"{n}.csv", b"x" * size) for n, size in enumerate(sizes)}
    return RequestFactory().post("/", {"word": "yes", **files})


@pytest.mark.parametrize(
    ("sizes", "kept", "name"),
    [
        ((10,), {"file0": 10}, None),
        ((MB,), {"file0": MB}, None),
        ((MB + 1,), {}, "0.csv"),
        ((3 * MB + 5, 7), {"file1": 7}, "0.csv"),
        ((7, 3 * MB + 5), {"file0": 7}, "1.csv"),
        ((), {}, None),
    ],
)
def test_too_large_is_left_out_and_said(
    settings: Any, tmp_path: Any, sizes: tuple[int, ...], kept: dict[str, int], name: str | None
) -> None:
    settings.UPLOAD_MAX_MB, settings.FILE_UPLOAD_TEMP_DIR = 1, str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    request = post(*sizes)
    assert {key: file.size for key, file in request.FILES.items()} == kept
    assert (uploads.too_large(request), request.POST["word"]) == (name, "yes")
    on_disk = {path.stat().st_size for path in tmp_path.iterdir()}
    assert on_disk - set(kept.values()) == set()


def test_a_request_without_files_says_nothing() -> None:
    assert uploads.too_large(RequestFactory().get("/")) is None
