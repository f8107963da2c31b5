"""A try-out set aside between two slices of a worker, so that a preview of a million rows is no single long task.

Two files beside the upload, mode 0600: the plan as a run keeps it, and what was found out so far. The second is a
pickle: it is written and read by our own worker alone, below DATA_DIR, like the key that signs the jobs themselves.
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
    writing = path.with_suffix(".trial-writing")
    with writing.open("wb") as file:
        writing.chmod(0o600)
        pickle.dump((aside.trial, aside.names, aside.overlay), file, protocol=5)
    writing.replace(_found(path))


def load(path: Path, reader: Reader, cursor: int) -> Aside | None:
    """What stood there at `cursor`; None when there is nothing, or what was left by another try-out."""
    plan = plan_files.load(_plan(path), reader, cursor)
    try:
        with _found(path).open("rb") as file:
            trial, names, overlay = pickle.load(file)
    except (OSError, EOFError, ValueError, pickle.UnpicklingError, AttributeError, ImportError):
        return None
    return Aside(plan, trial, names, overlay) if plan is not None and trial.cursor == cursor else None


def remove(path: Path) -> None:
    for own in (_plan(path), _found(path)):
        own.unlink(missing_ok=True)


def _plan(path: Path) -> Path:
    return path.with_name(f"{path.name}.trial-plan")


def _found(path: Path) -> Path:
    return path.with_name(f"{path.name}.trial")
