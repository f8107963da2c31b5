"""推广费用: what was spent, by day and channel; for whoever sees money."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin import early, returns_page
from campaigns.admin.cost_form import CostForm
from campaigns.admin.facts.filters import FIRST, LAST, CampaignFilter, ChannelFilter
from campaigns.choices import CostKind
from campaigns.models import CampaignCost
from campaigns.resources.costs import CostResource
from campaigns.services import costing
from customers.admin.filters import Plain
from customers.admin.orders.filters import DaysFilter
from customers.admin.small_sheets import SheetsAdmin
from scrm.kit import money
from scrm.kit.admin import PAGE, HistoryAdmin, HouseAdmin


class OfCampaign(CampaignFilter):
    related = (CampaignCost, "campaign")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(campaign=self.number() or None) if self.value() else queryset


class OfChannel(ChannelFilter):
    related = (CampaignCost, "channel")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(channel=self.number()) if self.value() else queryset


class KindFilter(Plain):
    title, parameter_name = _("purpose"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(CostKind.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() in CostKind.values else queryset


class OnDays(DaysFilter):
    title, names = _("day"), (FIRST, LAST)

    def within(self, queryset: Any, first: Any, last: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = queryset.filter(day__range=(first, last))
        return rows


@admin.register(CampaignCost)
class CampaignCostAdmin(SheetsAdmin, HistoryAdmin, HouseAdmin):
    sheet = CostResource
    form = CostForm
    fields = ("day", "channel", "campaign", "kind", "amount_fen", "note")
    list_display = ("shown_day", "shown_channel", "shown_campaign", "kind", "amount", "note")
    list_filter = (OnDays, OfChannel, OfCampaign, KindFilter)
    list_filter_submit = True
    list_select_related = ("channel", "campaign")
    list_before_template = "campaigns/costs/before.html"
    autocomplete_fields = ("channel", "campaign")
    ordering = ("-day", "-id")
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css", "customers/contacts.css", "campaigns/campaign.css"]}

    def get_urls(self) -> list[URLPattern]:
        def shown(request: HttpRequest) -> HttpResponse:
            return returns_page.page(self, request)

        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(shown)(*args, **kwargs), shown)
        return [path("returns/", wrapped, name="campaigns_returns"), *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE, FIRST, LAST}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {name: request.GET[name] for name in ("campaign", "channel") if request.GET.get(name, "").isdecimal()}

    def save_model(self, request: HttpRequest, obj: CampaignCost, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in self.fields}
        if change:
            costing.correct_cost(CampaignCost.objects.get(pk=obj.pk), by=request.user, **values)
        else:
            row, _new = costing.enter_cost(by=request.user, **values)
            obj.pk = row.pk

    def response_add(self, request: HttpRequest, obj: CampaignCost, post_url_continue: str | None = None) -> HttpResponse:
        early.say(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: CampaignCost) -> HttpResponse:
        early.say(request, obj)
        return super().response_change(request, obj)

    @display(description=_("Date"), ordering="day")
    def shown_day(self, cost: CampaignCost) -> str:
        return date_format(cost.day, "Y-m-d")

    @display(description=_("channel of origin"))
    def shown_channel(self, cost: CampaignCost) -> str:
        return str(cost.channel)

    @display(description=_("campaign"))
    def shown_campaign(self, cost: CampaignCost) -> str:
        return cost.campaign.name if cost.campaign else ""

    @plain(description=_("amount"), ordering="amount_fen")
    def amount(self, cost: CampaignCost) -> str:
        return money.show(cost.amount_fen)
