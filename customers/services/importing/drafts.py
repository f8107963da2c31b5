"""An upload on its way to a run: sheet, columns, preview, consent, start. Each step stands on the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import BatchState, FieldKind, ImportKind, OnConflict, Require
from customers.models import Customer, CustomField, ImportBatch
from customers.services import fields as own_fields
from customers.services.contact_sheets import drafts as contacts
from customers.services.contact_sheets import kinds
from customers.services.importing import cells, forgetting, id_cards, mapping, running
from customers.services.importing import layout as layouts
from customers.services.importing.layout import Layout, letter
from customers.services.importing.targets import CUSTOM
from customers.services.ordering import drafts as orders
from scrm.kit import audit, clock, files, jobs
from scrm.kit.errors import Refused

MOST_CHOICES = 50
_DRAFTS = (BatchState.UPLOADED, BatchState.MAPPED, BatchState.PREVIEWED, BatchState.REFUSED)
# A cancelled or failed run may go on.
_UNDER_WAY = (
    *_DRAFTS, BatchState.PREVIEWING, BatchState.QUEUED, BatchState.RUNNING, BatchState.CANCELLED, BatchState.FAILED,
)  # fmt: skip
PREVIEW, RUN = "customers.tasks.preview_import", "customers.tasks.run_import"


@dataclass(frozen=True)
class Column:
    """A column for the mapping screen. `target` None keeps it as text on the customer's page."""

    index: int
    letter: str
    header: str
    samples: list[str]
    target: str | None


@dataclass(frozen=True)
class NewField:
    """A field of the shop's own, made from an unknown column."""

    label: str
    kind: str = FieldKind.TEXT
    sensitive: bool = False


def upload(uploaded: File, *, by: Any, kind: str = ImportKind.CUSTOMERS) -> ImportBatch:
    """Keeps the file and looks at it. Raises Refused; nothing is kept then.

    Where several sheets look like customers the batch waits for `choose_sheet` (`preview["sheets"]`).
    """
    name = (uploaded.name or "").rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    saved = files.save_upload(uploaded, folder="imports")
    batch = ImportBatch(
        kind=kind, file_name=name[:200], path=saved.path, sha256=saved.sha256, created_by=by, state=BatchState.UPLOADED
    )
    try:
        _look(batch, None)
    except Refused as refusal:
        if refusal.code not in ("sheet.several", "sheet.none_fits"):
            files.remove(saved.path)
            raise
        batch.layout, batch.preview = {}, {"sheets": refusal.detail["sheets"], "why": refusal.code}
    except BaseException:
        files.remove(saved.path)
        raise
    batch.save()
    return batch


def why_choose(batch: ImportBatch) -> Refused:
    """Why the sheet could not be chosen for the user, in the reader's language."""
    names = batch.preview.get("sheets", [])
    return (
        layouts.which_sheet(names) if batch.preview.get("why") == "sheet.several" else layouts.no_sheet(names)
    )


def choose_sheet(batch: ImportBatch, sheet: str) -> None:
    """Raises Refused; the upload stays."""
    _must_be(batch, BatchState.UPLOADED)
    _look(batch, sheet)
    batch.save(update_fields=["sheet", "layout", "mapping", "mapping_name", "system", "preview", "options"])


def look_again(batch: ImportBatch, kind: str, *, by: Any) -> None:
    """The same upload as the other kind of sheet. Raises Refused and changes nothing."""
    _must_be(batch, BatchState.UPLOADED, BatchState.MAPPED, BatchState.PREVIEWED, BatchState.REFUSED)
    if kind not in ImportKind.values:
        raise Refused("kind.unknown", _("Choose what the rows of the sheet are."))
    batch.kind, batch.state, batch.refused = kind, BatchState.UPLOADED, ""
    given_up = batch.mapping.get("made", [])
    _look(batch, batch.sheet or None)
    with transaction.atomic():
        _drop_fields(batch, given_up, by)
        batch.save()


def _look(batch: ImportBatch, sheet: str | None) -> None:
    if batch.kind == ImportKind.ORDERS:
        orders.look(batch, _path(batch), sheet)
        return
    if kinds.is_one(batch.kind):
        contacts.look(batch, _path(batch), sheet)
        return
    with running.open_file(_path(batch), name=batch.file_name, sheet=sheet) as opened:
        if not opened.layout.headers:
            raise Refused("sheet.empty", _("The sheet is empty."))
        batch.sheet = opened.layout.sheet[:100]
        batch.layout = opened.layout.as_json()
        batch.mapping = {"targets": opened.targets}
        batch.mapping_name = opened.mapping_name
        batch.system = running.system_name("", opened)
        sheets = opened.source.sheets
        batch.preview = {"notes": opened.notes, **({"sheets": sheets} if len(sheets) > 1 else {})}


