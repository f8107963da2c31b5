"""Tags and their groups. Whose people a count shows is the viewer's scope."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from customers.admin.counted import CountedAdmin
from customers.admin.masked import MaskedName
from customers.admin.small_sheets import SheetsAdmin
from customers.models import Tag, TagGroup
from customers.queries import tags
from customers.resources.tags import TagResource
from scrm.kit.admin import RecordedAdmin


@admin.register(Tag)
class TagAdmin(SheetsAdmin, MaskedName, CountedAdmin, RecordedAdmin):
    sheet = TagResource
    list_display = ("named", "group", "people", "is_active")
    list_select_related = ("group",)
    list_filter = (("group", RelatedDropdownFilter), "is_active")
    list_filter_submit = True
    search_fields = ("name",)
    fields = ("group", "name", "is_active")
    autocomplete_fields = ("group",)
    people_filter = "tag"
    list_before_template = "customers/tags/before.html"
    change_form_outer_before_template = "customers/tags/groups.html"

    class Media:
        css = {"all": ["customers/people.css"]}

    def count_people(self, pks: list[int], viewer: Any) -> dict[int, int]:
        return tags.people_of(pks, viewer)


@admin.register(TagGroup)
class TagGroupAdmin(RecordedAdmin):
    list_display = ("name", "kind", "tag_count", "position")
    search_fields = ("name",)
    fields = ("name", "kind", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TagGroup]:
        return super().get_queryset(request).annotate(tag_count=Count("tags"))

    @display(description=_("tags"), ordering="tag_count")
    def tag_count(self, group: Any) -> int:
        return group.tag_count
