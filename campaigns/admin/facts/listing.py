"""A list of facts: what is asked for in the address, and what one viewer may read of each person."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaigns.admin.facts.filters import FIRST, LAST
from campaigns.queries import facts, people
from scrm.kit import money
from scrm.kit.admin import PAGE, BigTableAdmin, HouseList, ReadOnlyAdmin


class FactList(HouseList):
    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What is no day is said, and nothing is shown: not everything."""
        rows = super().get_queryset(request, *args, **kwargs)
        specs = {spec.parameter_name: spec for spec in self.filter_specs}
        days = specs["days"]
        self.asked = facts.Asked(
            campaign=_number(specs.get("campaign")), employee=_number(specs.get("employee")),
            channel=_number(specs.get("channel")), model=_word(specs.get("model")), **_days(days),
        )  # fmt: skip
        if days.active and not days.form.is_valid():
            return rows.none()
        words = {name: _word(spec) for name, spec in specs.items()}
        promoters_of = request.user if words.get("links") == "seen" else None
        return self.model_admin.narrowed(rows, self.asked, words, promoters_of)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        self.mistakes = specs_mistakes(self)
        self.whole = self._whole()
        shown = people.shown(self.model_admin.people_of(rows), request.user)
        for row in rows:
            row.shown_people = shown
        self.model_admin.mark(rows, request.user, self.asked)
        self.result_list = rows

    def _whole(self) -> str:
        """The sum of what is listed; of one campaign at least, since nobody waits for that of a whole history."""
        if not self.model_admin.summed or self.asked.campaign is None:
            return ""
        return money.show(self.queryset.order_by().aggregate(n=Sum(self.model_admin.summed))["n"] or 0)


def specs_mistakes(changelist: Any) -> list[str]:
    return [said for spec in changelist.filter_specs for said in getattr(spec, "mistakes", [])]


def _number(spec: Any) -> int | None:
    return spec.number() if spec is not None and spec.value() else None


def _word(spec: Any) -> str:
    if spec is None or not hasattr(spec, "value") or not spec.value():
        return ""
    offered = {str(value) for value, _label in spec.lookup_choices}
    if hasattr(spec, "number"):
        return str(spec.value())
    if spec.value() not in offered:
        raise IncorrectLookupParameters(spec.parameter_name)
    return str(spec.value())


def _days(spec: Any) -> dict[str, Any]:
    if not spec.active or not spec.form.is_valid():
        return {}
    return {name: spec.form.cleaned_data[name] for name in (FIRST, LAST)}


class FactAdmin(ReadOnlyAdmin, BigTableAdmin):
    """Read, never written. Rows have no page of their own: the person and the order have."""

    list_display_links = None
    list_filter_submit = True
    list_before_template = "campaigns/facts/before.html"
    empty_value_display = ""
    # A column in fen whose sum stands above the list.
    summed = ""

    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css", "campaigns/campaign.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FactList]:
        return FactList

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]

    def narrowed(self, rows: Any, asked: facts.Asked, words: dict[str, str], promoters_of: Any) -> Any:
        """`promoters_of`: the viewer, where only links of her people are asked for."""
        raise NotImplementedError

    def people_of(self, rows: list[Any]) -> set[int]:
        """Ids of the customers whom the rows name."""
        raise NotImplementedError

    def mark(self, rows: list[Any], viewer: Any, asked: facts.Asked) -> None:
        """Whatever else the columns need, for all rows of the page at once."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Nothing but the filters: ?customer__phone__startswith=1380 would spell masked numbers out."""
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE, FIRST, LAST}

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


def person_cell(row: Any, pk: int | None) -> SafeString | str:
    """Her name and masked number; a link for whoever may open her page."""
    one = row.shown_people.get(pk)
    if one is None:
        return ""
    name = one.name or str(_("(no name)"))
    if not one.opens:
        return format_html('<span class="order-buyer">{} <span class="order-phone">{}</span></span>', name, one.phone)
    return format_html(
        '<span class="order-buyer"><a class="scrm-link" href="{}">{}</a> <span class="order-phone">{}</span></span>',
        reverse("admin:customers_customer_change", args=[one.pk]), name, one.phone,
    )  # fmt: skip