def _path(batch: ImportBatch) -> Any:
    if not batch.path:
        raise Refused("file.forgotten", _("The uploaded file was deleted after its time. Upload it again."))
    path = files.full_path(batch.path)
    if not path.exists():
        raise Refused("file.forgotten", _("The uploaded file is gone. Upload it again."))
    return path


def _moved_on() -> Refused:
    return Refused("import.wrong_step", _("The import has moved on meanwhile. Look at its page again."))


def _must_be(batch: ImportBatch, *states: str) -> None:
    if batch.state not in states:
        raise _moved_on()


def columns(batch: ImportBatch) -> list[Column]:
    layout = Layout.from_json(batch.layout)
    targets = batch.mapping["targets"]
    if batch.kind == ImportKind.CUSTOMERS:
        targets = mapping.existing(targets)
    # Samples are forgotten with the upload; the columns stay.
    samples = layout.samples or [[] for _header in layout.headers]
    return [
        Column(i, letter(i), header, samples[i], targets[i])
        for i, header in enumerate(layout.headers)
        if header or samples[i]
    ]


def map_columns(
    batch: ImportBatch,
    targets: Sequence[str | None],
    *,
    by: Any,
    require: str = Require.IDENTITY,
    on_conflict: str = OnConflict.FILL,
    system: str = "",
    remember_as: str = "",
    new_fields: Mapping[int, NewField] | None = None,
) -> None:
    """Settles the columns and queues the preview. Raises Refused and changes nothing."""
    _must_be(batch, BatchState.UPLOADED, BatchState.MAPPED, BatchState.PREVIEWED, BatchState.REFUSED)
    layout = Layout.from_json(batch.layout)
    known = set(mapping.known_fields().values())
    chosen: list[str | None] = [target or None for target in targets]
    if len(chosen) != len(layout.headers):
        raise Refused("mapping.no_column", _("The mapping does not fit the sheet. Open the page again."))
    if any(target is not None and target not in known for target in chosen):
        raise Refused("mapping.no_field", _("A chosen field does not exist any more. Open the page again."))
    kinds = {field.kind for field in (new_fields or {}).values()}
    if require not in Require.values or on_conflict not in OnConflict.values or kinds - set(FieldKind.values):
        raise Refused("mapping.malformed", _("Choose one of the rules."))
    made: list[str] = batch.mapping.get("made", [])
    with transaction.atomic():
        for index, field in (new_fields or {}).items():
            key = _make_field(batch, layout, index, field, by).key
            chosen[index] = f"{CUSTOM}{key}"
            made.append(key)
        mapping.check(chosen, require)
        mapping.refuse_open_id_cards(layout, chosen)
        given_up = [key for key in made if f"{CUSTOM}{key}" not in chosen]
        _drop_fields(batch, given_up, by)
        batch.mapping = {"targets": chosen, "made": [key for key in made if key not in given_up]}
        batch.require, batch.on_conflict = require, on_conflict
        name = remember_as.strip()[:60]
        if system.strip():
            batch.system = system.strip()[:60]
        elif name and not _has_run(batch.system):
            # A system that people are known by keeps its name: else their opening figures would count twice.
            batch.system = mapping.system_of(name) or name
        if name:
            mapping.remember(layout, chosen, name=name, system=batch.system)
            batch.mapping_name = name
        batch.state = BatchState.PREVIEWING
        batch.refused = ""
        batch.preview = {key: batch.preview[key] for key in ("sheets", "notes") if key in batch.preview}
        batch.save(
            update_fields=[
                "mapping", "require", "on_conflict", "system", "mapping_name", "state", "refused", "preview",
            ]
        )  # fmt: skip
        jobs.enqueue(PREVIEW, batch.pk, key=f"preview:{batch.pk}")


def _drop_fields(batch: ImportBatch, keys: Sequence[str], by: Any) -> None:
    """Fields made for this upload and given up again, unless another one that has not ended means to fill them."""
    if not keys:
        return
    others = ImportBatch.objects.exclude(pk=batch.pk).filter(state__in=_UNDER_WAY)
    # One that was discarded is cancelled too, and will never run.
    others = others.exclude(state=BatchState.CANCELLED, started_at=None)
    meant = {target for mapping in others.values_list("mapping", flat=True) for target in mapping.get("targets", [])}
    own_fields.drop_unused(keys, by=by, wanted=lambda key: f"{CUSTOM}{key}" in meant)


def _has_run(system: str) -> bool:
    return ImportBatch.objects.filter(system=system, started_at__isnull=False).exists()


