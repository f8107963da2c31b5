"""Who gets to which page of an import, and the frame all of them share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, RADIO_CLASSES, SELECT_CLASSES

from customers.admin.imports import steps
from customers.choices import SHEET, ImportKind
from customers.models import ImportBatch
from customers.queries import imports
from customers.services.importing.reasons import of_note

RUN, UNDO = "customers.run_import", "customers.undo_import"
LIST = "admin:customers_importbatch_changelist"
DETAIL = "admin:customers_importbatch_change"
LOOK = {
    "input": " ".join(INPUT_CLASSES),
    "select": " ".join(SELECT_CLASSES),
    "radio": " ".join(RADIO_CLASSES),
    "checkbox": " ".join(CHECKBOX_CLASSES),
}


def require(request: HttpRequest, permission: str = RUN) -> None:
    """Before anything is fetched, so that whoever may not import does not learn which imports exist."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def find(model_admin: Any, request: HttpRequest, object_id: str, permission: str = RUN) -> ImportBatch:
    require(request, permission)
    if not object_id.isdecimal() or not object_id.isascii() or len(object_id) > 18:
        raise Http404
    rows = model_admin.get_queryset(request).defer(None).select_related("created_by")
    batch = rows.filter(pk=int(object_id)).first()
    if batch is None:
        raise Http404
    return batch


def url(batch: ImportBatch, name: str = "change") -> str:
    return reverse(f"admin:customers_importbatch_{name}", args=[batch.pk])


def notes(batch: ImportBatch) -> list[str]:
    """Remarks on the whole file, a sentence each. That it has no header is said beside the columns."""
    told = [of_note(note) for note in batch.preview.get("notes", []) if note["code"] != "layout.no_header"]
    before = imports.same_file(batch) if batch.started_at is None else None
    if before is not None:
        day = date_format(timezone.localtime(before.started_at or before.created_at), "SHORT_DATETIME_FORMAT")
        told.append(_("This very file was imported before, on %(day)s (%(batch)s).") % {"day": day, "batch": before})
    if batch.kind in (ImportKind.ORDERS, ImportKind.APPOINTMENTS) and batch.started_at is None:
        told += _beside(batch, imports.same_file(batch, batch.kind))
    return told


def _beside(batch: ImportBatch, before: ImportBatch | None) -> list[str]:
    """Whether the rules are those of the same file before: numbers are unique within a source."""
    if before is None:
        return []
    source = before.options["source"]
    named = {"source": _("a sheet") if source == SHEET else source}
    if before.options == batch.options:
        return [_("Source and rules are filled in as they were then (source: %(source)s), so that nothing comes in twice.") % named]
    if source == batch.options.get("source"):
        return []
    return [_("Then its source was “%(source)s”. Under another source its rows count as new and come in a second time.") % named]


def page(
    model_admin: Any,
    request: HttpRequest,
    batch: ImportBatch,
    template: str,
    step: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    shell = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": batch,
        "batch": batch,
        "title": batch.file_name,
        "steps": steps.line(step) if step else [],
        "notes": notes(batch) if step in ("columns", "preview", "result") else [],
        "look": LOOK,
    }
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, f"customers/imports/{template}.html", shell | context, status=status)
