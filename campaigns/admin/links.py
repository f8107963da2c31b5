"""推广链接: whose they are, what each brought, and a button that copies one. Made here for nobody or for a customer who
recommends; those of employees are made where a campaign is given to them."""

from typing import Any

import segno
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin import link_filters, link_form
from campaigns.models import Link
from campaigns.queries import link_figures
from campaigns.services import linking
from customers.queries import disclosure
from scrm.kit import clock
from scrm.kit.admin import PAGE, BigTableAdmin, HouseList
from scrm.staff import naming

TOUCHES = "admin:campaigns_touch_changelist"


class LinkList(HouseList):
    """Puts beside each link what it brought: one query a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        mark(list(self.result_list), request.user)


def mark(links: list[Any], viewer: Any) -> None:
    figures = link_figures.figures_of(link.pk for link in links)
    full = disclosure.sees_full_phones(viewer)
    opens = viewer.has_perm("campaigns.view_touch")
    names = naming.labels(link.employee for link in links)
    for link in links:
        link.brought = figures.get(link.pk, link_figures.Figures())
        link.opens = opens
        link.promoter = disclosure.text_for(full, str(link.customer)) if link.customer else names.get(link.employee_id, "")


@admin.register(Link)
class LinkAdmin(BigTableAdmin):
    form = link_form.LinkForm
    list_display = ("address", "shown_promoter", "shown_campaign", "where", "today", "ever", "made")
    list_display_links = None
    list_filter = (
        link_filters.CampaignFilter,
        link_filters.PromoterFilter,
        link_filters.EmployeeFilter,
        link_filters.ChannelFilter,
    )
    list_filter_submit = True
    list_select_related = ("campaign", "employee", "customer", "channel", "material")
    autocomplete_fields = ("channel", "customer")
    readonly_fields = ("address", "picture", "shown_promoter", "shown_campaign", "where", "today", "ever", "made")
    # Only switches the search box on.
    search_fields = ("code",)
    search_help_text = _("Code or address of a link, name of an employee or campaign")
    ordering = ("-id",)
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/links.css"]}
        js = ["customers/contacts.js"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LinkList]:
        return LinkList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Link]:
        return Link.objects.visible_to(request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            mark([found], request.user)
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj is not None else link_form.LinkForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj is not None else ()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Link], bool]:
        """A code is asked for exactly, as it stands: another writing is another link."""
        text = search_term.replace("\x00", "").strip()[:200]
        if not text:
            return queryset, False
        code = text.partition("?")[0].rstrip("/").rpartition("/")[2]
        named = Q(employee__name__icontains=text) | Q(campaign__name__icontains=text)
        return queryset.filter(Q(code=code) | named), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was printed stays what it is."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE}

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.was_there = link_form.twin(obj) is not None
        [link] = linking.make_links(
            campaign=obj.campaign, customers=[obj.customer] if obj.customer else (), channels=[obj.channel],
            nobody=obj.customer is None, by=request.user,
        )  # fmt: skip
        obj.pk, obj.code = link.pk, link.code

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """To the link: there it can be copied."""
        said = gettext("This link was there already.") if obj.was_there else gettext("The link is made.")
        messages.success(request, said)
        return redirect("admin:campaigns_link_change", obj.pk)

    @display(description=_("address"))
    def address(self, link: Any) -> SafeString:
        return format_html(
            '<span class="link-address"><a class="scrm-link" href="{}" data-words>{}</a> '
            '<button type="button" class="scrm-button" data-copy-words data-copied="{}" data-select="{}">{}</button></span>',
            reverse("admin:campaigns_link_change", args=[link.pk]), link.address,
            gettext("Copied"), gettext("Selected: press Ctrl+C"), gettext("Copy"),
        )  # fmt: skip

    @display(description=_("QR code"))
    def picture(self, link: Any) -> SafeString:
        """Of the address by which a scan is told from a tap."""
        drawn = segno.make(link.scan_address, error="m", micro=False).png_data_uri(scale=5)
        return format_html('<img class="link-picture" src="{}" alt="{}">', drawn, link.scan_address)

    @display(description=_("who promotes"))
    def shown_promoter(self, link: Any) -> str:
        if link.customer_id:
            return gettext("%(name)s (recommends)") % {"name": link.promoter}
        return link.promoter or gettext("nobody")

    @display(description=_("campaign"))
    def shown_campaign(self, link: Any) -> str:
        return link.campaign.name

    @display(description=_("channel of origin"))
    def where(self, link: Any) -> str:
        return " · ".join(str(part) for part in (link.channel, link.material) if part)

    @display(description=_("today: touches, unique"))
    def today(self, link: Any) -> SafeString:
        day = clock.today().isoformat()
        return _pair(link, link.brought.today, link.brought.unique_today, {"from": day, "to": day})

    @display(description=_("in all: touches, unique"))
    def ever(self, link: Any) -> SafeString:
        return _pair(link, link.brought.all, link.brought.unique, {})

    @display(description=_("made on"))
    def made(self, link: Any) -> str:
        return localtime(link.created_at).strftime("%Y-%m-%d")


def _pair(link: Any, touches: int, unique: int, days: dict[str, str]) -> SafeString:
    """Each figure opens as many touches."""
    return format_html("{} · {}", _figure(link, touches, "yes", days), _figure(link, unique, "unique", days))


def _figure(link: Any, figure: int, counted: str, days: dict[str, str]) -> SafeString:
    if not link.opens or not figure:
        return format_html("{}", f"{figure:,}")
    url = reverse(TOUCHES, query={"link": link.pk, "counted": counted, **days})
    return format_html('<a class="scrm-link" href="{}">{}</a>', url, f"{figure:,}")
