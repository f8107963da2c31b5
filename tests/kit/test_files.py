"""Private files: streamed in under a limit, out through one door."""

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest
from django.test import Client
from django.urls import reverse

from scrm.kit import clock, files
from scrm.kit.errors import Refused


@pytest.fixture(autouse=True)
def private_dir(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_DIR = tmp_path / "private"
    return settings.PRIVATE_DIR


def everything(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


class TestSaving:
    def test_it_is_kept_as_it_came(self, private_dir: Path) -> None:
        content = "姓名,电话\n王丽娟,13800000021\n".encode() * 50_000
        saved = files.save_upload(SimpleUploadedFile("会员 表.XLSX", content), folder="imports")
        assert (saved.sha256, saved.size) == (hashlib.sha256(content).hexdigest(), len(content))
        full = files.full_path(saved.path)
        assert full.read_bytes() == content
        assert saved.path.startswith("imports/")
        assert full.suffix == ".xlsx"
        assert "会员" not in saved.path
        assert stat.S_IMODE(full.stat().st_mode) == 0o600
        for folder in (private_dir, private_dir / "imports", full.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_too_large_is_refused_and_leaves_nothing(self, private_dir: Path, settings: Any) -> None:
        settings.UPLOAD_MAX_MB = 1
        with pytest.raises(Refused) as refusal:
            files.save_upload(SimpleUploadedFile("a.csv", b"x" * (1024 * 1024 + 1)), folder="imports")
        assert refusal.value.code == "upload.too_large"
        assert everything(private_dir) == []
        files.save_upload(SimpleUploadedFile("a.csv", b"x" * 1024 * 1024), folder="imports")
        assert len(everything(private_dir)) == 1

    @pytest.mark.parametrize("name", ["", "a", "a.", "a.exe/../../b", "a.csv;rm", "a.tar\u202egz", "a." + "x" * 40])
    def test_a_strange_ending_is_dropped(self, name: str) -> None:
        upload = SimpleUploadedFile("x", b"1")
        upload._name = name  # past Django's own cleaning
        assert "." not in files.save_upload(upload, folder="imports").path

    @pytest.mark.parametrize("folder", ["", "..", "a/b", "/etc", "A"])
    def test_a_folder_is_one_plain_word(self, folder: str) -> None:
        with pytest.raises(ValueError, match="folder"):
            files.create(folder)

    def test_two_of_the_same_are_two(self) -> None:
        assert len({files.save_upload(SimpleUploadedFile("a.csv", b"1"), folder="imports").path for _ in range(9)}) == 9


class TestPaths:
    @pytest.mark.parametrize("path", ["", ".", "..", "../secret_key", "/etc/passwd", "imports/../../secret_key"])
    def test_nothing_outside(self, path: str) -> None:
        with pytest.raises(ValueError, match="private"):
            files.full_path(path)

    def test_a_link_that_leads_out_is_outside(self, private_dir: Path, tmp_path: Path) -> None:
        private_dir.mkdir()
        (tmp_path / "secret").write_text("x")
        (private_dir / "link").symlink_to(tmp_path / "secret")
        with pytest.raises(ValueError, match="private"):
            files.full_path("link")

    def test_removing_twice_and_nothing(self) -> None:
        saved = files.save_upload(SimpleUploadedFile("a.csv", b"1"), folder="imports")
        files.remove(saved.path)
        files.remove(saved.path)
        files.remove("")
        assert not files.full_path(saved.path).exists()


NAME = "西湖店会员表 2023 “终稿”.xlsx"


@pytest.fixture
def door() -> Iterator[dict[int, tuple[str, str] | None]]:
    """A registered kind of file: what each pk answers."""
    answers: dict[int, tuple[str, str] | None] = {}

    def find(request: HttpRequest, pk: int) -> tuple[str, str] | None:
        if pk not in answers:
            raise Http404
        return answers[pk]

    files.downloads.register("test-report", find)
    yield answers
    files.downloads._entries.pop("test-report")


@pytest.mark.django_db
class TestDownload:
    def url(self, pk: int, kind: str = "test-report") -> str:
        return reverse("private_file", args=[kind, pk])

    def test_an_attachment_under_its_own_name(self, door: dict[int, Any], client: Client, owner: Any) -> None:
        saved = files.save_upload(SimpleUploadedFile("a.xlsx", b"PK content"), folder="imports")
        door[7] = (saved.path, NAME)
        client.force_login(owner)
        response = client.get(self.url(7))
        assert b"".join(response.streaming_content) == b"PK content"
        assert response.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(NAME)}"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Content-Length"] == "10"

    def test_whoever_is_not_logged_in_is_asked_to(self, door: dict[int, Any], client: Client) -> None:
        response = client.get(self.url(7))
        assert (response.status_code, response.headers["Location"]) == (
            302,
            f"{reverse('admin:login')}?next={self.url(7)}",
        )

    def test_everything_else_is_a_404(self, door: dict[int, Any], client: Client, owner: Any) -> None:
        client.force_login(owner)
        door[1] = None  # not yours
        door[2] = ("", "gone.xlsx")  # forgotten after KEEP_UPLOADS_DAYS
        door[3] = ("imports/2026-01/gone.xlsx", "gone.xlsx")
        answers = [client.get(self.url(pk)).status_code for pk in (1, 2, 3, 4)]
        answers.append(client.get(self.url(1, "no-such-kind")).status_code)
        assert answers == [404] * 5

    def test_only_read(self, door: dict[int, Any], client: Client, owner: Any) -> None:
        client.force_login(owner)
        assert client.post(self.url(1)).status_code == 405

    def test_no_other_address_serves_them(self, client: Client, owner: Any) -> None:
        saved = files.save_upload(SimpleUploadedFile("a.csv", b"1"), folder="imports")
        client.force_login(owner)
        for prefix in ("/", "/media/", "/private/", "/static/", "/files/"):
            assert client.get(prefix + saved.path).status_code == 404
        assert not getattr(settings, "MEDIA_URL", "").startswith("http")


def test_old_files_of_a_folder_are_forgotten(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    names = []
    for folder in ("small", "small", "other"):
        name, handle = files.create(folder)
        handle.close()
        names.append(name)
    yesterday = clock.now() - timedelta(days=1)
    for name in (names[0], names[2]):
        os.utime(files.full_path(name), (yesterday.timestamp() - 1,) * 2)
    assert (files.forget("small", before=yesterday), files.forget("small", before=yesterday), files.forget("none", before=yesterday)) == (1, 0, 0)
    assert [files.full_path(name).exists() for name in names] == [False, True, True]
