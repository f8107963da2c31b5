"""`manage.py demo` as a newcomer runs it: an empty folder, real processes, real signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scrm.site.demo import serving
from tests.kit import processes

READY = 90  # seconds, on a busy machine


def outside(tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh clone: nothing set but where to put things."""
    drop = {"DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "DEBUG"}
    kept = {key: value for key, value in os.environ.items() if key not in drop}
    return {**kept, "DATA_DIR": str(tmp_path / "var"), "PYTHONUNBUFFERED": "1", "LANGUAGE_CODE": "en"}


@contextmanager
def demo(tmp_path: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Started and ready: the process and the lines it has said so far."""
    with processes.manage("demo", *options, env=outside(tmp_path), stdout=subprocess.PIPE) as process:
        said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if line.startswith("Logs:"):
                break
        assert said, "it said nothing"
        assert said[-1].startswith("Logs:"), said
        yield process, said


def url_of(said: list[str]) -> str:
    return next(line for line in said if line.startswith("Ready:")).split()[1]


def asked_for_a_link(tmp_path: Path) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", "login_link", "13800000001"],
        cwd=processes.ROOT,
        env=outside(tmp_path),
        capture_output=True,
        text=True,
        timeout=READY,
        check=True,
    ).stdout.strip()


def children_of(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def nobody_left(groups: list[int]) -> bool:
    return not any(processes.members(group) for group in groups)


def test_a_fresh_clone_to_a_shop_that_answers_and_goes_without_a_trace(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(tmp_path, "--port", str(port)) as (process, said):
            url = url_of(said)
            assert url != f"http://127.0.0.1:{port}"
            moved = f"Port {port} is taken; port {url.rpartition(':')[2]} is used instead."
            assert said[0] == moved
            links = [line.strip() for line in said if "/admin/enter/" in line]
            assert len(links) == 5
            assert all(link.startswith(url + "/admin/enter/") for link in links)
            ready = said.index(f"Ready: {url}   (Ctrl-C stops it)")
            assert [n for n, line in enumerate(said) if "/admin/enter/" in line and n < ready] == []
            sheet = next(line for line in said if "431 rows" in line)
            assert "400 created, 6 updated, 3 unchanged, 14 joined within the sheet, 8 rejected; 5 rows" in sheet
            health = json.load(urllib.request.urlopen(url + "/healthz"))
            assert (health["ok"], health["database"], health["worker"]) == (True, True, "ok")
            with urllib.request.urlopen(links[0]) as page:
                assert page.status == 200
            groups = children_of(process.pid)
            assert len(groups) == 2
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert nobody_left(groups)

    with demo(tmp_path, "--port", str(port)) as (process, said):
        # The second time: the same shop, no new links, and it dies with its worker.
        assert not [line for line in said if "/admin/enter/" in line]
        assert [line for line in said if "login_link" in line]
        # What it says how to get answers where it is served now.
        link = asked_for_a_link(tmp_path)
        assert link.startswith(url_of(said) + "/admin/enter/")
        with urllib.request.urlopen(link) as page:
            assert page.status == 200
        groups = children_of(process.pid)
        worker = next(pid for pid in groups if "qcluster" in Path(f"/proc/{pid}/cmdline").read_text())
        os.kill(worker, signal.SIGKILL)
        assert process.wait(30) == 1
        assert nobody_left(groups)

    with demo(tmp_path, "--port", str(port)) as (process, _said):
        groups = children_of(process.pid)
        process.kill()
        process.wait(10)
        # Killed without a chance to clean up, it still leaves nobody behind.
        processes.until(lambda: nobody_left(groups), 30)


def test_built_but_not_served(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve"],
        cwd=processes.ROOT,
        env=outside(tmp_path),
        capture_output=True,
        text=True,
        timeout=READY,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("http://127.0.0.1:8000/admin/enter/") == 5
    assert done.stdout.splitlines()[-1] == "To serve it: uv run manage.py demo"
    assert asked_for_a_link(tmp_path).startswith("http://127.0.0.1:8000/admin/enter/")
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_public_address_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve"],
        cwd=processes.ROOT,
        env={**outside(tmp_path), "PUBLIC_URL": "https://crm.example.com"},
        capture_output=True,
        text=True,
        timeout=READY,
        check=False,
    )
    assert done.returncode == 1
    assert "https://crm.example.com" in done.stderr
    assert "Traceback" not in done.stderr
    assert "enter" not in done.stdout


def test_a_taken_port_moves_on_and_a_wildcard_is_reached_over_loopback() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serving.free_port("127.0.0.1", port) > port
    assert serving.address("0.0.0.0", 8000) == "http://127.0.0.1:8000"
    assert serving.address("::1", 8000) == "http://[::1]:8000"
    with pytest.raises(serving.NotServing):
        serving.free_port("203.0.113.1", 8000, tries=2)
