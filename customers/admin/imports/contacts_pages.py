"""The steps of a sheet of appointments or follow-ups, where they differ from those of a sheet of orders."""

from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.admin.imports import access
from customers.choices import BatchState, ImportKind
from customers.models import ImportBatch
from customers.queries import colleagues, contact_imports, imports
from customers.services.contact_sheets import drafts as contacts
from customers.services.contact_sheets.rows import Rules
from customers.services.importing import drafts, mapping, matching
from customers.services.importing.reasons import of_row
from customers.services.ordering import drafts as orders

SHOWN = 10
_WHAT = {"owner": _("employee"), "store": _("store")}


def show_columns(
    model_admin: Any, request: HttpRequest, batch: ImportBatch, found: str, data: QueryDict | None = None
) -> HttpResponse:
    """`data` is what was sent and refused: nothing the user chose gets lost."""
    data = data if data is not None else QueryDict()
    columns = drafts.columns(batch)
    key = data.get("key", batch.options.get("key", ""))
    context = {
        "choices": [(column, data.get(f"target_{column.index}", column.target or "")) for column in columns],
        "groups": contacts.field_choices(batch.kind),
        "other_kind": orders.looks_like_other(batch),
        "found": found,
        "inferred": not batch.layout.get("header_row"),
        "nobody": "at" not in batch.mapping["targets"] or "customer" not in batch.mapping["targets"],
        "keys": orders.key_choices(key),
        "key_now": key,
        "numbered": batch.kind == ImportKind.APPOINTMENTS,
        "sources": contacts.source_choices(),
        "source_now": data.get("source", batch.options.get("source", "")),
        "new_source": data.get("new_source", ""),
        "remember_as": data.get("remember_as", batch.mapping_name or mapping.free_name(PurePath(batch.file_name).stem)),
        "remembered": batch.mapping_name,
    }
    return access.page(model_admin, request, batch, "contact_columns", "columns", context)


def take_columns(batch: ImportBatch, data: QueryDict) -> None:
    """Raises Refused and changes nothing."""
    targets = list(batch.mapping["targets"])
    for column in drafts.columns(batch):
        targets[column.index] = data.get(f"target_{column.index}", column.target or "") or None
    contacts.settle(batch, targets, contacts.rules_from(data, batch), remember_as=data.get("remember_as", ""))


def show_preview(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    preview = batch.preview
    counters = preview.get("counters", {})
    problems = [
        {
            "row": row["row"],
            "bad": bool(row["code"]) and row["code"] != "contact.again",
            "reason": of_row(row["code"], row["detail"], row["warnings"], False),
        }
        for row in preview.get("problems", [])
    ]
    context = {
        "sentence": contact_imports.sentence(
            {**counters, "rows": preview.get("rows", 0), "skipped": preview.get("skipped", 0)}
        ),
        "tiles": [(key, label, counters.get(key, 0)) for key, _show, label in contact_imports.TILES],
        "problems": problems[:SHOWN],
        "more_problems": max(len(problems) - SHOWN, 0),
        "unknown": [
            (_WHAT[what], text, rows)
            for what, names in preview.get("unknown", {}).items()
            for text, rows in names.items()
        ],
        "overtaken_by": imports.ran_since(batch),
        "rules": told_rules(batch),
        "nobody": not any(counters.get(key) for key in ("created", "updated", "unchanged")),
        "count": counters.get("created", 0) + counters.get("updated", 0),
    }
    return access.page(model_admin, request, batch, "contact_preview", "preview", context)


def told_rules(batch: ImportBatch) -> list[str]:
    """The rules in words, so that a wrong one is seen beside the figures it makes."""
    rules = Rules(**batch.options)
    key = dict(orders.key_choices(rules.key)).get(rules.key, rules.key)
    told = [str(_("The customer column holds %(key)s") % {"key": key})]
    if batch.kind == ImportKind.APPOINTMENTS:
        source = str(_("a sheet")) if rules.source == "sheet" else rules.source
        told.insert(0, str(_("Source: %(source)s") % {"source": source}))
    return told


def again(batch: ImportBatch) -> None:
    """The same columns and rules once more. Raises Refused."""
    contacts.settle(batch, list(batch.mapping["targets"]), Rules(**batch.options))


def show_result(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    counters = batch.counters
    undone = batch.state == BatchState.UNDONE
    problems = contact_imports.rows(batch, "warnings").exists()
    user: Any = request.user
    context = {
        "sentence": contact_imports.sentence(counters),
        "tiles": [(key, show, label, counters.get(key, 0)) for key, show, label in contact_imports.TILES],
        "rules": told_rules(batch),
        "stopped": batch.state in (BatchState.CANCELLED, BatchState.FAILED),
        "undone": undone,
        "undo_stopped": batch.state == BatchState.FAILED and "undo" in counters,
        "taken_back": contact_imports.taken_back(counters),
        "unknown": [] if undone else [name for name in matching.unknown_names(batch) if name.kind in _WHAT],
        "owners": colleagues.owners_of(user),
        "stores": colleagues.stores_of(user).filter(is_active=True),
        "problems": problems or counters.get("rejected", 0),
        "people_url": f"{reverse('admin:customers_customer_changelist')}?batch={batch.pk}",
        "may_undo": user.has_perm(access.UNDO),
    }
    return access.page(model_admin, request, batch, "contact_result", "result", context)
