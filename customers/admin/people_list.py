"""The customer list: what one viewer may read of each row, in a constant number of queries."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from customers.models import CustomerTag
from customers.queries import disclosure
from scrm.kit.admin import HouseList

TAGS_SHOWN = 4


class PeopleList(HouseList):
    """Marks every row with what this viewer may read: columns know the row, never the request
    (unfold keeps a request on the ModelAdmin, which threads share)."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        links = CustomerTag.objects.select_related("tag").order_by("tag__group__position", "tag__name")
        return super().get_queryset(request, *args, **kwargs).prefetch_related(
            Prefetch("tag_links", queryset=links, to_attr="shown_tags")
        )

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        full = disclosure.sees_full_phones(request.user)
        self.masked = not full
        self.may_add = self.model_admin.has_add_permission(request)
        self.import_url = import_url(request.user)
        # The panel of filters is folded on most screens: why nobody is found has to stand in the list too.
        self.mistakes = [said for spec in self.filter_specs for said in getattr(spec, "mistakes", [])]
        for customer in self.result_list:
            customer.shown_name = disclosure.text_for(full, customer.name)
            # Masked for everyone: each look at a full number is a tap on the page that leaves a line in the log.
            customer.shown_phone = customer.masked_phone
            # Names of channels and tags come from sheets too ("老客介绍 138…").
            customer.shown_source = disclosure.text_for(full, customer.source.name) if customer.source else ""
            customer.tag_names = [disclosure.text_for(full, link.tag.name) for link in customer.shown_tags]


def import_url(employee: Any) -> str:
    """Where a sheet is brought in; "" for who may not."""
    if not employee.has_perm("customers.run_import"):
        return ""
    try:
        return reverse("admin:customers_importbatch_add")
    except NoReverseMatch:
        return ""


class PeopleColumns:
    """Mixin of the ModelAdmin: the columns, each from what PeopleList put on the row. None of them sorts: no
    index serves that at a million people, and an order by phone would tell what the mask hides."""

    @display(description=pgettext_lazy("person", "name"))
    def shown_name(self, customer: Any) -> str:
        return customer.shown_name or str(_("(no name)"))

    @display(description=_("store"))
    def shown_store(self, customer: Any) -> str:
        return customer.store.name if customer.store else ""

    @display(description=_("member since"))
    def since(self, customer: Any) -> str:
        return date_format(customer.known_since) if customer.known_since else ""

    @display(description=_("phone"))
    def shown_phone(self, customer: Any) -> str:
        return customer.shown_phone

    @display(description=_("tags"))
    def tags(self, customer: Any) -> SafeString | str:
        names = customer.tag_names
        shown = [(name,) for name in names[:TAGS_SHOWN]]
        if len(names) > TAGS_SHOWN:
            shown.append((f"+{len(names) - TAGS_SHOWN}",))
        return format_html_join("", '<span class="scrm-tag">{}</span>', shown)

    @display(description=_("owner"))
    def shown_owner(self, customer: Any) -> str:
        return customer.owner.name if customer.owner else ""

    @display(description=_("channel of origin"))
    def shown_source(self, customer: Any) -> str:
        return customer.shown_source
