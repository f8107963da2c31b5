"""A try-out set aside between two slices of a worker, so that a preview of a million rows is no single long task.

Beside the upload, mode 0600, lies what was found out so far; of a sheet of customers the plan too, as a run keeps it.
The first is a pickle: it is written and read by our own worker alone, below DATA_DIR, like the key that signs the jobs
themselves.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customers.services.importing import plan_files
from customers.services.importing.decisions import Person
from customers.services.importing.planning import Plan
from customers.services.importing.rows import Reader


@dataclass
class Aside:
    """`names` are channels and tags that the run would make; `overlay` the people whom later rows may join."""

    plan: Plan
    trial: Any
    names: dict[str, dict[str, Any]]
    overlay: dict[int, Person]


def save(path: Path, reader: Reader, aside: Aside) -> None:
    plan_files.save(_plan(path), aside.plan, reader, aside.trial.cursor)
    put(path, aside.trial, aside.names, aside.overlay)


def load(path: Path, reader: Reader, cursor: int) -> Aside | None:
    """What stood there at `cursor`; None when there is nothing, or what was left by another try-out."""
    plan = plan_files.load(_plan(path), reader, cursor)
    found = get(path, cursor, parts=3)
    return Aside(plan, *found) if plan is not None and found is not None else None


def put(path: Path, trial: Any, *more: Any) -> None:
    """`trial.cursor` says where it stands. Written aside and renamed, so that a half-written one is never read."""
    writing = path.with_suffix(".trial-writing")
    with writing.open("wb") as file:
        writing.chmod(0o600)
        pickle.dump((trial, *more), file, protocol=5)
    writing.replace(_found(path))


def get(path: Path, cursor: int, *, parts: int) -> tuple[Any, ...] | None:
    """The `parts` that were put there at `cursor`; None when there is nothing, or what was left by another try-out."""
    try:
        with _found(path).open("rb") as file:
            found = pickle.load(file)
    except (OSError, EOFError, ValueError, pickle.UnpicklingError, AttributeError, ImportError):
        return None
    return found if len(found) == parts and found[0].cursor == cursor else None


def remove(path: Path) -> None:
    for own in (_plan(path), _found(path)):
        own.unlink(missing_ok=True)


def _plan(path: Path) -> Path:
    return path.with_name(f"{path.name}.trial-plan")


def _found(path: Path) -> Path:
    return path.with_name(f"{path.name}.trial")
