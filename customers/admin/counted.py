"""A column of counts that lead to the people counted: same number, same scope, one query a page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scrm.kit.admin import HouseList


class CountedList(HouseList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = self.model_admin.count_people([row.pk for row in self.result_list], request.user)
        for row in self.result_list:
            row.people_count = counts.get(row.pk, 0)


class CountedAdmin:
    """Mixin of a ModelAdmin. `people_filter` is the parameter of the customer list that shows the same people."""

    people_filter = ""
    count_people: Callable[[list[int], Any], dict[int, int]]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedList]:
        return CountedList

    @display(description=_("customers"))
    def people(self, row: Any) -> SafeString:
        url = reverse("admin:customers_customer_changelist", query={self.people_filter: row.pk})
        return format_html('<a class="scrm-link" href="{}">{}</a>', url, row.people_count)
