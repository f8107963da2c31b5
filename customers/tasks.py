"""Doors for the worker: ids in, fetch, delegate."""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from customers.choices import BatchState, ImportKind
from customers.models import Export, ImportBatch
from customers.services import mass_tagging, occasions, own_indexes, visits
from customers.services.contact_sheets import drafts as contact_drafts
from customers.services.contact_sheets import running as contact_running
from customers.services.contact_sheets import undoing as contact_undoing
from customers.services.exporting import running as exporting
from customers.services.importing import forgetting, previewing, running, undoing
from customers.services.merging import weak
from customers.services.ordering import drafts as order_drafts
from customers.services.ordering import running as order_running
from customers.services.ordering import undoing as order_undoing
from customers.services.owning import handing_over
from customers.services.owning import mass as mass_owning
from scrm.kit import claims, clock, files, jobs
from scrm.kit.errors import Refused

SECONDS = 45
SMALL_SHEETS = "small-sheets"
PATIENCE = 3
CONTACTS = (ImportKind.APPOINTMENTS, ImportKind.FOLLOW_UPS)
# Sheets of customers go the importer's own way.
PREVIEWING = {ImportKind.ORDERS: order_drafts.preview, **dict.fromkeys(CONTACTS, contact_drafts.preview)}
RUNNING = {ImportKind.ORDERS: order_running, **dict.fromkeys(CONTACTS, contact_running)}
UNDOING = {ImportKind.ORDERS: order_undoing.step, **dict.fromkeys(CONTACTS, contact_undoing.step)}


def preview_import(pk: int) -> Any:
    """A slice of at most 45 s of the try-out."""
    batch = ImportBatch.objects.get(pk=pk)
    way = PREVIEWING.get(ImportKind(batch.kind), previewing.preview)
    if batch.state != BatchState.PREVIEWING or way(batch, seconds=SECONDS):
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
        way: Any = RUNNING.get(ImportKind(batch.kind), running)
        with way.reopen(batch, files.full_path(batch.path)) as opened:
            finished = way.execute(
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
        if UNDOING.get(ImportKind(batch.kind), undoing.step)(batch):
            return None
        jobs.beat()
        if time.monotonic() - started > SECONDS or jobs.stopping():
            return jobs.Again(pk)
    return None


def index_own_fields() -> Any:
    """One index a slice, until all that the list filters by have theirs."""
    return None if own_indexes.step() else jobs.Again()


def tag_people(*args: Any) -> Any:
    """A slice of at most 20 s."""
    onward = mass_tagging.step(*args)
    return None if onward is None else jobs.Again(*onward)


def propose_pairs() -> None:
    weak.propose_pairs()


def move_people(*args: Any) -> Any:
    """A slice of at most 20 s."""
    onward = mass_owning.step(*args)
    return None if onward is None else jobs.Again(*onward)


def hand_over(what: dict[str, Any]) -> Any:
    """A slice of at most 20 s; the end is a line in the audit log."""
    return None if handing_over.step(what) else jobs.Again(what)


def ask_who_came() -> None:
    visits.ask_who_came()


def remember_birthdays(after: int = 0) -> Any:
    """A slice of at most 45 s, after which what nobody needs any more is let go."""
    started = time.monotonic()
    place: int | None = after
    while place is not None:
        place = occasions.remember_birthdays(after=place)
        jobs.beat()
        if place is not None and (time.monotonic() - started > SECONDS or jobs.stopping()):
            return jobs.Again(place)
    occasions.let_go()
    return None


def run_export(pk: int) -> Any:
    """A slice of at most 40 s; putting the file together comes at the end of the last one."""
    export = Export.objects.select_related("by").get(pk=pk)
    return None if exporting.write(export) else jobs.Again(pk)


def forget_uploads() -> None:
    forgetting.forget_uploads()
    exporting.forget(clock.now() - timedelta(days=settings.KEEP_UPLOADS_DAYS))
    # Small sheets wait for a yes, not for an undo.
    files.forget(SMALL_SHEETS, before=clock.now() - timedelta(days=1))


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


def tagging_failed(path: str, *_rest: Any) -> None:
    files.remove(path)


def moving_failed(path: str, what: dict[str, Any], *_rest: Any) -> None:
    mass_owning.broken_off(path, what)


def hand_over_failed(what: dict[str, Any]) -> None:
    handing_over.broken_off(what)


def export_failed(pk: int) -> None:
    for export in Export.objects.filter(pk=pk):
        exporting.give_up(export)


def register() -> None:
    jobs.failure_handlers.register(exporting.JOB, export_failed)
    jobs.failure_handlers.register(mass_owning.JOB, moving_failed)
    jobs.failure_handlers.register(handing_over.JOB, hand_over_failed)
    jobs.failure_handlers.register(mass_tagging.JOB, tagging_failed)
    jobs.failure_handlers.register("customers.tasks.run_import", import_failed)
    jobs.failure_handlers.register("customers.tasks.preview_import", preview_failed)
    jobs.failure_handlers.register("customers.tasks.undo_import", undo_failed)
