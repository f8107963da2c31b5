"""Doors for the worker: ids in, fetch, delegate."""

import time
from typing import Any

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.importing import forgetting, previewing, running, undoing
from scrm.kit import claims, files, jobs
from scrm.kit.errors import Refused

SECONDS = 45
PATIENCE = 3


def preview_import(pk: int) -> None:
    batch = ImportBatch.objects.get(pk=pk)
    if batch.state == BatchState.PREVIEWING:
        previewing.preview(batch)


def run_import(pk: int) -> Any:
    """A slice of at most 45 s; while another import runs this one waits its turn, visibly."""
    batch = ImportBatch.objects.get(pk=pk)
    if batch.state not in (BatchState.QUEUED, BatchState.RUNNING):
        return None
    try:
        token = claims.take(running.CLAIM)
    except claims.Held:
        time.sleep(PATIENCE)
        return jobs.Again(pk)
    try:
        with running.reopen(batch, files.full_path(batch.path)) as opened:
            finished = running.execute(
                batch,
                opened,
                token,
                seconds=SECONDS,
                progress=lambda *_figures: jobs.beat(),
                stopping=jobs.stopping,
            )
    except Refused as refusal:
        running.refuse(batch, refusal)
        return None
    finally:
        claims.release(running.CLAIM, token)
    return None if finished else jobs.Again(pk)


def undo_import(pk: int) -> Any:
    batch = ImportBatch.objects.get(pk=pk)
    started = time.monotonic()
    while batch.state == BatchState.UNDOING:
        if undoing.step(batch):
            return None
        jobs.beat()
        if time.monotonic() - started > SECONDS or jobs.stopping():
            return jobs.Again(pk)
    return None


def forget_uploads() -> None:
    forgetting.forget_uploads()
