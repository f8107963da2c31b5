"""Doors for the worker: ids in, fetch, delegate."""

import time
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.importing import forgetting, previewing, running, undoing
from scrm.kit import claims, clock, files, jobs
from scrm.kit.errors import Refused

SECONDS = 45
PATIENCE = 3


def preview_import(pk: int) -> Any:
    """A slice of at most 45 s of the try-out."""
    batch = ImportBatch.objects.get(pk=pk)
    if batch.state != BatchState.PREVIEWING or previewing.preview(batch, seconds=SECONDS):
        return None
    return jobs.Again(pk)


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


def import_failed(pk: int) -> None:
    """The job was given up: the batch stands at its cursor and offers to go on."""
    ImportBatch.objects.filter(pk=pk, state__in=(BatchState.QUEUED, BatchState.RUNNING)).update(
        state=BatchState.FAILED, stage="", finished_at=clock.now()
    )


def preview_failed(pk: int) -> None:
    ImportBatch.objects.filter(pk=pk, state=BatchState.PREVIEWING).update(
        state=BatchState.REFUSED, refused=_("The try-out stopped by an error. Try again, or save the file as xlsx anew.")
    )


def undo_failed(pk: int) -> None:
    """What was taken back stays so; undo can be asked for again and goes on with the rest."""
    ImportBatch.objects.filter(pk=pk, state=BatchState.UNDOING).update(state=BatchState.FAILED)


def register() -> None:
    jobs.failure_handlers.register("customers.tasks.run_import", import_failed)
    jobs.failure_handlers.register("customers.tasks.preview_import", preview_failed)
    jobs.failure_handlers.register("customers.tasks.undo_import", undo_failed)
