"""来源渠道: where people come from."""

from typing import Any

from django.contrib import admin

from customers.admin.counted import CountedAdmin
from customers.admin.masked import MaskedName
from customers.admin.small_sheets import SheetsAdmin
from customers.models import Channel
from customers.queries import channels
from customers.resources.channels import ChannelResource
from scrm.kit.admin import RecordedAdmin


@admin.register(Channel)
class ChannelAdmin(SheetsAdmin, MaskedName, CountedAdmin, RecordedAdmin):
    sheet = ChannelResource
    list_display = ("named", "domain", "online", "parent", "people", "is_active")
    list_select_related = ("parent",)
    list_filter = ("domain", "is_active")
    search_fields = ("name",)
    fields = ("name", "domain", "online", "parent", "is_active")
    autocomplete_fields = ("parent",)
    people_filter = "channel"

    class Media:
        css = {"all": ["customers/people.css"]}

    def count_people(self, pks: list[int], viewer: Any) -> dict[int, int]:
        return channels.people_of(pks, viewer)
