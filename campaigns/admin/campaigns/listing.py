"""The list of campaigns: figures of a page in a constant number of queries; money for whoever sees it."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin.campaigns import words
from campaigns.choices import AssignmentState, CampaignState, Verdict
from campaigns.models import Assignment, CampaignCost, Credit
from campaigns.queries import facts
from customers.admin.filters import Plain
from scrm.kit import money
from scrm.kit.admin import HouseList

MONEY = "campaigns.see_money"


class CampaignList(HouseList):
    """Net revenue is that of the model that each campaign pays by, as on its page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        pks = [row.pk for row in rows]
        working = Assignment.objects.standing().filter(campaign__in=pks).order_by().values_list("campaign")
        people = dict(working.annotate(n=Count("pk")))
        net, cost = {}, {}
        if request.user.has_perm(MONEY):  # type: ignore[union-attr]
            paid = Q(pk__in=[])
            for row in rows:
                paid |= Q(campaign=row.pk, model=row.pay_model)
            shares = facts.seen(Credit, request.user).filter(paid).order_by().values_list("campaign")
            net = dict(shares.annotate(n=Sum("share_fen")))
            spent = CampaignCost.objects.filter(campaign__in=pks).order_by().values_list("campaign")
            cost = dict(spent.annotate(n=Sum("amount_fen")))
        for row in rows:
            row.people_count = people.get(row.pk, 0)
            row.net, row.cost = net.get(row.pk, 0), cost.get(row.pk, 0)


class CampaignColumns:
    """Mixin of the ModelAdmin: the columns, each from what CampaignList put on the row."""

    @display(description=_("campaign"), ordering="name")
    def named(self, campaign: Any) -> str:
        return campaign.name

    @display(description=_("state"), ordering="state")
    def shown_state(self, campaign: Any) -> SafeString:
        return format_html('<span class="scrm-tag campaign-{}">{}</span>', campaign.state, campaign.get_state_display())

    @display(description=_("from when to when"), ordering="starts_on")
    def shown_days(self, campaign: Any) -> str:
        return words.when(campaign)

    @display(description=_("employees"))
    def people(self, campaign: Any) -> str:
        return str(campaign.people_count or "")

    @display(description=_("net revenue"))
    def shown_net(self, campaign: Any) -> str:
        return money.show(campaign.net)

    @display(description=_("spent"))
    def shown_cost(self, campaign: Any) -> str:
        return money.show(campaign.cost)

    @display(description=_("verdict"))
    def shown_verdict(self, campaign: Any) -> str:
        """Said where somebody has still to decide."""
        if campaign.verdict:
            return str(campaign.get_verdict_display())
        over = campaign.state in (CampaignState.ENDED, CampaignState.SETTLED)
        return str(Verdict.NONE.label) if over else ""


class StateFilter(Plain):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in CampaignState]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() in CampaignState.values else queryset


class KindFilter(Plain):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(model_admin.model._meta.get_field("kind").choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class VerdictFilter(Plain):
    """What the board's "to be reviewed" leads to: verdict=open."""

    title, parameter_name = _("verdict"), "verdict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("over and not decided")), *((value, label) for value, label in Verdict.choices if value)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(verdict="", state__in=[CampaignState.ENDED, CampaignState.SETTLED])
        return queryset.filter(verdict=self.value()) if self.value() else queryset


class MineFilter(Plain):
    title, parameter_name = _("who works on it"), "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("I do"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "1":
            return queryset
        mine = Assignment.objects.filter(employee=request.user.pk).exclude(state=AssignmentState.WITHDRAWN)
        return queryset.filter(pk__in=mine.values("campaign"))
