"""Customers: the list, the page to read, the form."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin import filters
from customers.admin.people_list import PeopleColumns, PeopleList
from customers.models import Customer
from customers.queries import people
from scrm.kit.admin import BigTableAdmin


@admin.register(Customer)
class CustomerAdmin(PeopleColumns, BigTableAdmin):
    list_display = ("shown_name", "shown_phone", "store", "shown_owner", "source", "tags", "known_since")
    list_select_related = ("store", "owner", "source")
    list_filter = (
        filters.StoreFilter,
        filters.OwnerFilter,
        filters.UnownedFilter,
        filters.ChannelFilter,
        filters.TagFilter,
        filters.BatchFilter,
    )
    list_filter_submit = True
    ordering = ("-id",)
    sortable_by = ("shown_name",)
    # Only switches the search box and autocompletes on; people.matching does the work.
    search_fields = ("name_key",)
    search_help_text = _("Name, phone number or its last four digits, card number")

    class Media:
        css = {"all": ["customers/people.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PeopleList]:
        return PeopleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return Customer.objects.visible_to(request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        return people.matching(queryset, request.user, search_term), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Nothing but the filters: ?phone__startswith=1380 would spell masked numbers out."""
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """A foreign person and one that never was look alike."""
        raise Http404
