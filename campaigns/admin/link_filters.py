"""Filters of the lists of links and touches. Options stay inside the viewer's scope."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Link
from customers.admin.filters import Chosen, ColleagueFilter, Plain
from customers.models import Channel
from customers.queries import colleagues
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Employee


class CampaignFilter(Chosen):
    title, parameter_name, lookup = _("campaign"), "campaign", "campaign"
    related = (Link, "campaign")

    def options(self, request: HttpRequest) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(request.user)


class EmployeeFilter(ColleagueFilter):
    title, parameter_name, lookup = _("employee"), "employee", "employee"
    related = (Link, "employee")

    def options(self, request: HttpRequest) -> QuerySet[Employee]:
        user: Any = request.user
        if user.role == Role.AGENCY or user.row_scope == Scope.SELF:
            return Employee.objects.none()
        return colleagues.owners_of(user)


class ChannelFilter(Chosen):
    title, parameter_name, lookup = _("channel of origin"), "channel", "channel"
    related, grows = (Link, "channel"), True

    def options(self, request: HttpRequest) -> QuerySet[Channel]:
        return Channel.objects.order_by("-is_active", "name")


class PromoterFilter(Plain):
    title, parameter_name = _("who promotes"), "promoter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("employee", _("employees")), ("customer", _("customers who recommend")), ("nobody", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen == "nobody":
            return queryset.filter(employee=None, customer=None)
        return queryset.filter(**{f"{chosen}__isnull": False}) if chosen in ("employee", "customer") else queryset
