"""The list of imports with the upload on top; every other page of an import hangs below it."""

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display

from customers.admin.imports import (
    access,
    columns_page,
    preview_page,
    result_page,
    rows_page,
    undo_page,
    views,
)
from customers.choices import BatchState, ImportKind
from customers.models import ImportBatch
from customers.queries import import_kinds
from customers.services.exporting import running as exporting
from scrm.kit.admin import ReadOnlyAdmin


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("file", "rows_are", "uploaded", "by", "figures", "standing")
    list_display_links = ("file",)
    list_select_related = ("created_by",)
    list_before_template = "customers/imports/upload.html"
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("file_name",)
    actions = None
    empty_value_display = ""
    empty_says = _("Choose a sheet above. Every upload stands here afterwards, with its figures, and can be undone.")

    class Media:
        css = {"all": ["customers/imports.css"]}
        js = ["customers/imports.js"]

    # --- who ----------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(access.RUN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(access.RUN)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        rows = super().get_queryset(request).defer("layout", "mapping", "preview")
        if request.resolver_match is None or request.resolver_match.url_name != "autocomplete":
            return rows
        # A filter of a list: the imports that may have brought rows of it.
        kind = ImportKind.ORDERS if request.GET.get("model_name") == "order" else ImportKind.CUSTOMERS
        return rows.filter(kind=kind).exclude(started_at=None)

    # --- the list -----------------------------------------------------------------------------------------

    @display(description=_("file"))
    def file(self, batch: ImportBatch) -> str:
        return batch.file_name

    @display(description=_("contents"))
    def rows_are(self, batch: ImportBatch) -> str:
        return batch.get_kind_display()

    @display(description=_("uploaded at"))
    def uploaded(self, batch: ImportBatch) -> datetime:
        return batch.created_at

    @display(description=_("by"))
    def by(self, batch: ImportBatch) -> str:
        return batch.created_by.name if batch.created_by else ""

    @display(description=_("figures"))
    def figures(self, batch: ImportBatch) -> str:
        undone = import_kinds.taken_back(batch) if batch.state == BatchState.UNDONE else ""
        return undone or batch.refused or import_kinds.read(batch).sentence(batch.counters)

    @display(
        description=_("state"),
        label={
            BatchState.DONE: "success",
            BatchState.RUNNING: "info",
            BatchState.QUEUED: "info",
            BatchState.PREVIEWING: "info",
            BatchState.UNDOING: "info",
            BatchState.FAILED: "danger",
            BatchState.REFUSED: "danger",
            BatchState.PREVIEWED: "warning",
            BatchState.MAPPED: "warning",
            BatchState.UPLOADED: "warning",
            # unfold shows the bare value of a state that is not named here.
            BatchState.CANCELLED: "default",
            BatchState.UNDONE: "default",
        },
    )
    def standing(self, batch: ImportBatch) -> tuple[str, str]:
        return batch.state, batch.get_state_display()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request,
            {
                **(extra_context or {}),
                "title": _("Data import"),
                "kinds": ImportKind.choices,
                "limit_mb": settings.UPLOAD_MAX_MB,
                "limit_rows": settings.IMPORT_MAX_ROWS,
                "keep_days": settings.KEEP_UPLOADS_DAYS,
                "may_export": exporting.may_export(request.user),
            },
        )

    # --- the steps ----------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        one = "<str:object_id>"
        return [
            self._url("upload/", views.upload, "upload", require_POST),
            self._url(f"{one}/sheet/", views.sheet, "sheet", require_POST),
            self._url(f"{one}/columns/", columns_page.columns, "columns"),
            self._url(f"{one}/rule/", preview_page.rule, "rule", require_POST),
            self._url(f"{one}/kind/", views.kind, "kind", require_POST),
            self._url(f"{one}/discard/", views.discard, "discard"),
            self._url(f"{one}/start/", preview_page.start, "start", require_POST),
            self._url(f"{one}/progress/", views.progress, "progress", require_safe),
            self._url(f"{one}/cancel/", views.cancel, "cancel", require_POST),
            self._url(f"{one}/resume/", views.resume, "resume", require_POST),
            self._url(f"{one}/rows/", rows_page.rows, "rows", require_safe),
            self._url(f"{one}/match/", result_page.match, "match", require_POST),
            self._url(f"{one}/name/", result_page.name, "name", require_POST),
            self._url(f"{one}/undo/", undo_page.undo, "undo"),
            *super().get_urls(),
        ]

    def _url(self, route: str, view: Any, name: str, only: Any = None) -> URLPattern:
        bound = partial(view, self)
        guarded = self.admin_site.admin_view(only(bound) if only else bound)
        return path(route, guarded, name=f"customers_importbatch_{name}")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """One address of an import shows whatever step it is at."""
        return views.detail(self, request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page itself tells who ran it and when."""
        return views.detail(self, request, object_id)
