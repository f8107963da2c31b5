"""Filters of the rows behind the figures. They say what is asked; the list itself asks `queries.facts`, since an employee, a
channel and a model narrow one share together and not one after the other."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Model
from campaigns.models import Campaign, Credit
from customers.admin.filters import Chosen, ColleagueFilter, Plain
from customers.admin.orders.filters import DaysFilter
from customers.models import Channel
from customers.queries import colleagues
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Employee

FIRST, LAST = "first", "last"


class Asks:
    """Mixin, first in the bases."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset


class CampaignFilter(Asks, Chosen):
    title, parameter_name = _("campaign"), "campaign"
    related: Any = (Credit, "campaign")

    def options(self, request: HttpRequest) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(request.user)


class EmployeeFilter(Asks, ColleagueFilter):
    title, parameter_name = _("whose link"), "employee"
    related: Any = (Credit, "employee")

    def options(self, request: HttpRequest) -> QuerySet[Employee]:
        viewer: Any = request.user
        if viewer.role == Role.AGENCY:
            return Employee.objects.none()
        if viewer.row_scope == Scope.ALL:
            return Employee.objects.order_by("-is_active", "name", "id")
        return colleagues.owners_of(viewer)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = super().lookups(request, model_admin)
        return [*found, ("0", gettext("nobody's"))] if found and not self.autocompletes else found


class ChannelFilter(Asks, Chosen):
    title, parameter_name = _("channel of origin"), "channel"
    related: Any = (Credit, "channel")

    def options(self, request: HttpRequest) -> QuerySet[Channel]:
        return Channel.objects.order_by("-is_active", "name")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = super().lookups(request, model_admin)
        return [*found, ("0", gettext("no channel"))] if found and not self.autocompletes else found


class ModelFilter(Asks, Plain):
    title, parameter_name = _("credit by"), "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Model.choices)


class OnDays(Asks, DaysFilter):
    title, names = _("day"), (FIRST, LAST)


class NewFilter(Asks, Plain):
    title, parameter_name = _("new customer"), "new"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Only new ones"))]


class ArrivedFilter(Asks, Plain):
    """Days are then those on which they came."""

    title, parameter_name = _("came to the shop"), "arrived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Only who came"))]


class NumberFilter(Asks, Plain):
    title, parameter_name = _("which order of hers"), "number"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("the first (buyers)")), ("2", _("later ones (repeats)"))]


class SeenLinksFilter(Asks, Plain):
    """Only what came by links whose promoter the viewer sees: what boards count. Asked for by them, never offered."""

    title, parameter_name = _("links"), "links"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("seen", _("of my people only"))] if self.value() else []
