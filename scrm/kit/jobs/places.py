"""Where a job runs, so that a neighbour can tell at once that its process is gone."""

import os
import socket
from pathlib import Path


def _host() -> str:
    """This machine and, in containers, this container: process ids mean something only within it."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{socket.gethostname()} {space}".strip()[:120]


HOST = _host()


def pid() -> int:
    return os.getpid()


def is_gone(host: str, pid: int | None) -> bool:
    """True only when this is certain: the process was ours to see and no longer exists."""
    if host != HOST or not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
