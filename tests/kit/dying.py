"""A worker that is killed (-9) at a chosen commit: `python -m tests.kit.dying NTH before|after [module.NAME=NUMBER …]`.

Does what waits on the queue. "before" the nth commit all of that slice is written and lost again, "after" it the slice
stands and nobody has said so yet. Slices are made small by the names given.
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any

import django


def main(nth: int, moment: str, small: list[str]) -> None:
    django.setup()
    from django.db.backends.base.base import BaseDatabaseWrapper

    from scrm.kit import jobs

    for name in small:
        place, _equals, number = name.partition("=")
        module, _dot, constant = place.rpartition(".")
        assert hasattr(import_module(module), constant)
        setattr(import_module(module), constant, float(number) if "SECONDS" in constant else int(number))
    commit, seen = BaseDatabaseWrapper._commit, 0  # type: ignore[attr-defined]

    def dying(wrapper: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == nth and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(wrapper)
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    BaseDatabaseWrapper._commit = dying  # type: ignore[attr-defined]
    jobs.drain()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
