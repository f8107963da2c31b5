"""Admin bases. Every admin of the house derives from one of these; unfold is imported here and in */admin only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from scrm.kit.paginator import CappedPaginator


class HouseAdmin(ModelAdmin):
    """Nothing is deleted here: things are archived or switched off. Related objects have no edit buttons,
    because Django's Chinese for the bin beside a foreign key reads "deselect"."""

    list_per_page = 50
    warn_unsaved_form = True

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_action_choices(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """unfold's override does not know Django 6.1's `action_location`."""
        kwargs.pop("action_location", None)
        return super().get_action_choices(request, *args, **kwargs)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if isinstance(widget, forms.Widget) and hasattr(widget, name):
                setattr(widget, name, False)
        return field


class BigTableAdmin(HouseAdmin):
    """For tables of millions: capped count, no facets, no full count; foreign keys by autocomplete."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class ReadOnlyAdmin(HouseAdmin):
    """Shown, never written by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
