"""The list of exports: what was asked for, how far it is, and the file."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.choices import ExportState
from customers.models import Export
from customers.queries import imports
from customers.services.exporting import running
from customers.services.exporting.nouns import nouns
from scrm.kit.admin import ReadOnlyAdmin
from scrm.staff.choices import Role

BUSY = (ExportState.QUEUED, ExportState.RUNNING)
SECONDS = 3


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ("noun", "chosen", "row_count", "asked", "who", "standing", "file")
    list_display_links = None
    list_select_related = ("by",)
    list_before_template = "customers/exports/before.html"
    ordering = ("-id",)
    sortable_by = ()
    actions = None
    empty_value_display = ""
    empty_says = _(
        "Open the list of customers or orders, choose with its filters who or what you need, and ask for the file there. It "
        "can be downloaded here afterwards."
    )
    empty_door = ("admin:customers_customer_changelist", _("All customers"))

    class Media:
        css = {"all": ["customers/people.css", "customers/imports.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return running.may_export(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return running.may_export(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """The own ones; the owner sees what left the house."""
        rows = super().get_queryset(request)
        user: Any = request.user
        return rows if user.role == Role.OWNER else rows.filter(by=user)

    @display(description=_("contents"))
    def noun(self, export: Export) -> str:
        noun = nouns.get(export.what)
        return str(noun.label) if noun else export.what

    @display(description=_("selection"))
    def chosen(self, export: Export) -> str:
        return export.selection

    @display(description=_("rows"))
    def row_count(self, export: Export) -> str:
        if export.state in BUSY and export.done:
            return gettext("%(done)s of %(total)s") % {"done": f"{export.done:,}", "total": f"{export.rows:,}"}
        return f"{export.rows:,}"

    @display(description=_("asked for at"))
    def asked(self, export: Export) -> datetime:
        return export.at

    @display(description=_("by"))
    def who(self, export: Export) -> str:
        return export.by.name

    @display(
        description=_("state"),
        label={
            ExportState.DONE: "success", ExportState.RUNNING: "info", ExportState.QUEUED: "info",
            ExportState.FAILED: "danger", ExportState.GONE: "default",
        },
    )  # fmt: skip
    def standing(self, export: Export) -> tuple[str, str]:
        return export.state, export.get_state_display()

    @display(description=_("file"))
    def file(self, export: Export) -> str:
        if export.state != ExportState.DONE:
            return ""
        link = reverse("private_file", args=["export", export.pk])
        return format_html('<a class="imp-link" href="{}" data-download="{}">{}</a>', link, export.pk, gettext("Download"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        busy = self.has_view_permission(request) and self.get_queryset(request).filter(state__in=BUSY).exists()
        more = {
            "title": gettext("Data export"),
            "keep_days": settings.KEEP_UPLOADS_DAYS,
            "busy": busy,
            "worker_missing": busy and imports.worker_missing(),
        }
        response = super().changelist_view(request, {**(extra_context or {}), **more})
        if busy:
            response.headers["Refresh"] = str(SECONDS)
        return response

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list tells everything."""
        raise Http404

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
