"""A sheet of orders on its way to a run: columns and rules, preview, start. The steps around them are the importer's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.choices import (
    LEGACY_PREFIX,
    AmountIs,
    BatchState,
    IdentityKind,
    ImportKind,
    Returns,
    system_label,
)
from customers.models import ImportBatch, Order
from customers.queries import imports
from customers.services.contact_sheets import words as contact_words
from customers.services.importing import mapping as mappings
from customers.services.importing import previewing, words
from customers.services.importing.layout import Layout
from customers.services.ordering import mapping, running
from customers.services.ordering.booking import COUNTERS
from customers.services.ordering.lines import Rules
from customers.services.ordering.trials import Trial
from customers.services.ordering.words import FIELDS, IGNORE, assign
from scrm.kit import jobs
from scrm.kit.errors import Refused

PREVIEW, RUN = "customers.tasks.preview_import", "customers.tasks.run_import"
MOST_OFFERED = 20
_LABELS = {
    "number": gettext_noop("Order number"),
    "ordered_at": gettext_noop("Ordered at"),
    "customer": gettext_noop("Customer (number or card)"),
    "customer_name": gettext_noop("Name of the customer"),
    "product_code": gettext_noop("Product code"),
    "product_name": gettext_noop("Product name"),
    "quantity": gettext_noop("Quantity"),
    "unit_price": gettext_noop("Unit price"),
    "amount": gettext_noop("Amount paid"),
    "channel": gettext_noop("Channel of origin"),
    "employee": gettext_noop("Who served"),
    "refund_of": gettext_noop("Original order of a return"),
    "order_total": gettext_noop("Paid for the whole order (of our own export)"),
    "source": gettext_noop("Where the order is from (of our own export)"),
}


def look(batch: ImportBatch, path: Path, sheet: str | None) -> None:
    """Finds the table and its columns. Raises Refused; the batch is not saved."""
    with running.open_file(path, name=batch.file_name, sheet=sheet, checked=False) as opened:
        if not opened.layout.headers:
            raise Refused("sheet.empty", _("The sheet is empty."))
        batch.sheet = opened.layout.sheet[:100]
        batch.layout = opened.layout.as_json()
        saved = mappings.saved_for(opened.layout, ImportKind.ORDERS)
        batch.mapping = {"targets": mappings.by_saved(opened.layout, opened.targets, saved, {*FIELDS, IGNORE})}
        batch.mapping_name = saved.name if saved else ""
        sheets = opened.source.sheets
        batch.preview = {"notes": source_notes(opened), **({"sheets": sheets} if len(sheets) > 1 else {})}
        source = _likely_source(opened.layout, batch)
        # Under another source every order of the same file would count as new.
        before = imports.same_file(batch, ImportKind.ORDERS)
        rules = Rules(source=source, key=likely_key(opened.layout, batch)) if before is None else Rules(**before.options)
        batch.options = running.options_of(rules)


def source_notes(opened: running.Opened) -> list[dict[str, Any]]:
    """Remarks on the file alone: what the columns lack may be mended on the next page."""
    return [{"code": note.code, **note.params} for note in opened.source.notes]


def _likely_source(layout: Layout, batch: ImportBatch) -> str:
    """What our own export says; "sheet" of every other one."""
    column = next((i for i, target in enumerate(batch.mapping["targets"]) if target == "source"), None)
    return next(iter(layout.samples[column]), "sheet")[:40] if column is not None else "sheet"


def likely_key(layout: Layout, batch: ImportBatch) -> str:
    """Numbers that look like mobiles are; else the cards of the system whose sheet came in last."""
    column = next((i for i, t in enumerate(batch.mapping["targets"]) if t == "customer"), None)
    samples = layout.samples[column] if column is not None else []
    if column is not None and (system := words.marked(layout.headers[column])[1]):
        return f"{LEGACY_PREFIX}{system}"
    if not samples or any(sum(char.isdigit() for char in text) >= 11 or "*" in text for text in samples):
        return IdentityKind.PHONE.value
    systems = known_systems()
    return f"{LEGACY_PREFIX}{systems[0][0]}" if systems else f"{LEGACY_PREFIX}sheet"


def known_systems() -> list[tuple[str, str]]:
    """(system, what people call it) of the card numbers that came in, the last ones first."""
    ran = ImportBatch.objects.filter(started_at__isnull=False).exclude(state=BatchState.UNDONE)
    found: dict[str, str] = {}
    for kind, system, options, name in ran.order_by("-pk").values_list("kind", "system", "options", "file_name")[:500]:
        if kind != ImportKind.CUSTOMERS:
            key = options.get("key", "")
            system = key.removeprefix(LEGACY_PREFIX) if key.startswith(LEGACY_PREFIX) else ""
        if system:
            found.setdefault(system, system_label(system) or name)
    return list(found.items())[:MOST_OFFERED]


def key_choices(now: str) -> list[tuple[str, str]]:
    """What the customer column may hold, as the shop calls it."""
    choices = [
        (IdentityKind.PHONE.value, _("mobile numbers")),
        *((f"{LEGACY_PREFIX}{system}", _("card numbers of “%(name)s”") % {"name": name}) for system, name in known_systems()),
        (IdentityKind.MEMBER_NO.value, _("member numbers of our own programme")),
    ]
    if now not in dict(choices):
        choices.append((now, _("card numbers nobody here has yet")))
    return choices


def source_choices() -> list[str]:
    """Sources that orders came from so far. Numbers are unique within one."""
    used = Order.objects.order_by("source").values_list("source", flat=True).distinct()[:MOST_OFFERED]
    return [source for source in used if source != "sheet"]


def field_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (target, label) for the select of a column."""
    return [
        (_("The order"), [(field, _(_LABELS[field])) for field in FIELDS]),
        (_("Otherwise"), [("", _("Do not read"))]),
    ]


