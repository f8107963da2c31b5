"""Saved mappings: which header was which field, under a name. They have no history, so they may go."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from customers.admin.imports import access
from customers.models import ImportMapping
from customers.services.importing import targets
from scrm.kit import audit
from scrm.kit.admin import HouseList, RecordedAdmin

MAPPINGS = "admin:customers_importmapping_changelist"


class MappingList(HouseList):
    """Looks the names of the fields up once, not once a row."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        labels = labels_of_fields()
        for mapping in self.result_list:
            mapping.labels = labels


def labels_of_fields() -> dict[str, str]:
    return {target: label for _group, fields in targets.field_choices() for target, label in fields}


@admin.register(ImportMapping)
class ImportMappingAdmin(RecordedAdmin):
    list_display = ("name", "used", "changed")
    fields = ("name", "used")
    readonly_fields = ("used",)
    search_fields = ("name",)
    actions = None
    actions_detail = ["ask_forget"]
    empty_says = _(
        "Which column was which is kept by itself when an import is started; the next sheet with the same header needs no "
        "checking. Import your first sheet."
    )
    empty_door = (access.LIST, _("To the data import"))

    class Media:
        css = {"all": ["customers/imports.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(access.RUN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(access.RUN)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(access.RUN)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[MappingList]:
        return MappingList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.forget_view)
        return [
            path("<str:object_id>/forget/", view, name="customers_importmapping_forget"),
            *super().get_urls(),
        ]

    @display(description=_("columns"))
    def used(self, mapping: ImportMapping) -> SafeString:
        labels = getattr(mapping, "labels", None) or labels_of_fields()
        pairs = [(header, labels.get(target, target)) for header, target in mapping.columns.items() if target]
        return format_html_join("", '<span class="imp-pair">{} → {}</span> ', pairs)

    @display(description=_("last changed"), ordering="updated_at")
    def changed(self, mapping: ImportMapping) -> datetime:
        return mapping.updated_at

    @action(description=_("Forget this mapping"), url_path="ask-forget", variant=ActionVariant.DANGER)
    def ask_forget(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:customers_importmapping_forget", object_id)

    def forget_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Imports that used it keep their own copy; only the next sheet with this header is guessed anew."""
        access.require(request)
        mapping = self.object_or_404(request, object_id)
        if request.method == "POST":
            audit.record("import.mapping_forgotten", by=request.user, on=mapping)
            mapping.delete()
            messages.success(request, gettext("“%(name)s” is forgotten.") % {"name": mapping.name})
            return redirect(MAPPINGS)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": mapping,
            "title": gettext("Forget “%(name)s”?") % {"name": mapping.name},
            "lines": [
                gettext(
                    "Imports made with it stay as they are. A sheet with this header is recognised by its words again."
                )
            ],
            "button": gettext("Forget"),
            "danger": True,
            "back": reverse("admin:customers_importmapping_change", args=[mapping.pk]),
        }
        return TemplateResponse(request, "admin/confirm.html", context)