def _make_field(batch: ImportBatch, layout: Layout, index: int, field: NewField, by: Any) -> CustomField:
    choices: list[str] = []
    if field.kind == FieldKind.CHOICE:
        with running.reopen(batch, _path(batch)) as opened:
            seen: dict[str, None] = {}
            for number, row in opened.source.rows(layout.sheet):
                if number >= layout.first_row and index < len(row) and (text := cells.to_text(row[index])):
                    seen[text] = None
                if len(seen) > MOST_CHOICES:
                    raise Refused(
                        "field.too_many",
                        _("Column %(letter)s has more than %(most)d different values: make it a text field.")
                        % {"letter": letter(index), "most": MOST_CHOICES},
                    )
            choices = list(seen)
    return own_fields.create_field(
        label=field.label.strip() or layout.headers[index],
        by=by,
        kind=field.kind,
        choices=choices,
        sensitive=field.sensitive or id_cards.is_id_card(layout.headers[index]),
    )


def start(batch: ImportBatch, *, consent: bool | None, ground: str, by: Any) -> None:
    """Queues the run. Yes to marketing needs its ground. Raises Refused."""
    if consent and not ground.strip():
        raise Refused(
            "consent.no_ground", _("Write on what ground these people agreed, for example a signed form.")
        )
    with transaction.atomic():
        changed = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWED).update(
            state=BatchState.QUEUED,
            consent=consent,
            consent_ground=ground.strip()[:200] if consent else "",
            cursor=0,
            counters={},
            cancel_asked=False,
        )
        if changed != 1:
            raise _moved_on()
        audit.record("import.started", by=by, on=batch)
        jobs.enqueue(RUN, batch.pk, key=f"import:{batch.pk}")
    batch.refresh_from_db()


def discard(batch: ImportBatch, *, by: Any) -> None:
    """Gives up an upload before its run: the file goes at once, with the fields made for it. Raises Refused when it runs or has run."""
    path = batch.path
    with transaction.atomic():
        changed = ImportBatch.objects.filter(pk=batch.pk, state__in=_DRAFTS, started_at=None).update(
            state=BatchState.CANCELLED, finished_at=clock.now(), path="", preview={}
        )
        if changed != 1:
            raise _moved_on()
        _drop_fields(batch, batch.mapping.get("made", []), by)
        audit.record("import.discarded", by=by, on=batch)
        transaction.on_commit(lambda: forgetting.remove_upload(path))
    batch.refresh_from_db()


def cancel(batch: ImportBatch, *, by: Any) -> None:
    """A waiting run is cancelled at once, a running one after the slice at hand; what came in stays, undo is offered."""
    with transaction.atomic():
        if ImportBatch.objects.filter(pk=batch.pk, state=BatchState.QUEUED).update(
            state=BatchState.CANCELLED, finished_at=clock.now()
        ):
            audit.record("import.cancelled", by=by, on=batch)
        elif not ImportBatch.objects.filter(pk=batch.pk, state=BatchState.RUNNING).update(cancel_asked=True):
            raise _moved_on()
    batch.refresh_from_db()


def resume(batch: ImportBatch, *, by: Any) -> None:
    """Goes on from the cursor of a cancelled or failed run, or of one whose worker is silent. Nothing is doubled."""
    _path(batch)
    if "undo" in batch.counters:
        raise Refused(
            "import.wrong_step", _("This import was being undone. Undo it to the end, then upload it anew.")
        )
    with transaction.atomic():
        changed = ImportBatch.objects.filter(
            pk=batch.pk, state__in=(BatchState.CANCELLED, BatchState.FAILED, BatchState.RUNNING)
        ).update(state=BatchState.QUEUED, cancel_asked=False, finished_at=None)
        if changed != 1:
            raise _moved_on()
        audit.record("import.resumed", by=by, on=batch)
        jobs.enqueue(RUN, batch.pk, key=f"import:{batch.pk}")
    batch.refresh_from_db()


def progress(batch: ImportBatch) -> dict[str, Any]:
    """For the page that waits: state, stage, done, total, seconds_left (None: unknown), waiting_for (a file name)."""
    done, total = batch.cursor, batch.total
    if batch.state == BatchState.PREVIEWING:
        done, total = batch.preview.get("progress", [0, 0])
    left = None
    if batch.state == BatchState.RUNNING and batch.started_at and done:
        spent = (clock.now() - batch.started_at).total_seconds()
        left = round(spent / done * (total - done))
    other = None
    if batch.state == BatchState.QUEUED:
        running_now = ImportBatch.objects.filter(state=BatchState.RUNNING).exclude(pk=batch.pk).first()
        other = running_now.file_name if running_now else None
    return {
        "state": batch.state,
        "stage": batch.stage,
        "done": done,
        "total": total,
        "seconds_left": left,
        "waiting_for": other,
    }


def people_of(batch: ImportBatch) -> Any:
    """The living people whom this import made."""
    return Customer.objects.filter(imported_in=batch)
