"""Customers: the list, the page to read, the form."""

import re
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from customers.admin import (
    bulk_tags,
    consent_page,
    erasing_page,
    export_action,
    filters,
    person_form_view,
    person_page,
)
from customers.admin.contacts import writing
from customers.admin.own_filters import PREFIX, OwnFieldsFilter
from customers.admin.owners import bulk, one, wechat
from customers.admin.people_list import PeopleColumns, PeopleList
from customers.models import Customer
from customers.queries import colleagues, people, tags
from customers.services.exporting import running as exporting
from scrm.kit.admin import PAGE, BigTableAdmin

OWN = re.compile(PREFIX + r"[a-z][a-z0-9_]*")


@admin.register(Customer)
class CustomerAdmin(PeopleColumns, BigTableAdmin):
    list_display = ("shown_name", "shown_phone", "shown_store", "shown_owner", "shown_source", "since", "tags")
    list_select_related = ("store", "owner", "source")
    list_filter = (
        filters.ArchivedFilter,
        filters.StoreFilter,
        filters.OwnerFilter,
        filters.UnownedFilter,
        filters.NewFilter,
        filters.NewlyMineFilter,
        filters.HandedFilter,
        filters.QuietFilter,
        filters.RefusesFilter,
        filters.CityFilter,
        filters.ChannelFilter,
        filters.TagFilter,
        filters.BatchFilter,
        OwnFieldsFilter,
    )
    list_filter_submit = True
    ordering = ("-id",)
    # Only switches the search box and autocompletes on; people.matching does the work.
    search_fields = ("name_key",)
    search_help_text = _("Name, phone number or its last four digits, card number")
    empty_value_display = ""
    actions = ("add_tags", "remove_tags", "assign_owner", "release_owner", "export")
    change_form_template = "customers/people/form.html"

    class Media:
        css = {
            "all": [
                "customers/people.css",
                "customers/orders.css",
                "customers/contacts.css",
                "customers/owners.css",
                "customers/privacy.css",
            ]
        }
        js = ["customers/people.js", "customers/contacts.js"]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._url("known/", self.known_view, "known"),
            self._url("<path:object_id>/edit/", self.edit_view, "edit"),
            self._url("<path:object_id>/reveal/", require_POST(self.reveal_view), "reveal"),
            self._url("<path:object_id>/owner/", self.owner_view, "owner"),
            self._url("<path:object_id>/wechat/", self.wechat_view, "wechat"),
            self._url("<path:object_id>/wechat/<int:relation_id>/", self.wechat_change_view, "wechat_change"),
            self._url("<path:object_id>/consent/", self.consent_view, "consent"),
            self._url("<path:object_id>/erase/", self.erase_view, "erase"),
            self._url("<path:object_id>/archive/", require_POST(self.archive_view), "archive"),
            self._url("<path:object_id>/bring-back/", require_POST(self.bring_back_view), "bring_back"),
            self._url("<path:object_id>/follow-up/", self.follow_up_view, "follow_up"),
            self._url("<path:object_id>/book/", self.book_view, "book"),
            *super().get_urls(),
        ]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(view)(*args, **kwargs), view)
        return path(route, wrapped, name=f"customers_customer_{name}")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Every link to a person opens the page to read; the form is one tap further."""
        return person_page.read(self, request, object_id)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return person_form_view.new(self, request)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return person_form_view.edit(self, request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page itself tells it, masked as the viewer may read it."""
        person_page.find(self, request, object_id)
        return redirect(f"{reverse(person_page.PAGE, args=[object_id])}#history")

    def known_view(self, request: HttpRequest) -> HttpResponse:
        return person_form_view.known(self, request)

    def reveal_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return person_page.reveal(self, request, object_id)

    def owner_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return one.change(self, request, object_id)

    def wechat_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return wechat.add(self, request, object_id)

    def wechat_change_view(self, request: HttpRequest, object_id: str, relation_id: int) -> HttpResponse:
        return wechat.change(self, request, object_id, relation_id)

    def consent_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return consent_page.page(self, request, object_id)

    def erase_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return erasing_page.page(self, request, object_id)

    def archive_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return person_page.archive(self, request, object_id)

    def bring_back_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return person_page.bring_back(self, request, object_id)

    def follow_up_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return writing.follow_up(self, request, object_id)

    def book_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return writing.book(self, request, object_id)

    @admin.action(description=_("Add tags"), permissions=["tag"])
    def add_tags(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return bulk_tags.add(self, request, queryset)

    @admin.action(description=_("Remove tags"), permissions=["tag"])
    def remove_tags(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return bulk_tags.remove(self, request, queryset)

    @admin.action(description=_("Assign to a colleague"), permissions=["assign"])
    def assign_owner(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return bulk.ask_then_do(self, request, queryset, bulk.ASSIGN)

    @admin.action(description=_("Give back to the pool"), permissions=["assign"])
    def release_owner(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return bulk.ask_then_do(self, request, queryset, bulk.RELEASE)

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return colleagues.may_assign(request.user)

    @admin.action(description=_("Export"), permissions=["export"])
    def export(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return export_action.ask(self, request, queryset, "customers")

    def has_export_permission(self, request: HttpRequest) -> bool:
        return exporting.may_export(request.user)

    def has_tag_permission(self, request: HttpRequest) -> bool:
        return tags.may_tag(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PeopleList]:
        return PeopleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return Customer.objects.visible_to(request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        return people.matching(queryset, request.user, search_term), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Nothing but the filters: ?phone__startswith=1380 would spell masked numbers out. An own field that is not
        offered to the viewer is then no column either, and refused."""
        if lookup == PAGE or OWN.fullmatch(lookup):
            return True
        return lookup in {shown.parameter_name for shown in self.list_filter}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """A foreign person and one that never was look alike."""
        raise Http404
