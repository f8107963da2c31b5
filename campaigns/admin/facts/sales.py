"""Orders of campaigns, each once, and their shares, each with the link that earned it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin.facts import earned, filters
from campaigns.admin.facts.listing import FactAdmin, person_cell
from campaigns.choices import Model
from campaigns.models import Conversion, Credit
from campaigns.queries import facts
from customers.models import Order
from customers.queries import disclosure
from scrm.kit import money
from scrm.staff.choices import Scope


def mark_orders(rows: list[Any], viewer: Any) -> None:
    """Which of their orders the viewer may open, and their numbers as she may read them."""
    opens: set[int] = set()
    if viewer.has_perm("customers.view_order"):
        found = Order.objects.filter(pk__in={row.order_id for row in rows})
        opens = set((found if viewer.row_scope == Scope.ALL else found.visible_to(viewer)).values_list("pk", flat=True))
    full = disclosure.sees_full_phones(viewer)
    for row in rows:
        row.number_shown = disclosure.text_for(full, row.order.number)
        row.order_opens = row.order_id in opens


def order_cell(row: Any) -> SafeString | str:
    if not row.order_opens:
        return row.number_shown
    url = reverse("admin:customers_order_change", args=[row.order_id])
    return format_html('<a class="scrm-link" href="{}">{}</a>', url, row.number_shown)


@admin.register(Conversion)
class ConversionAdmin(FactAdmin):
    list_display = ("when", "shown_order", "person", "shown_campaign", "whose", "which", "net")
    list_filter = (
        filters.CampaignFilter, filters.EmployeeFilter, filters.ChannelFilter, filters.ModelFilter, filters.OnDays,
        filters.NumberFilter, filters.SeenLinksFilter,
    )  # fmt: skip
    list_select_related = ("campaign", "order")
    ordering = ("-at", "-id")
    summed = "net_fen"

    def narrowed(self, rows: Any, asked: facts.Asked, words: dict[str, str], promoters_of: Any) -> Any:
        number = int(words["number"]) if words["number"] else None
        return facts.orders(rows, asked, number=number, viewer=promoters_of)

    def people_of(self, rows: list[Any]) -> set[int]:
        return {row.customer_id for row in rows}

    def mark(self, rows: list[Any], viewer: Any, asked: facts.Asked) -> None:
        mark_orders(rows, viewer)
        shares = Credit.objects.visible_to(viewer).filter(
            conversion__in=[row.pk for row in rows], model=asked.model or Model.LAST, share_fen__gt=0
        )
        names: dict[int, list[str]] = {}
        for conversion, name in shares.order_by("-share_fen", "pk").values_list("conversion", "employee__name"):
            names.setdefault(conversion, []).append(name or gettext("nobody's"))
        for row in rows:
            row.whose_names = "、".join(dict.fromkeys(names.get(row.pk, [])))

    @display(description=_("ordered at"))
    def when(self, row: Any) -> str:
        return date_format(localtime(row.at), "Y-m-d H:i")

    @display(description=_("order number"))
    def shown_order(self, row: Any) -> SafeString | str:
        return order_cell(row)

    @display(description=_("customer"))
    def person(self, row: Any) -> SafeString | str:
        return person_cell(row, row.customer_id)

    @display(description=_("campaign"))
    def shown_campaign(self, row: Any) -> str:
        return row.campaign.name

    @plain(description=_("whose link"))
    def whose(self, row: Any) -> str:
        return row.whose_names

    @plain(description=_("which order of hers"))
    def which(self, row: Any) -> str:
        return gettext("first order") if row.number == 1 else gettext("order no. %(number)d") % {"number": row.number}

    @plain(description=_("net amount"))
    def net(self, row: Any) -> str:
        return money.show(row.net_fen)


@admin.register(Credit)
class CreditAdmin(FactAdmin):
    list_display = ("shown_day", "shown_order", "person", "shown_campaign", "whose", "shown_channel", "shown_model", "share")
    list_filter = (
        filters.CampaignFilter, filters.EmployeeFilter, filters.ChannelFilter, filters.ModelFilter, filters.OnDays,
        filters.SeenLinksFilter,
    )  # fmt: skip
    list_select_related = ("campaign", "order", "employee", "channel", "conversion", "link")
    ordering = ("-day", "-id")
    summed = "share_fen"

    def narrowed(self, rows: Any, asked: facts.Asked, words: dict[str, str], promoters_of: Any) -> Any:
        found = facts.shares(rows, asked)
        return found if promoters_of is None else facts.of_seen_links(found, promoters_of, link="")

    def people_of(self, rows: list[Any]) -> set[int]:
        return {row.conversion.customer_id for row in rows}

    def mark(self, rows: list[Any], viewer: Any, asked: facts.Asked) -> None:
        mark_orders(rows, viewer)
        if viewer.has_perm(earned.VIEW):
            earned.mark(rows, viewer)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        paid = ("commission",) if request.user.has_perm(earned.VIEW) else ()  # type: ignore[union-attr]
        return (*self.list_display, *paid)

    @display(description=_("day"))
    def shown_day(self, row: Any) -> str:
        return date_format(row.day, "Y-m-d")

    @display(description=_("order number"))
    def shown_order(self, row: Any) -> SafeString | str:
        return order_cell(row)

    @display(description=_("customer"))
    def person(self, row: Any) -> SafeString | str:
        return person_cell(row, row.conversion.customer_id)

    @display(description=_("campaign"))
    def shown_campaign(self, row: Any) -> str:
        return row.campaign.name

    @plain(description=_("whose link"))
    def whose(self, row: Any) -> str:
        return row.employee.name if row.employee else gettext("nobody's")

    @plain(description=_("channel of origin"))
    def shown_channel(self, row: Any) -> str:
        return str(row.channel) if row.channel else ""

    @plain(description=_("credit by"))
    def shown_model(self, row: Any) -> str:
        return str(row.get_model_display())

    @plain(description=_("share"))
    def share(self, row: Any) -> str:
        return money.show(row.share_fen)

    @display(description=_("Commission"))
    def commission(self, row: Any) -> SafeString | str:
        return earned.cell(row)
