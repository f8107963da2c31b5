"""Filters of the customer list. Options stay inside the viewer's scope; long ones become autocompletes."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from customers.choices import CandidateState
from customers.models import Channel, Customer, CustomerTag, ImportBatch, Tag
from customers.queries import cities, colleagues, consents, disclosure, owners, today
from customers.services.people import ARCHIVE
from scrm.kit import clock
from scrm.staff import naming
from scrm.staff.choices import Scope
from scrm.staff.models import Department, Employee

SHORT, LONG = 200, 2000
QUIET = (30, 60, 90, 180, 365)


class Plain(DropdownFilter):
    """Labelled with its title alone: unfold's "By …" makes no Chinese. One that is asked for holds even where it
    has nothing to offer: a link that filters never shows everybody. Its template writes the drop-down as the form would
    (whose own rendering of a dozen of them was a fifth of a list)."""

    template = "customers/people/drop_down.html"

    def has_output(self) -> bool:
        return super().has_output() or bool(self.value())

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            field = choice["form"].fields[self.parameter_name]
            field.label = capfirst(self.title)
            yield choice | {
                "name": self.parameter_name,
                "label": field.label,
                "attrs": field.widget.attrs,
                "options": [(value, label, str(value) == (self.value() or "")) for value, label in field.choices],
            }


class LookedUp(AutocompleteSelect):
    """Says "all" while nothing is chosen, as the drop-downs beside it do."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": gettext("All")}


class LookedUpForm(AutocompleteDropdownForm):
    widget = LookedUp


class Chosen(Plain):
    """One object of a related model. Up to SHORT options are a drop-down, more of them an autocomplete where the
    viewer may look the model up, else a long drop-down. `grows`: never counted, an autocomplete at once."""

    lookup = ""
    related: Any = None
    grows = False

    def options(self, request: HttpRequest) -> QuerySet[Any]:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        self.request, self.model_admin = request, model_admin
        self.autocompletes = self.grows and self._autocompletes()
        if self.autocompletes:
            self.template = DropdownFilter.template
            return []
        rows = list(self.options(request)[: SHORT + 1])
        self.autocompletes = len(rows) > SHORT and self._autocompletes()
        if self.autocompletes:
            self.template = DropdownFilter.template
        if len(rows) > SHORT and not self.autocompletes:
            rows = list(self.options(request)[:LONG])
        return self.told(rows)

    def told(self, rows: list[Any]) -> list[tuple[str, str]]:
        return [(str(row.pk), self.label_of(row)) for row in rows]

    def has_output(self) -> bool:
        return super().has_output() or self.autocompletes

    def label_of(self, row: Model) -> str:
        return disclosure.text_for(disclosure.sees_full_phones(self.request.user), str(row))

    def chosen_label(self) -> str:
        """What is chosen, in words; blank where nothing is that the viewer may choose."""
        row = self.options(self.request).filter(pk=self.number()).first() if self.value() else None
        return self.label_of(row) if row is not None else ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.lookup: self.number()}) if self.value() else queryset

    def number(self) -> int:
        value = self.value() or ""
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            raise IncorrectLookupParameters(self.parameter_name)
        return int(value)

    @cached_property
    def field(self) -> Any:
        model, name = self.related
        return model._meta.get_field(name)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        if not self.autocompletes:
            yield from super().choices(changelist)
            return
        yield {
            "form": LookedUpForm(
                request=self.request,
                name=self.parameter_name or "",
                label=capfirst(self.title),
                choices=(),
                field=self.field,
                model_admin=self.model_admin,
                data={self.parameter_name: self.value()},
            )
        }

    def _autocompletes(self) -> bool:
        try:
            other = self.model_admin.admin_site.get_model_admin(self.field.remote_field.model)
        except NotRegistered:
            return False
        return bool(other.get_search_fields(self.request)) and other.has_view_permission(self.request)


class StoreFilter(Chosen):
    title, parameter_name, lookup = _("store"), "store", "store"
    related = (Customer, "store")

    def options(self, request: HttpRequest) -> QuerySet[Department]:
        return colleagues.stores_of(request.user)


class ColleagueFilter(Chosen):
    """Two of one name can be told apart."""

    def told(self, rows: list[Any]) -> list[tuple[str, str]]:
        full = disclosure.sees_full_phones(self.request.user)
        return [(str(pk), disclosure.text_for(full, label)) for pk, label in naming.labels(rows).items()]


