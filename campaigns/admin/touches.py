"""来访记录: every touch, the one that counts and the one that does not, with the reason. Stored once; nobody writes here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin.link_filters import CampaignFilter, ChannelFilter, EmployeeFilter
from campaigns.choices import NotCounted, TouchKind
from campaigns.models import Link, Touch
from campaigns.queries import browsers, touches
from customers.admin.filters import Chosen, Plain
from customers.admin.orders.filters import FROM, TO, DaysFilter
from customers.queries import disclosure
from scrm.kit.admin import PAGE, BigTableAdmin, HouseList, ReadOnlyAdmin
from scrm.staff.choices import Scope

REASONS = [(value, label) for value, label in NotCounted.choices if value]


class LinkFilter(Chosen):
    """Of one link; asked for by the figures beside it."""

    title, parameter_name, lookup = _("link"), "link", "reading__link"
    related, grows = (Touch, "link"), True

    def options(self, request: HttpRequest) -> QuerySet[Link]:
        return Link.objects.visible_to(request.user)


class OfCampaignFilter(CampaignFilter):
    lookup = "reading__campaign"


class OrNobody:
    """Mixin, first in the bases: 0 is none at all, as boards ask for it."""

    def queryset(self: Any, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "0":
            return queryset.filter(reading__isnull=False, **{f"{self.lookup}__isnull": True})
        return super().queryset(request, queryset)  # type: ignore[misc]


class OfEmployeeFilter(OrNobody, EmployeeFilter):
    lookup = "reading__link__employee"


class OfChannelFilter(OrNobody, ChannelFilter):
    lookup = "reading__link__channel"


class CountedFilter(Plain):
    title, parameter_name = _("does it count?"), "counted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("yes", _("counted")), ("unique", _("unique")), ("first", _("first of the campaign")),
            *((value, gettext("not counted: %(reason)s") % {"reason": label}) for value, label in REASONS),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return touches.counted(queryset, self.value() or "") if self.value() else queryset


class KindFilter(Plain):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(TouchKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class CameFilter(DaysFilter):
    """Came from … to …, days of the shop, both included."""

    title = _("when")

    def within(self, queryset: Any, first: Any, last: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = queryset.filter(reading__day__range=(first, last))
        return rows


class TouchList(HouseList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        full = disclosure.sees_full_phones(request.user)
        people = touches.people_of(rows, request.user)
        head_office = request.user.row_scope == Scope.ALL  # type: ignore[union-attr]
        for row in rows:
            row.tells_agent = head_office
            row.person = people.get(row.pk)
            row.person_name = disclosure.text_for(full, row.person.name) if row.person else ""
        self.result_list = rows


@admin.register(Touch)
class TouchAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("when", "shown_link", "shown_campaign", "promoter", "kind", "who", "counts", "browser")
    list_display_links = None
    list_filter = (
        LinkFilter, OfCampaignFilter, OfEmployeeFilter, OfChannelFilter, CountedFilter, KindFilter, CameFilter,
    )  # fmt: skip
    list_filter_submit = True
    list_select_related = ("link__campaign", "link__employee", "reading__visitor")
    ordering = ("-id",)
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/links.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TouchList]:
        return TouchList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Touch]:
        return touches.visible_to(request.user)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE, FROM, TO}

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list says all there is."""
        raise Http404

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    @display(description=_("when"))
    def when(self, row: Touch) -> str:
        return localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")

    @display(description=_("link"))
    def shown_link(self, row: Touch) -> SafeString:
        url = reverse("admin:campaigns_link_change", args=[row.link_id])
        return format_html('<a class="scrm-link" href="{}">{}</a>', url, row.link.code)

    @display(description=_("campaign"))
    def shown_campaign(self, row: Touch) -> str:
        return row.link.campaign.name

    @display(description=_("who promotes"))
    def promoter(self, row: Touch) -> str:
        if row.link.customer_id:
            return gettext("a customer who recommends")
        return str(row.link.employee or gettext("nobody"))

    @display(description=_("visitor"))
    def who(self, row: Any) -> str | SafeString:
        if row.person is not None:
            url = reverse("admin:customers_customer_change", args=[row.person.pk])
            return format_html('<a class="scrm-link" href="{}">{}</a>', url, row.person_name or gettext("(no name)"))
        return f"#{row.reading.visitor_id}" if hasattr(row, "reading") else ""

    @display(description=_("does it count?"))
    def counts(self, row: Any) -> str:
        if not hasattr(row, "reading"):
            return gettext("not read yet")
        if row.reading.not_counted:
            return gettext("not counted: %(reason)s") % {"reason": row.reading.get_not_counted_display()}
        if row.reading.first:
            return gettext("unique, first of the campaign")
        return gettext("unique") if row.reading.unique else gettext("again within the hour")

    @display(description=_("browser"))
    def browser(self, row: Any) -> str | SafeString:
        """In a word; the whole line only for head office, who looks into what does not count."""
        if not row.tells_agent:
            return browsers.short(row.agent)
        return format_html('<span class="touch-agent" title="{}">{}</span>', row.agent, browsers.short(row.agent))
