"""A whole file in one call: what the command and the demo use. The admin goes the same way in steps."""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import BatchState, OnConflict, Require
from customers.models import ImportBatch
from customers.services.importing import mapping as mappings
from customers.services.importing import running
from customers.services.importing.running import CLAIM, Opened, Progress
from scrm.kit import claims, files
from scrm.kit.errors import Refused
from scrm.kit.tabular import sha256_of

WAIT = 1.0


def run_file(
    path: Path | str,
    *,
    sheet: str | None = None,
    mapping: str = "",
    overrides: Sequence[str] = (),
    system: str = "",
    require: str = Require.IDENTITY,
    on_conflict: str = OnConflict.FILL,
    consent: bool | None = None,
    consent_ground: str = "",
    by: Any = None,
    name: str = "",
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> ImportBatch:
    """Imports a file to its end and returns its batch. Raises Refused; nothing has been written then.

    While another import runs this one waits (`waiting` is called once). A batch of the same file and settings that
    died half-way goes on from its cursor.
    """
    path = Path(path)
    name = name or path.name
    with running.open_file(path, name=name, sheet=sheet, mapping=mapping, overrides=overrides) as opened:
        mappings.check(opened.targets, require)
        token = hold(waiting)
        try:
            batch = _batch(
                path, opened, name=name, system=system, require=require, on_conflict=on_conflict,
                consent=consent, consent_ground=consent_ground, by=by,
            )  # fmt: skip
            try:
                running.execute(batch, opened, token, progress=progress)
            except Refused as refusal:
                running.refuse(batch, refusal)
                raise
        finally:
            claims.release(CLAIM, token)
    return batch


def hold(waiting: Callable[[], None] | None = None) -> str:
    """The claim on importing; waits for whoever has it."""
    told = False
    while True:
        try:
            return claims.take(CLAIM)
        except claims.Held:
            if waiting and not told:
                waiting()
                told = True
            time.sleep(WAIT)


def _batch(path: Path, opened: Opened, *, name: str, system: str, **options: Any) -> ImportBatch:
    sha256 = sha256_of(path)
    system = running.system_name(system, opened)
    # We hold the claim, so a batch that says it runs is dead.
    dead = (
        ImportBatch.objects.filter(
            state__in=(BatchState.RUNNING, BatchState.FAILED),
            sha256=sha256,
            sheet=opened.layout.sheet[:100],
            system=system,
            require=options["require"],
            on_conflict=options["on_conflict"],
            mapping={"targets": opened.targets},
        )
        .order_by("-pk")
        .first()
    )
    if dead is not None:
        return dead
    relative, copy = files.create("imports", path.suffix)
    with copy, path.open("rb") as original:
        shutil.copyfileobj(original, copy, 1 << 20)
    return running.new_batch(opened, file_name=name, sha256=sha256, path=relative, system=system, **options)


def explain_wait() -> str:
    return _("Another import is running; this one waits for its turn.")