def settle(
    batch: ImportBatch, targets: Sequence[str | None], rules: Rules, *, remember_as: str = ""
) -> None:
    """Settles columns and rules and queues the preview. Raises Refused and changes nothing."""
    layout = Layout.from_json(batch.layout)
    chosen: list[str | None] = [target or None for target in targets]
    if len(chosen) != len(layout.headers):
        raise Refused("mapping.no_column", _("The mapping does not fit the sheet. Open the page again."))
    if any(target is not None and target not in (*FIELDS, IGNORE) for target in chosen):
        raise Refused("mapping.no_field", _("A chosen field does not exist any more. Open the page again."))
    twice = next((t for t in FIELDS if chosen.count(t) > 1), None)
    if twice:
        sentence = _("Two columns are “%(field)s”. Choose one of them and leave the other one unread.")
        raise Refused("mapping.twice", sentence % {"field": _(_LABELS[twice])})
    mapping.check(chosen)
    with transaction.atomic():
        batch.mapping, batch.options = {"targets": chosen}, running.options_of(rules)
        if name := remember_as.strip()[:60]:
            mappings.remember(layout, chosen, name=name, kind=ImportKind.ORDERS)
            batch.mapping_name = name
        batch.state, batch.refused = BatchState.PREVIEWING, ""
        batch.preview = {key: batch.preview[key] for key in ("sheets", "notes") if key in batch.preview}
        batch.save(update_fields=["mapping", "options", "mapping_name", "state", "refused", "preview"])
        jobs.enqueue(PREVIEW, batch.pk, key=f"preview:{batch.pk}")


def preview(batch: ImportBatch, *, seconds: float | None = None) -> bool:
    """Tries the batch out and leaves the answer on it; a refusal is an answer too. Writes no order. False: the time is
    up and another call goes on."""

    def try_out(opened: running.Opened, **pace: Any) -> Trial:
        return running.try_out(opened, Rules(**batch.options), keep_told=False, **pace)

    return previewing.in_slices(
        batch, running.reopen, try_out, lambda trial: trial.as_json(COUNTERS, ("owner",)), seconds=seconds
    )


def looks_like_other(batch: ImportBatch) -> str:
    """The kind that the header of the sheet speaks for, where it is not the one chosen; "" otherwise."""
    headers = batch.layout.get("headers") or []
    if not batch.layout.get("header_row"):
        # The words of another kind of sheet were no header to this one.
        headers = [samples[0] if samples else "" for samples in batch.layout.get("samples") or []]
    found = set(assign(headers))
    bought = found & {"number", "product_name", "product_code", "quantity"}
    paid = found & {"amount", "unit_price"}
    if contact := contact_words.speaks_for(headers):
        likely = contact
    elif len(bought) >= 2 and paid:
        likely = ImportKind.ORDERS.value
    else:
        nothing_of_it = not bought and not paid if batch.kind == ImportKind.ORDERS else "at" not in batch.mapping["targets"]
        likely = ImportKind.CUSTOMERS.value if nothing_of_it else ""
    return "" if likely == batch.kind else likely


def rules_from(data: Any, batch: ImportBatch) -> Rules:
    """The rules as a form sent them. Raises Refused for what no form of ours sends."""
    new = data.get("new_source", "").strip()
    return running.rules_of(
        source=new or data.get("source", batch.options.get("source", "")),
        key=data.get("key", batch.options.get("key", "")),
        returns=data.get("returns", batch.options.get("returns", Returns.SKIP)),
        amount_is=data.get("amount_is", batch.options.get("amount_is", AmountIs.LINE)),
    )