class OwnerFilter(ColleagueFilter):
    title, parameter_name, lookup = _("owner"), "owner", "owner"
    related = (Customer, "owner")

    def options(self, request: HttpRequest) -> QuerySet[Employee]:
        if request.user.row_scope == Scope.SELF:  # type: ignore[union-attr]
            return Employee.objects.none()
        return colleagues.owners_of(request.user)


class ChannelFilter(Chosen):
    title, parameter_name, lookup = _("channel of origin"), "channel", "source"
    related, grows = (Customer, "source"), True

    def options(self, request: HttpRequest) -> QuerySet[Channel]:
        return Channel.objects.order_by("-is_active", "name")


class TagFilter(Chosen):
    title, parameter_name, lookup = _("tag"), "tag", "tag_links__tag"
    related, grows = (CustomerTag, "tag"), True

    def options(self, request: HttpRequest) -> QuerySet[Tag]:
        return Tag.objects.select_related("group").order_by("group__position", "group_id", "name")

    def label_of(self, row: Model) -> str:
        return f"{row.group} · {super().label_of(row)}"  # type: ignore[attr-defined]


class BatchFilter(Chosen):
    """Which import brought them."""

    title, parameter_name, lookup = _("came in with import"), "batch", "imported_in"
    related, grows = (Customer, "imported_in"), True

    def options(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        if request.user.row_scope != Scope.ALL:  # type: ignore[union-attr]
            return ImportBatch.objects.none()
        return ImportBatch.objects.exclude(started_at=None).order_by("-id")


class ArchivedFilter(Plain):
    """First in the list: archived people are outside every other query. Offered to who may bring them back."""

    title, parameter_name = _("archived"), "archived"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("1", _("Only archived"))] if request.user.has_perm(ARCHIVE) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "1" or not request.user.has_perm(ARCHIVE):
            return queryset
        gone = Customer.everyone.filter(merged_into=None, erased_at=None).exclude(archived_at=None)
        return gone.visible_to(request.user)


class UnownedFilter(Plain):
    title, parameter_name = _("without owner"), "unowned"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        if request.user.row_scope == Scope.SELF:  # type: ignore[union-attr]
            return []
        return [("1", _("Only without owner"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(owner=None) if self.value() == "1" else queryset


class OpenPairFilter(Plain):
    title, parameter_name = _("state"), "pairs"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in CandidateState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in CandidateState.values else queryset


class CityFilter(Plain):
    title, parameter_name = _("city"), "city"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(city, city) for city in cities.known()]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        value = (self.value() or "").replace("\x00", "")[:100]
        people: QuerySet[Any] = queryset.filter(city=value) if value else queryset
        return people


class QuietFilter(Plain):
    """Nobody spoke to them for long: whom to look after on a quiet day."""

    title, parameter_name = _("last contact"), "quiet"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(str(days), _("none for %(days)d days") % {"days": days}) for days in QUIET]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        value = self.value()
        return today.long_quiet(queryset, int(value)) if value in map(str, QUIET) else queryset


class RefusesFilter(Plain):
    """Whom nothing that sells is sent: what "want no marketing" on the home page leads to."""

    title, parameter_name = _("marketing"), "refuses"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("1", _("Wants none"))] if request.user.has_perm("customers.view_consent") else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return consents.refusing(queryset) if self.value() == "1" else queryset


class NewFilter(Plain):
    """New since the first of the month: what "new this month" on the home page leads to."""

    title, parameter_name = _("New customers"), "new"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("month", _("This month"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() != "month":
            return queryset
        people: QuerySet[Any] = queryset.new_since(clock.today().replace(day=1))
        return people


class NewlyMineFilter(Plain):
    """Whom others gave me within the last days: where a consultant begins who was given too many for single tasks."""

    title, parameter_name = _("Newly assigned"), "newly"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("mine", _("To me, within 7 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return owners.newly(queryset, request.user) if self.value() == "mine" else queryset


class HandedFilter(Plain):
    """"entry-employee": whom one hand-over gave to one colleague. Asked for by the page that tells of it, never offered."""

    title, parameter_name = _("Hand-over"), "handed"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(self.value() or "", _("These only"))] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return owners.handed(queryset, self.value() or "") if self.value() else queryset
