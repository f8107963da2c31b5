"""Leads and recommendations: who joined a campaign, and who brought whom."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin.facts import filters
from campaigns.admin.facts.listing import FactAdmin, person_cell
from campaigns.models import Participation, Referral
from campaigns.queries import facts
from customers.queries import disclosure
from scrm.staff.models import Employee


@admin.register(Participation)
class ParticipationAdmin(FactAdmin):
    list_display = ("when", "person", "shown_campaign", "promoter", "shown_channel", "shown_new", "shown_arrived", "shown_wish")
    list_filter = (
        filters.CampaignFilter, filters.EmployeeFilter, filters.ChannelFilter, filters.OnDays, filters.NewFilter,
        filters.ArrivedFilter, filters.SeenLinksFilter,
    )  # fmt: skip
    list_select_related = ("campaign", "link__employee", "link__channel")
    ordering = ("-at", "-id")

    def narrowed(self, rows: Any, asked: facts.Asked, words: dict[str, str], promoters_of: Any) -> Any:
        found = facts.leads(rows, asked, new=words["new"] == "1", arrived=words["arrived"] == "1")
        return found if promoters_of is None else facts.of_seen_links(found, promoters_of)

    def people_of(self, rows: list[Any]) -> set[int]:
        return {row.customer_id for row in rows}

    def mark(self, rows: list[Any], viewer: Any, asked: facts.Asked) -> None:
        full = disclosure.sees_full_phones(viewer)
        for row in rows:
            row.wish = disclosure.text_for(full, row.wished)

    @display(description=_("when"))
    def when(self, row: Any) -> str:
        return date_format(localtime(row.at), "Y-m-d H:i")

    @display(description=_("customer"))
    def person(self, row: Any) -> SafeString | str:
        return person_cell(row, row.customer_id)

    @display(description=_("campaign"))
    def shown_campaign(self, row: Any) -> str:
        return row.campaign.name

    @display(description=_("whose link"))
    def promoter(self, row: Any) -> str:
        return row.link.employee.name if row.link and row.link.employee else ""

    @display(description=_("channel of origin"))
    def shown_channel(self, row: Any) -> str:
        return str(row.link.channel) if row.link and row.link.channel else ""

    @display(description=_("new customer"))
    def shown_new(self, row: Any) -> SafeString | str:
        return format_html('<span class="scrm-tag">{}</span>', gettext("new customer")) if row.is_new else ""

    @display(description=_("came to the shop on"), ordering="arrived_on")
    def shown_arrived(self, row: Any) -> str:
        """As the day she joined is written, and the one she wished for."""
        return date_format(row.arrived_on, "Y-m-d") if row.arrived_on else ""

    @display(description=_("wished time"))
    def shown_wish(self, row: Any) -> str:
        return row.wish


@admin.register(Referral)
class ReferralAdmin(FactAdmin):
    list_display = ("when", "who_brought", "who_came", "shown_campaign", "whose", "depth")
    list_filter = (
        filters.CampaignFilter, filters.EmployeeFilter, filters.ChannelFilter, filters.OnDays, filters.SeenLinksFilter,
    )  # fmt: skip
    list_select_related = ("campaign",)
    ordering = ("-at", "-id")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).annotate(whose_pk=facts.counts_for())

    def narrowed(self, rows: Any, asked: facts.Asked, words: dict[str, str], promoters_of: Any) -> Any:
        found = facts.recommendations(rows, asked)
        return found if promoters_of is None else facts.of_seen_links(found, promoters_of)

    def people_of(self, rows: list[Any]) -> set[int]:
        return {pk for row in rows for pk in (row.inviter_id, row.invitee_id)}

    def mark(self, rows: list[Any], viewer: Any, asked: facts.Asked) -> None:
        names = dict(Employee.objects.filter(pk__in={row.whose_pk for row in rows}).order_by().values_list("pk", "name"))
        for row in rows:
            row.whose_name = names.get(row.whose_pk, "")

    @display(description=_("when"))
    def when(self, row: Any) -> str:
        return date_format(localtime(row.at), "Y-m-d H:i")

    @display(description=_("who brought"))
    def who_brought(self, row: Any) -> SafeString | str:
        return person_cell(row, row.inviter_id)

    @display(description=_("who came"))
    def who_came(self, row: Any) -> SafeString | str:
        return person_cell(row, row.invitee_id)

    @display(description=_("campaign"))
    def shown_campaign(self, row: Any) -> str:
        return row.campaign.name

    @plain(description=_("counts for"))
    def whose(self, row: Any) -> str:
        return row.whose_name
