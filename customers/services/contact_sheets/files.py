"""A whole file of appointments or follow-ups in one call: what the commands and the demo use."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.contact_sheets import kinds, running
from customers.services.contact_sheets.rows import Rules
from customers.services.importing.files import hold
from customers.services.importing.running import CLAIM, Progress, refuse
from customers.services.ordering.running import Opened
from scrm.kit import claims, files
from scrm.kit.errors import Refused
from scrm.kit.tabular import sha256_of


def run_file(
    path: Path | str,
    *,
    kind: str,
    rules: Rules | None = None,
    sheet: str | None = None,
    overrides: Sequence[str] = (),
    by: Any = None,
    name: str = "",
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> ImportBatch:
    """Imports a file to its end and returns its batch. Raises Refused; nothing has been written then.

    While another import runs this one waits (`waiting` is called once). A batch of the same file and rules that died
    half-way goes on from its cursor.
    """
    path, rules = Path(path), rules or Rules()
    name = name or path.name
    with running.open_file(path, kind=kind, name=name, sheet=sheet, overrides=overrides) as opened:
        token = hold(waiting)
        try:
            batch = _batch(path, opened, kind, rules, name=name, by=by)
            try:
                running.execute(batch, opened, token, progress=progress)
            except Refused as refusal:
                refuse(batch, refusal)
                raise
        finally:
            claims.release(CLAIM, token)
    return batch


def _batch(path: Path, opened: Opened, kind: str, rules: Rules, *, name: str, by: Any) -> ImportBatch:
    sha256 = sha256_of(path)
    # We hold the claim, so a batch that says it runs is dead.
    dead = (
        ImportBatch.objects.filter(
            kind=kind,
            state__in=(BatchState.RUNNING, BatchState.FAILED),
            sha256=sha256,
            sheet=opened.layout.sheet[:100],
            mapping={"targets": opened.targets},
            options=running.options_of(rules),
        )
        .order_by("-pk")
        .first()
    )
    if dead is not None:
        return dead
    relative, copy = files.create("imports", path.suffix)
    with copy, path.open("rb") as original:
        shutil.copyfileobj(original, copy, 1 << 20)
    return running.new_batch(opened, kinds.of(kind), rules, file_name=name, sha256=sha256, path=relative, by=by)
