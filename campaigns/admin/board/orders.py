"""未归属（自然成交） in the list of orders: those that no campaign had a part in, as the board counts them."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import Conversion
from customers.admin.filters import Plain
from customers.admin.orders.filters import more_filters


class AttributedFilter(Plain):
    title, parameter_name = _("campaigns"), "attributed"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("1", _("a campaign had a part in it")), ("0", _("no campaign had a part in it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Orders that count."""
        if self.value() not in ("0", "1"):
            return queryset
        part = Exists(Conversion.objects.filter(order=OuterRef("pk")))
        return queryset.counting().filter(part if self.value() == "1" else ~part)  # type: ignore[attr-defined]


more_filters.register("attributed", AttributedFilter)
