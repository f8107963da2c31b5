"""The ledger itself, to be read: every figure of a statement opens a part of it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.commission.access import month_in
from campaigns.choices import EntryKind
from campaigns.models import Campaign, CommissionEntry
from campaigns.queries.commission import mine
from campaigns.queries.commission.months import months
from campaigns.queries.commission.notes import note_of
from campaigns.queries.commission.standing import HELD, PENDING, now, told
from customers.admin.filters import Chosen, Plain
from customers.models import Customer
from customers.queries import colleagues
from scrm.kit import money
from scrm.kit.admin import PAGE, BigTableAdmin, HouseList, ReadOnlyAdmin
from scrm.staff.models import Employee


class MonthFilter(Plain):
    title, parameter_name = _("month"), "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months().listed()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        month = month_in(self.value() or "")
        if month is None:
            raise IncorrectLookupParameters(self.parameter_name)
        return queryset.filter(month=month)


class KindFilter(Plain):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.value, kind.label) for kind in EntryKind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StandingFilter(Plain):
    title, parameter_name = _("stands"), "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("held", _("held")), ("pending", _("pending"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        if self.value() not in ("held", "pending"):
            raise IncorrectLookupParameters(self.parameter_name)
        return told(queryset, now()).filter(HELD if self.value() == "held" else PENDING)


class EmployeeFilter(Chosen):
    title, parameter_name, lookup = _("employee"), "employee", "employee"
    related = (CommissionEntry, "employee")

    def options(self, request: HttpRequest) -> QuerySet[Employee]:
        return colleagues.owners_of(request.user)


class CampaignFilter(Chosen):
    title, parameter_name, lookup = _("campaign"), "campaign", "campaign"
    related = (CommissionEntry, "campaign")

    def options(self, request: HttpRequest) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(request.user).order_by("-pk")


class PromoterFilter(Chosen):
    """A customer who recommends, with the records that were folded into her."""

    title, parameter_name, lookup = _("customer who recommends"), "promoter", "promoter"
    related = (CommissionEntry, "promoter")
    grows = True

    def options(self, request: HttpRequest) -> QuerySet[Customer]:
        return Customer.everyone.visible_to(request.user)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(promoter__in=mine.records_of(self.number())) if self.value() else queryset


class EntryList(HouseList):
    @cached_property
    def sum(self) -> str:
        """Of all rows that the filters leave, on whatever page."""
        return money.show(self.queryset.order_by().aggregate(sum=Sum("amount_fen"))["sum"] or 0)


@admin.register(CommissionEntry)
class CommissionEntryAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ("shown_day", "shown_who", "shown_kind", "shown_amount", "shown_order", "campaign", "shown_note")
    list_filter = (MonthFilter, KindFilter, StandingFilter, EmployeeFilter, PromoterFilter, CampaignFilter)
    list_before_template = "campaigns/commission/entries_before.html"
    list_filter_submit = True
    list_select_related = ("employee", "promoter", "order", "campaign")
    ordering = ("-id",)
    sortable_by = ()
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/commission.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EntryList]:
        return EntryList

    def get_queryset(self, request: HttpRequest) -> Any:
        return CommissionEntry.objects.visible_to(request.user)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == PAGE or lookup in {shown.parameter_name for shown in self.list_filter}

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        entry = self.object_or_404(request, object_id)
        return redirect(reverse("admin:campaigns_entry", args=[entry.pk]))

    @admin.display(description=_("day"))
    def shown_day(self, entry: CommissionEntry) -> str:
        return f"{entry.day:%Y-%m-%d}"

    @admin.display(description=_("who"))
    def shown_who(self, entry: CommissionEntry) -> str:
        return str(entry.employee or entry.promoter or "")

    @admin.display(description=_("kind"))
    def shown_kind(self, entry: CommissionEntry) -> str:
        return str(EntryKind(entry.kind).label)

    @admin.display(description=_("amount"))
    def shown_amount(self, entry: CommissionEntry) -> str:
        return format_html('<span class="pay-amount">{}</span>', money.show(entry.amount_fen))

    @admin.display(description=_("order"))
    def shown_order(self, entry: CommissionEntry) -> str:
        return str(entry.order or "")

    @admin.display(description=_("note"))
    def shown_note(self, entry: CommissionEntry) -> str:
        return note_of(entry.note)
