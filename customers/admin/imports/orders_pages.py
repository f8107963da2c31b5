"""The steps of a sheet of orders, where they differ from those of a sheet of customers."""

from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.admin.imports import access
from customers.choices import AmountIs, BatchState, Returns
from customers.models import ImportBatch
from customers.queries import colleagues, imports, order_imports
from customers.services.importing import drafts, mapping, matching
from customers.services.importing.reasons import of_row
from customers.services.ordering import drafts as orders
from customers.services.ordering.lines import Rules
from scrm.kit import money

SHOWN = 10
RETURNS = (
    (Returns.SKIP, _("leave them out"), _("Recommended. They are counted and stand in the report.")),
    (Returns.RECORD, _("book them as refunds"), _("Of the order that a column “original order” names.")),
)
AMOUNT_IS = (
    (AmountIs.LINE, _("of the line"), _("Each row says what this product cost.")),
    (AmountIs.ORDER, _("of the whole order"), _("Each row, or the first one, says what was paid for all of them.")),
)


def show_columns(
    model_admin: Any, request: HttpRequest, batch: ImportBatch, found: str, data: QueryDict | None = None
) -> HttpResponse:
    """`data` is what was sent and refused: nothing the user chose gets lost."""
    data = data if data is not None else QueryDict()
    columns = drafts.columns(batch)
    key = data.get("key", batch.options.get("key", ""))
    context = {
        "choices": [(column, data.get(f"target_{column.index}", column.target or "")) for column in columns],
        "groups": orders.field_choices(),
        "other_kind": orders.looks_like_other(batch),
        "found": found,
        "inferred": not batch.layout.get("header_row"),
        "nobody": not {"amount", "unit_price"}.intersection(batch.mapping["targets"]),
        "keys": orders.key_choices(key),
        "key_now": key,
        "sources": orders.source_choices(),
        "source_now": data.get("source", batch.options.get("source", "")),
        "new_source": data.get("new_source", ""),
        "returns": RETURNS,
        "returns_now": data.get("returns", batch.options.get("returns", "")),
        "amount_is": AMOUNT_IS,
        "amount_is_now": data.get("amount_is", batch.options.get("amount_is", "")),
        "remember_as": data.get("remember_as", batch.mapping_name or mapping.free_name(PurePath(batch.file_name).stem)),
        "remembered": batch.mapping_name,
    }
    return access.page(model_admin, request, batch, "order_columns", "columns", context)


def take_columns(batch: ImportBatch, data: QueryDict) -> None:
    """Raises Refused and changes nothing."""
    targets = list(batch.mapping["targets"])
    for column in drafts.columns(batch):
        targets[column.index] = data.get(f"target_{column.index}", column.target or "") or None
    orders.settle(batch, targets, orders.rules_from(data, batch), remember_as=data.get("remember_as", ""))


def show_preview(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    preview = batch.preview
    counters = preview.get("counters", {})
    figures = {**counters, "rows": preview.get("rows", 0), "skipped": preview.get("skipped", 0)}
    problems = [
        {
            "row": row["row"],
            "bad": bool(row["code"]),
            "reason": of_row(row["code"], row["detail"], row["warnings"], False),
        }
        for row in preview.get("problems", [])
    ]
    context = {
        "sentence": order_imports.sentence(figures),
        "tiles": [(key, label, counters.get(key, 0)) for key, _show, label in order_imports.TILES],
        "net": money.show(counters.get("net_fen", 0)),
        "problems": problems[:SHOWN],
        "more_problems": max(len(problems) - SHOWN, 0),
        "unknown": list(preview.get("unknown", {}).get("owner", {}).items()),
        "overtaken_by": imports.ran_since(batch),
        "rules": told_rules(batch),
        "nobody": not any(counters.get(key) for key in ("orders_created", "orders_updated", "orders_unchanged", "returns")),
        "orders": counters.get("orders_created", 0) + counters.get("orders_updated", 0),
    }
    return access.page(model_admin, request, batch, "order_preview", "preview", context)


def told_rules(batch: ImportBatch) -> list[str]:
    """The rules in words, so that a wrong one is seen beside the figures it makes."""
    rules = Rules(**batch.options)
    key = dict(orders.key_choices(rules.key)).get(rules.key, rules.key)
    source = str(_("a sheet")) if rules.source == "sheet" else rules.source
    return [
        str(_("Source: %(source)s") % {"source": source}),
        str(_("The customer column holds %(key)s") % {"key": key}),
        str(_("Returns: %(what)s") % {"what": {value: label for value, label, _help in RETURNS}[Returns(rules.returns)]}),
    ]


def again(batch: ImportBatch) -> None:
    """The same columns and rules once more. Raises Refused."""
    orders.settle(batch, list(batch.mapping["targets"]), Rules(**batch.options))


def show_result(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    counters = batch.counters
    undone = batch.state == BatchState.UNDONE
    problems = order_imports.rows(batch, "rejected").exists() or order_imports.rows(batch, "warnings").exists()
    user: Any = request.user
    context = {
        "sentence": order_imports.sentence(counters),
        "tiles": [(key, show, label, counters.get(key, 0)) for key, show, label in order_imports.TILES],
        "net": money.show(counters.get("net_fen", 0)),
        "rules": told_rules(batch),
        "stopped": batch.state in (BatchState.CANCELLED, BatchState.FAILED),
        "undone": undone,
        "undo_stopped": batch.state == BatchState.FAILED and "undo" in counters,
        "taken_back": order_imports.taken_back(counters),
        "unknown": [] if undone else [name for name in matching.unknown_names(batch) if name.kind == "owner"],
        "owners": colleagues.owners_of(user),
        "problems": problems or counters.get("rejected", 0),
        "people_url": f"{reverse('admin:customers_customer_changelist')}?batch={batch.pk}",
        "may_undo": user.has_perm(access.UNDO),
    }
    return access.page(model_admin, request, batch, "order_result", "result", context)
