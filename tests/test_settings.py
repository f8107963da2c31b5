"""Settings fail loudly, follow PUBLIC_URL, and are all in docs/settings.md."""

import ast
import os
import re
import runpy
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from scrm import env

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in names_read():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def names_read() -> set[str]:
    """Every NAME that settings.py or env.py asks the environment for."""
    found = set()
    for path in (ROOT / "scrm/settings.py", ROOT / "scrm/env.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in {"text", "flag", "integer"}:
                    found.add(str(node.args[0].value))
    return found


def loaded(monkeypatch: pytest.MonkeyPatch, **values: str) -> dict[str, Any]:
    """settings.py as it reads under this environment."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "scrm/settings.py"))


class TestDocs:
    def test_the_table_is_complete(self) -> None:
        rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), flags=re.M)
        assert sorted(rows) == sorted(names_read())
        assert len(rows) >= 11

    def test_the_defaults_are_true(self, monkeypatch: pytest.MonkeyPatch) -> None:
        table = dict(
            re.findall(
                r"^\| `([A-Z_]+)` \| `([^`]+)` \|", (ROOT / "docs/settings.md").read_text(), flags=re.M
            )
        )
        values = loaded(monkeypatch)
        said = {name: int(text) if text.isdigit() else text for name, text in table.items()}
        assert {name: values[name] for name in said} == said


class TestEnvironment:
    def test_a_secret_may_stand_in_a_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "url").write_text("postgres://scrm:p%40ss@db:5432/scrm\n")
        values = loaded(monkeypatch, DATABASE_URL_FILE=str(tmp_path / "url"))
        database = values["DATABASES"]["default"]
        assert (database["NAME"], database["PASSWORD"], database["HOST"]) == ("scrm", "p@ss", "db")

    def test_both_ways_at_once_is_an_error(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("x")
        with pytest.raises(ImproperlyConfigured, match="not both"):
            loaded(monkeypatch, SECRET_KEY="y", SECRET_KEY_FILE=str(tmp_path / "key"))

    def test_a_file_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
            loaded(monkeypatch, SECRET_KEY_FILE="/no/such/file")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DEBUG", "maybe"),
            ("PROXY_COUNT", "-1"),
            ("PROXY_COUNT", "one"),
            ("UPLOAD_MAX_MB", "0"),
            ("KEEP_UPLOADS_DAYS", "1.5"),
            ("LANGUAGE_CODE", "fr"),
            ("PUBLIC_URL", "crm.example.com"),
            ("PUBLIC_URL", "ftp://crm.example.com"),
            ("DATABASE_URL", "mysql://root@db/scrm"),
        ],
    )
    def test_nonsense_stops_the_start(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        with pytest.raises(ImproperlyConfigured):
            loaded(monkeypatch, **{name: value})

    @pytest.mark.parametrize(
        ("raw", "value"), [("1", True), ("On", True), ("false", False), ("NO", False), ("", False)]
    )
    def test_flags(self, monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
        monkeypatch.setenv("DEBUG", raw)
        assert env.flag("DEBUG") is value


class TestAddress:
    def test_https_turns_everything_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        values = loaded(monkeypatch, PUBLIC_URL="https://crm.example.com/", PROXY_COUNT="1")
        assert values["PUBLIC_URL"] == "https://crm.example.com"
        assert values["ALLOWED_HOSTS"] == ["crm.example.com", "127.0.0.1", "localhost", "[::1]"]
        assert values["CSRF_TRUSTED_ORIGINS"] == ["https://crm.example.com"]
        assert values["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
        on = (
            "SECURE_SSL_REDIRECT",
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        )
        assert [values[name] for name in on] == [True] * 4
        assert values["SECURE_HSTS_SECONDS"] == 31_536_000

    def test_http_leaves_it_off_and_no_proxy_is_believed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        values = loaded(monkeypatch, PUBLIC_URL="http://192.168.1.5:8000")
        assert values["ALLOWED_HOSTS"][0] == "192.168.1.5"
        assert values["CSRF_TRUSTED_ORIGINS"] == ["http://192.168.1.5:8000"]
        assert (values["SECURE_SSL_REDIRECT"], values["SESSION_COOKIE_SECURE"]) == (False, False)
        assert values["SECURE_HSTS_SECONDS"] == 0
        assert "SECURE_PROXY_SSL_HEADER" not in values

    def test_an_ipv6_host_keeps_its_brackets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert loaded(monkeypatch, PUBLIC_URL="http://[fd00::5]:8000")["ALLOWED_HOSTS"][0] == "[fd00::5]"

    def test_django_finds_nothing_to_warn_of(self, tmp_path: Path) -> None:
        # Playwright's loop makes the browser tests say that async code may touch the database; a server does not.
        plain = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        done = subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
            cwd=ROOT,
            env={**plain, "PUBLIC_URL": "https://crm.example.com"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


class TestSecretKey:
    def test_the_first_start_makes_it_and_all_share_it(self, tmp_path: Path) -> None:
        """Many first starts at once agree on one key."""
        with ThreadPoolExecutor(16) as pool:
            keys = set(pool.map(lambda _: env.secret_key(tmp_path / "data"), range(64)))
        assert len(keys) == 1
        assert len(keys.pop()) > 60
        file = tmp_path / "data" / "secret_key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [path.name for path in file.parent.iterdir()] == ["secret_key"]

    def test_a_given_one_wins_and_writes_nothing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", "given")
        assert env.secret_key(tmp_path / "data") == "given"
        assert not (tmp_path / "data").exists()


@pytest.mark.django_db
def test_sqlite_is_set_up_for_two_processes() -> None:
    if connection.vendor != "sqlite":
        assert connection.settings_dict["CONN_MAX_AGE"] == 600
        return
    with connection.cursor() as cursor:
        pragmas = {}
        for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous"):
            cursor.execute(f"PRAGMA {name}")
            pragmas[name] = cursor.fetchone()[0]
    assert pragmas == {"journal_mode": "wal", "busy_timeout": 20_000, "foreign_keys": 1, "synchronous": 1}
    assert connection.transaction_mode == "IMMEDIATE"
    assert connection.settings_dict["CONN_MAX_AGE"] == 600


def test_collected_files_are_hashed_and_complete(tmp_path: Path) -> None:
    """What the image does, in a copy of the tree."""
    for name in ("scrm", "customers", "loyalty", "campaigns", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    there = {
        "cwd": tmp_path,
        "env": {**os.environ, "DATA_DIR": str(tmp_path / "var")},
        "check": True,
        "text": True,
    }
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], **there)
    said = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()\nfrom django.templatetags.static import static\n"
         "print(static('unfold/css/styles.css'))"],
        capture_output=True, **{**there, "env": {**there["env"], "DJANGO_SETTINGS_MODULE": "scrm.settings"}},
    ).stdout  # fmt: skip
    assert re.fullmatch(r"/static/unfold/css/styles\.[0-9a-f]{12}\.css\n", said)
