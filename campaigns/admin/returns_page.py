"""投入产出: what money brought in some days, by channel, employee, campaign, or day."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.campaigns import words
from campaigns.admin.facts.filters import FIRST, LAST
from campaigns.models import Campaign
from campaigns.queries import returns
from customers.admin.orders.filters import DaysForm
from scrm.kit import clock
from scrm.staff.models import Employee

MONEY = "campaigns.see_money"
TABS: dict[str, Any] = {
    returns.CHANNEL: gettext_lazy("By channel"),
    returns.CAMPAIGN: gettext_lazy("By campaign"),
    returns.EMPLOYEE: gettext_lazy("By employee"),
    returns.DAY: gettext_lazy("By day"),
}
DAYS = 30


def page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(MONEY):  # type: ignore[union-attr]
        raise PermissionDenied
    tab = request.GET.get("by", "")
    tab = tab if tab in TABS else returns.CHANNEL
    usual = {FIRST: clock.days_ago(DAYS - 1).isoformat(), LAST: clock.today().isoformat()}
    form = DaysForm({name: request.GET.get(name, usual[name]) for name in usual}, (FIRST, LAST))
    found: dict[Any, returns.Return] = {}
    if form.is_valid():
        found = returns.by(tab, first=form.cleaned_data[FIRST], last=form.cleaned_data[LAST])
    request.crumb = _("Cost and return")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Cost and return"),
        "tabs": TABS,
        "tab": tab,
        "form": form,
        "first": TABS[tab],
        "rows": [(name, words.returned(row)) for name, row in _named(tab, found)],
        "whole": words.returned(returns.total(found.values())),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/costs/returns.html", context)


def _named(tab: str, found: dict[Any, returns.Return]) -> list[tuple[str, returns.Return]]:
    """What brought most first; days in their order."""
    if tab == returns.DAY:
        return [(day.isoformat(), found[day]) for day in sorted(found)]
    keys = [key for key in found if key is not None]
    if tab == returns.CHANNEL:
        names, none = words.channel_names(keys), _("no channel")
    elif tab == returns.CAMPAIGN:
        names, none = dict(Campaign.objects.filter(pk__in=keys).values_list("pk", "name")), _("no campaign")
    else:
        names, none = dict(Employee.objects.filter(pk__in=keys).values_list("pk", "name")), _("nobody's")
    rows = [(names.get(key, none) if key is not None else none, row) for key, row in found.items()]
    return sorted(rows, key=lambda pair: (-pair[1].net_fen, -pair[1].cost_fen, pair[0]))
