"""Admin bases: every admin of the house derives from one. unfold is imported here and in */admin only."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Field, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import DeletedObject
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold.admin import ModelAdmin, checkbox
from unfold.views import ChangeList

from scrm.kit import audit
from scrm.kit.paginator import CappedPaginator

# What people write for Django's "p".
PAGE = "page"


class HouseList(ChangeList):
    """A page that is not there is the last there is: an old link, or a number typed in, is no error."""

    def get_filters_params(self, params: Any = None) -> Any:
        kept = super().get_filters_params(params)
        kept.pop(PAGE, None)
        return kept

    def get_results(self, request: HttpRequest) -> None:
        if PAGE_VAR not in request.GET and request.GET.get(PAGE, "").isdecimal():
            self.page_num = int(request.GET[PAGE])
        try:
            super().get_results(request)
        except IncorrectLookupParameters:
            rows = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
            self.page_num = rows.num_pages if self.page_num > 1 else 1
            super().get_results(request)


# Stands for the row in a tick box that is rendered once.
TICKED = "the-row"


@cache
def _tick_box() -> str:
    return str(checkbox.render(ACTION_CHECKBOX_NAME, TICKED))


class HouseAdmin(ModelAdmin):
    """Nothing is deleted here: things are archived or switched off. Related objects have no edit buttons,
    because Django's Chinese for the bin beside a foreign key reads "deselect"."""

    list_per_page = 50
    # "Show all" would load a whole table into one page.
    list_max_show_all = 0
    warn_unsaved_form = True
    # Django's own log tells edits in half a sentence; HistoryAdmin tells them field by field.
    keeps_history = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[HouseList]:
        return HouseList

    @admin.display(description=ModelAdmin.action_checkbox.short_description)  # type: ignore[attr-defined]
    def action_checkbox(self, obj: Model) -> SafeString:
        """unfold's box. Its template is rendered once a process, not once a row: at fifty rows that was a sixth of a list."""
        return SafeString(_tick_box().replace(TICKED, escape(str(obj.pk))))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A list is called by its name ("Select customer to change" is Django's). An act for which nobody is ticked is
        told so: Django takes one that was confirmed for a look at the list."""
        if request.method == "POST" and "action" in request.POST and not request.POST.getlist(ACTION_CHECKBOX_NAME):
            messages.warning(request, _("Tick the rows in the list first. Nothing was changed."))
            return redirect(request.get_full_path())
        if ERROR_FLAG in request.GET:
            messages.warning(request, _("A filter in this address does not exist (any more); all rows are shown."))
        response: HttpResponse = super().changelist_view(request, self._named(request) | (extra_context or {}))
        return response

    def _named(self, request: HttpRequest) -> dict[str, Any]:
        return {} if IS_POPUP_VAR in request.GET else {"title": str(capfirst(self.opts.verbose_name_plural))}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        shown = {"show_history": self.keeps_history} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, shown)

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: admin.ActionLocation = admin.ActionLocation.CHANGE_LIST,
    ) -> list[tuple[str, str]]:
        """Django's own: unfold's does not know Django 6.1's `action_location`."""
        blank = [("", _("Select action"))]
        choices: list[tuple[str, str]] = admin.ModelAdmin.get_action_choices(
            self, request, blank, action_location
        )
        return choices

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if isinstance(widget, forms.Widget) and hasattr(widget, name):
                setattr(widget, name, False)
        return field

    def object_or_404(self, request: HttpRequest, object_id: Any) -> Any:
        """The row of a custom URL, through `get_queryset(request)`: outside the viewer's scope it is a 404,
        without the right to view a 403. `admin_view` alone only proves that somebody is logged in."""
        obj = self.get_object(request, str(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj


class BigTableAdmin(HouseAdmin):
    """For tables of millions: capped count, no facets, no full count; foreign keys by autocomplete."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class RecordedAdmin(HouseAdmin):
    """For settings, which have no history and no service of their own: who made or changed one, and which fields of it,
    stands in the audit log. Saved without a change it leaves no line."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if change and not form.changed_data:
            return
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change:
                audit.record("setting.changed", by=request.user, on=obj, fields=form.changed_data)
            else:
                audit.record("setting.created", by=request.user, on=obj)


class ReadableChange(HistoricalRecordContextHelper):
    """A change in the words of the form: the label of a choice, yes or no, a dash for nothing."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        if isinstance(value, DeletedObject):  # simple-history's word for a blank foreign key, too
            return "–" if value.pk is None else str(value.pk)
        if value is None or value == "":
            choices = dict(getattr(field, "flatchoices", ()))
            return choices.get("", "–") if value == "" else "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if getattr(field, "flatchoices", None):
            return dict(field.flatchoices).get(value, value)
        if isinstance(value, date):
            return formats.localize(timezone.localtime(value) if isinstance(value, datetime) else value)
        return super().prepare_delta_change_value(change, value)


class HistoryAdmin(SimpleHistoryAdmin, HouseAdmin):
    """Who changed what, under the row scope. First in the bases: `class X(HistoryAdmin, BigTableAdmin)`.

    simple-history's own view shows the history of any row, also of one outside `get_queryset`, and its page
    of one version accepts a POST even where reverting is off; here the first is a 404, the second is gone.
    """

    keeps_history = True
    history_list_per_page = 50

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> Any:
        return ReadableChange(self.model, historical_record)

    def history_view_title(self, request: HttpRequest, obj: Model) -> str:
        return _("History: %(object)s") % {"object": obj}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self.object_or_404(request, object_id)
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        raise Http404


class ReadOnlyAdmin(HouseAdmin):
    """Shown, never written by hand."""

    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
