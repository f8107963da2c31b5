"""Upload, the page of the step an import is at, its progress, cancel and resume."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.admin.imports import access, columns_page, preview_page, result_page
from customers.choices import BatchState, ImportKind
from customers.models import ImportBatch
from customers.queries import imports
from customers.services.importing import drafts
from scrm.kit import files, uploads
from scrm.kit.errors import Refused

BUSY = (BatchState.PREVIEWING, BatchState.QUEUED, BatchState.RUNNING, BatchState.UNDOING)


def upload(model_admin: Any, request: HttpRequest) -> HttpResponse:
    access.require(request)
    uploaded = request.FILES.get("file")
    if uploaded is None and (name := uploads.too_large(request)) is not None:
        return not_taken(request, name, files.too_large())
    if uploaded is None:
        messages.error(request, _("Choose a file first."))
        return redirect(access.LIST)
    try:
        kind = request.POST.get("kind", ImportKind.CUSTOMERS)
        batch = drafts.upload(
            uploaded, by=request.user, kind=kind if kind in ImportKind.values else ImportKind.CUSTOMERS.value
        )
    except Refused as no:
        return not_taken(request, uploaded.name or "", no)
    return redirect(access.DETAIL, batch.pk)


def not_taken(request: HttpRequest, name: str, why: Refused) -> HttpResponse:
    messages.error(request, _("“%(file)s” was not taken: %(reason)s") % {"file": name, "reason": why})
    return redirect(access.LIST)


def detail(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    batch = access.find(model_admin, request, object_id)
    if batch.state in BUSY:
        return busy(model_admin, request, batch)
    if not batch.path and batch.started_at is None:
        return result_page.ended(model_admin, request, batch)
    if batch.state in (BatchState.UPLOADED, BatchState.MAPPED):
        if not batch.layout:
            return choose_sheet(model_admin, request, batch)
        return columns_page.show(model_admin, request, batch)
    if batch.state == BatchState.PREVIEWED:
        return preview_page.show(model_admin, request, batch)
    return result_page.show(model_admin, request, batch)


def choose_sheet(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    context = {"sheets": batch.preview.get("sheets", []), "why": str(drafts.why_choose(batch))}
    return access.page(model_admin, request, batch, "sheet", "upload", context)


def sheet(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _act(model_admin, request, object_id, _choose)


def _choose(batch: ImportBatch, request: HttpRequest) -> None:
    name = request.POST.get("sheet", "")
    if not name:
        raise Refused("sheet.none_chosen", _("Choose a sheet first."))
    drafts.choose_sheet(batch, name)


def busy(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """What is being done, with a script that asks on; without scripts the page reloads itself."""
    step = "preview" if batch.state == BatchState.PREVIEWING else "run"
    context = {
        "now": standing(batch),
        "may_cancel": batch.state in (BatchState.QUEUED, BatchState.RUNNING) and not batch.cancel_asked,
    }
    return access.page(model_admin, request, batch, "busy", step, context)


def progress(model_admin: Any, request: HttpRequest, object_id: str) -> JsonResponse:
    batch = access.find(model_admin, request, object_id)
    return JsonResponse(standing(batch))


def standing(batch: ImportBatch) -> dict[str, Any]:
    """What the page shows while something runs; `busy` false means that it should load anew."""
    told = dict(drafts.progress(batch))
    done, total = told.get("done") or 0, told.get("total") or 0
    seconds = told.get("seconds_left")
    told["percent"] = min(100 * done // total, 100) if total else None
    told["busy"] = batch.state in BUSY
    told["worker_missing"] = told["busy"] and imports.worker_missing()
    told["figures"] = (
        _("%(done)s of %(total)s rows") % {"done": f"{done:,}", "total": f"{total:,}"} if total else ""
    )
    told["left"] = "" if seconds is None else time_left(seconds)
    return told


def time_left(seconds: float) -> str:
    if seconds < 60:
        return _("about %(n)d seconds left") % {"n": max(round(seconds), 1)}
    return _("about %(n)d minutes left") % {"n": round(seconds / 60)}


def cancel(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _act(model_admin, request, object_id, lambda batch, req: drafts.cancel(batch, by=req.user))


def resume(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _act(model_admin, request, object_id, lambda batch, req: drafts.resume(batch, by=req.user))


def kind(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The upload is another kind of sheet."""
    chosen = request.POST.get("kind", "")
    return _act(model_admin, request, object_id, lambda batch, req: drafts.look_again(batch, chosen, by=req.user))


def discard(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """An upload that nobody wants any more. GET asks; POST: its file goes, the list says that it was there."""
    batch = access.find(model_admin, request, object_id)
    if request.method != "POST":
        context = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "original": batch,
            "title": _("Discard “%(file)s”?") % {"file": batch.file_name},
            "lines": [
                _("The uploaded file and what was chosen for its columns go. Nothing of it has been taken in, and you can upload it again.")
            ],
            "button": _("Discard this upload"),
            "danger": True,
            "back": access.url(batch),
        }
        return TemplateResponse(request, "admin/confirm.html", context)
    try:
        drafts.discard(batch, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(access.DETAIL, batch.pk)
    messages.success(
        request, _("“%(file)s” was discarded; nothing of it was taken in.") % {"file": batch.file_name}
    )
    return redirect(access.LIST)


def _act(
    model_admin: Any, request: HttpRequest, object_id: str, act: Callable[[ImportBatch, HttpRequest], None]
) -> HttpResponse:
    batch = access.find(model_admin, request, object_id)
    try:
        act(batch, request)
    except Refused as no:
        messages.error(request, str(no))
    return redirect(access.DETAIL, batch.pk)
