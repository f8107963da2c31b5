"""Web and worker as two children, each in a process group of its own; neither outlives the other, or us."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from django.conf import settings

GRACE = 12.0  # seconds for a clean stop; what a worker leaves half-done is taken up by the next one
START = 60.0
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class NotServing(Exception):
    """A sentence for the terminal."""


def free_port(host: str, port: int, tries: int = 50) -> int:
    """`port`, or the next one on `host` that nobody listens on. Raises NotServing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + tries, 65_536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Not fooled by a connection that has just closed; a listener still refuses us.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise NotServing(f"{host}: no free port from {port} on.")


def address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    host = WILDCARDS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, name: str, command: Sequence[str], public_url: str) -> "Child":
        log = settings.DATA_DIR / f"demo-{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env={**os.environ, "PUBLIC_URL": public_url, "DJANGO_SETTINGS_MODULE": "scrm.settings"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        return cls(name, process, log)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive:
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Waits for a clean stop, then takes the whole group down."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.1))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _die_with_parent() -> None:
    """On Linux the kernel stops the child if we are killed without a chance to do it ourselves."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Serving:
    """`with Serving(host, port, url) as it: it.wait_until_ready(); it.wait()`; everything is gone afterwards."""

    def __init__(self, host: str, port: int, public_url: str) -> None:
        self.host, self.port, self.public_url = host, port, public_url
        self.children: list[Child] = []
        self.told_to_stop = False

    def __enter__(self) -> "Serving":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        web = [
            sys.executable, "-m", "granian", "scrm.wsgi:application", "--interface", "wsgi", "--host", self.host,
            "--port", str(self.port), "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
            "--workers-kill-timeout", "5",
        ]  # fmt: skip
        try:
            self.children.append(Child.start("web", web, self.public_url))
            worker = [sys.executable, "manage.py", "qcluster"]
            self.children.append(Child.start("worker", worker, self.public_url))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.told_to_stop = True

    @property
    def going(self) -> bool:
        return not self.told_to_stop and all(child.alive for child in self.children)

    def wait_until_ready(self) -> None:
        """Until /healthz answers and both children live. Raises NotServing with the last lines of whoever died."""
        end = time.monotonic() + START
        while self.going and time.monotonic() < end:
            if self._healthy():
                return
            time.sleep(0.1)
        if not self.told_to_stop:
            raise NotServing(self._why())

    def _healthy(self) -> bool:
        """The worker has to have shown itself too; a queue left from yesterday does not matter."""
        try:
            with urllib.request.urlopen(address(self.host, self.port) + "/healthz", timeout=5) as answer:
                said = json.load(answer)
        except urllib.error.HTTPError as error:
            said = json.load(error) if error.code == 503 else {}
        except OSError:
            return False
        return bool(said.get("database")) and said.get("worker") == "ok"

    def wait(self) -> None:
        """Until somebody says stop, or one of the two ends. Raises NotServing in the second case."""
        while self.going:
            time.sleep(0.2)
        if not self.told_to_stop:
            raise NotServing(self._why())

    def _why(self) -> str:
        for child in self.children:
            if not child.alive:
                return f"{child.name} ended with {child.process.returncode}:\n{child.last_words()}"
        return "\n".join(f"{child.name}:\n{child.last_words()}" for child in self.children)

    def stop(self) -> None:
        end = time.monotonic() + GRACE
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.end(end - time.monotonic())
