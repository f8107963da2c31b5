"""What would happen, what each rule would cost, the one question about consent, and the button that starts it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.admin.imports import access, kind_pages
from customers.choices import BatchState, Require
from customers.models import ImportBatch
from customers.queries import imports
from customers.services.importing import drafts
from customers.services.importing.reasons import of_row
from scrm.kit.errors import Refused

TILES: tuple[tuple[str, str | Promise], ...] = (
    *((str(key), imports.LABELS[key]) for key in imports.OUTCOMES),
    ("conflicts", imports.LABELS["conflicts"]),
    ("warnings", imports.LABELS["warnings"]),
)
SHOWN = 10


class StartForm(forms.Form):
    """Nothing is ticked beforehand: whoever imports has to know whether these people agreed."""

    consent = forms.ChoiceField(
        choices=[("yes", "yes"), ("unknown", "unknown")],
        error_messages={
            "required": _("Say whether these people agreed to marketing; “not known” is an answer.")
        },
    )
    ground = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("consent") == "yes" and not data.get("ground"):
            self.add_error(
                "ground", _("Say on what ground they agreed, for example “ticked on the paper card”.")
            )
        return data


def show(
    model_admin: Any, request: HttpRequest, batch: ImportBatch, form: StartForm | None = None
) -> HttpResponse:
    if pages := kind_pages.of(batch):
        return pages.show_preview(model_admin, request, batch)
    preview = batch.preview
    counters = preview.get("counters", {})
    figures = {**counters, "warnings": preview.get("remarked", 0)}
    problems = sorted(
        (told(row) for key in ("rejections", "problems") for row in preview.get(key, [])),
        key=lambda problem: problem["row"],
    )
    context = {
        "preview": preview,
        "sentence": imports.sentence(
            {**counters, "rows": preview.get("rows", 0), "skipped": preview.get("skipped", 0)}
        ),
        "tiles": [(key, label, figures.get(key, 0)) for key, label in TILES],
        "rules": rules(batch),
        "overtaken_by": imports.ran_since(batch),
        "without_phone": preview.get("rules", {}).get("phone", 0),
        "problems": problems[:SHOWN],
        "more_problems": max(len(problems) - SHOWN, 0),
        "unknown": unknown(preview),
        "form": form or StartForm(),
        "taken": preview.get("rows", 0) - counters.get("rejected", 0),
        "nobody": not any(counters.get(key) for key in ("created", "updated", "unchanged", "merged")),
    }
    return access.page(model_admin, request, batch, "preview", "preview", context)


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the preview as the page says it."""
    code = row.get("code", "")
    reason = of_row(code, row.get("detail"), row.get("warnings"), row.get("conflict", False))
    return {"row": row["row"], "bad": bool(code), "reason": reason}


def rules(batch: ImportBatch) -> list[dict[str, Any]]:
    """The three rules, each with how many rows it takes in and how many it leaves out."""
    cost, taken = batch.preview.get("rules", {}), batch.preview.get("by_rule", {})
    no_phone, name_only, nobody = (cost.get(key, 0) for key in ("phone", "name_only", "nobody"))
    told = (
        (Require.PHONE, gettext("Leave them out"), no_phone),
        (Require.IDENTITY, gettext("Take them in by WeChat ID or card number"), name_only + nobody),
        (Require.NAME, gettext("Take them in by name as well"), nobody),
    )
    return [
        {
            "value": value,
            "label": label,
            "taken": taken.get(value, 0),
            "left_out": left_out,
            "now": value == batch.require,
        }
        for value, label, left_out in told
    ]


def unknown(preview: dict[str, Any]) -> list[tuple[str, str, int]]:
    """(what it is, the name, rows) of names nobody here is called."""
    words = {
        "owner": gettext("consultant"),
        "store": gettext("store"),
        "source": gettext("channel of origin"),
    }
    return [
        (words.get(kind, kind), text, rows)
        for kind, names in preview.get("unknown", {}).items()
        for text, rows in names.items()
    ]


def rule(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The same columns with another rule: a new preview."""
    batch = access.find(model_admin, request, object_id)
    try:
        if batch.state == BatchState.PREVIEWED and (pages := kind_pages.of(batch)):
            pages.again(batch)
        elif batch.state == BatchState.PREVIEWED:
            drafts.map_columns(
                batch,
                list(batch.mapping["targets"]),
                require=request.POST.get("require", ""),
                on_conflict=batch.on_conflict,
                system=batch.system,
                by=request.user,
            )
    except Refused as no:
        messages.error(request, str(no))
    return redirect(access.DETAIL, batch.pk)


def start(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    batch = access.find(model_admin, request, object_id)
    if batch.state != BatchState.PREVIEWED:
        return redirect(access.DETAIL, batch.pk)
    if kind_pages.of(batch):
        # A purchase or an appointment says nothing about marketing.
        return _begin(request, batch, consent=None, ground="")
    form = StartForm(request.POST)
    if not form.is_valid():
        return show(model_admin, request, batch, form)
    agreed = form.cleaned_data["consent"] == "yes"
    return _begin(
        request, batch, consent=True if agreed else None, ground=form.cleaned_data["ground"] if agreed else ""
    )


def _begin(request: HttpRequest, batch: ImportBatch, *, consent: bool | None, ground: str) -> HttpResponse:
    try:
        drafts.start(batch, consent=consent, ground=ground, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    return redirect(access.DETAIL, batch.pk)
