"""A sheet of appointments or follow-ups on its way to a run: columns and rules, preview, start. The steps around them
are the importer's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import HAND, SHEET, BatchState
from customers.models import Appointment, ImportBatch
from customers.queries import imports
from customers.services.contact_sheets import kinds, mapping, running
from customers.services.contact_sheets.deciding import COUNTERS
from customers.services.contact_sheets.rows import Rules
from customers.services.contact_sheets.words import IGNORE
from customers.services.importing import mapping as mappings
from customers.services.importing import previewing
from customers.services.importing.layout import Layout
from customers.services.ordering.drafts import MOST_OFFERED, PREVIEW, likely_key
from customers.services.ordering.trials import Trial
from scrm.kit import jobs
from scrm.kit.errors import Refused


def look(batch: ImportBatch, path: Path, sheet: str | None) -> None:
    """Finds the table and its columns. Raises Refused; the batch is not saved."""
    kind = kinds.of(batch.kind)
    with running.open_file(path, kind=batch.kind, name=batch.file_name, sheet=sheet, checked=False) as opened:
        if not opened.layout.headers:
            raise Refused("sheet.empty", _("The sheet is empty."))
        batch.sheet = opened.layout.sheet[:100]
        batch.layout = opened.layout.as_json()
        saved = mappings.saved_for(opened.layout, kind.kind)
        batch.mapping = {"targets": mappings.by_saved(opened.layout, opened.targets, saved, {*kind.fields, IGNORE})}
        batch.mapping_name = saved.name if saved else ""
        sheets = opened.source.sheets
        batch.preview = {"notes": opened.notes, **({"sheets": sheets} if len(sheets) > 1 else {})}
        before = imports.same_file(batch, kind.kind)
        rules = Rules(key=likely_key(opened.layout, batch)) if before is None else Rules(**before.options)
        batch.options = running.options_of(rules)


def source_choices() -> list[str]:
    """Sources that appointments came from so far. Numbers are unique within one."""
    used = Appointment.objects.order_by("source").values_list("source", flat=True).distinct()[:MOST_OFFERED]
    return [source for source in used if source not in (SHEET, HAND)]


def field_choices(kind: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (target, label) for the select of a column."""
    own = kinds.of(kind)
    title = _("The appointment") if own.last_counts else _("The follow-up")
    return [
        (title, [(field, _(own.labels[field])) for field in own.fields]),
        (_("Otherwise"), [("", _("Do not read"))]),
    ]


def settle(batch: ImportBatch, targets: Sequence[str | None], rules: Rules, *, remember_as: str = "") -> None:
    """Settles columns and rules and queues the preview. Raises Refused and changes nothing."""
    kind = kinds.of(batch.kind)
    layout = Layout.from_json(batch.layout)
    chosen: list[str | None] = [target or None for target in targets]
    if len(chosen) != len(layout.headers):
        raise Refused("mapping.no_column", _("The mapping does not fit the sheet. Open the page again."))
    if any(target is not None and target not in (*kind.fields, IGNORE) for target in chosen):
        raise Refused("mapping.no_field", _("A chosen field does not exist any more. Open the page again."))
    twice = next((field for field in kind.fields if chosen.count(field) > 1), None)
    if twice:
        sentence = _("Two columns are “%(field)s”. Choose one of them and leave the other one unread.")
        raise Refused("mapping.twice", sentence % {"field": _(kind.labels[twice])})
    mapping.check(chosen, kind)
    with transaction.atomic():
        batch.mapping, batch.options = {"targets": chosen}, running.options_of(rules)
        if name := remember_as.strip()[:60]:
            mappings.remember(layout, chosen, name=name, kind=kind.kind)
            batch.mapping_name = name
        batch.state, batch.refused = BatchState.PREVIEWING, ""
        batch.preview = {key: batch.preview[key] for key in ("sheets", "notes") if key in batch.preview}
        batch.save(update_fields=["mapping", "options", "mapping_name", "state", "refused", "preview"])
        jobs.enqueue(PREVIEW, batch.pk, key=f"preview:{batch.pk}")


def preview(batch: ImportBatch, *, seconds: float | None = None) -> bool:
    """Tries the batch out and leaves the answer on it; a refusal is an answer too. Writes nothing else. False: the time
    is up and another call goes on."""

    def try_out(opened: running.Opened, **pace: Any) -> Trial:
        return running.try_out(opened, kinds.of(batch.kind), Rules(**batch.options), keep_told=False, **pace)

    return previewing.in_slices(
        batch, running.reopen, try_out, lambda trial: trial.as_json(COUNTERS, ("owner", "store")), seconds=seconds
    )


def rules_from(data: Any, batch: ImportBatch) -> Rules:
    """The rules as a form sent them. Raises Refused for what no form of ours sends."""
    new = data.get("new_source", "").strip()
    return running.rules_of(
        source=new or data.get("source", batch.options.get("source", "")),
        key=data.get("key", batch.options.get("key", "")),
    )
