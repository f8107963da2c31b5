"""granian for a benchmark: started, awaited, its processes known, gone at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    def __init__(self, target: str, *, workers: int, threads: int) -> None:
        self.port = free_port()
        # Workers of the house ask nothing of it; those of a benchmark must not outlive it.
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", target, "--interface", "wsgi", "--host", "127.0.0.1",
                "--port", str(self.port), "--workers", str(workers), "--blocking-threads", str(threads),
                "--no-ws", "--log-level", "error", "--respawn-failed-workers",
            ],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{HERE}:{ROOT}"}, start_new_session=True,
        )  # fmt: skip

    def wait(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                time.sleep(1.0)  # the other workers
                return
            time.sleep(0.05)
        raise SystemExit(f"granian did not come up; it ended with {self.process.poll()}")

    def workers(self) -> list[int]:
        """Their process ids, as the kernel knows the children of the main one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split() if b"resource_tracker" not in _command(pid)]

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _command(pid: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def serving(target: str, *, workers: int, threads: int) -> Iterator[Server]:
    server = Server(target, workers=workers, threads=threads)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
