"""Sentences and figures of campaigns, as the pages say them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.admin.board.cells import roi
from campaigns.choices import AssignmentState, Basis, CampaignState, Model
from campaigns.models import Campaign, PayRule
from campaigns.queries import breaking_even
from campaigns.queries import worth as worths
from campaigns.queries.returns import Return
from customers.models import Channel
from scrm.kit import money

DASH = "–"
# What a button says that moves a campaign there.
MOVES = {
    CampaignState.DRAFT: gettext_lazy("Take back to draft"),
    CampaignState.SCHEDULED: gettext_lazy("Publish"),
    CampaignState.RUNNING: gettext_lazy("Begin"),
    CampaignState.ENDED: gettext_lazy("End today"),
    CampaignState.SETTLED: gettext_lazy("Settle"),
}
TASKS = {
    AssignmentState.ACCEPTED: gettext_lazy("Accept"),
    AssignmentState.STARTED: gettext_lazy("I have begun"),
    AssignmentState.DONE: gettext_lazy("Done"),
    AssignmentState.WITHDRAWN: gettext_lazy("Take off"),
}


def door(campaign: Campaign, to: CampaignState) -> dict[str, Any]:
    url = reverse("admin:campaigns_campaign_move", args=[campaign.pk, to.value])
    return {"to": to.value, "label": MOVES[to], "url": url, "main": to in (CampaignState.RUNNING, CampaignState.SETTLED)}


def figure(name: str, value: int | None) -> str:
    if value is None:
        return ""
    return money.show(value) if name.endswith("_fen") else f"{value:,}"


def when(campaign: Campaign) -> str:
    """ "2026-05-01 – 2026-05-14", with an open end where there is none."""
    if campaign.starts_on is None:
        return _("no days yet")
    last = date_format(campaign.ends_on, "Y-m-d") if campaign.ends_on else _("open end")
    return f"{date_format(campaign.starts_on, 'Y-m-d')} – {last}"


def worth(campaign: Campaign) -> str:
    """What one order is worth to whoever brings it; "" where nothing is paid. Everybody who works on it may read it: it
    says nothing of cost or margin."""
    found = worths.of([campaign]).get(campaign.pk)
    if found is None:
        return ""
    if found.fen is None:
        return _("One order is worth %(percent)s of what it brings.") % {"percent": percent(found.rate_bp or 0)}
    return _("One order is worth about %(yuan)s.") % {"yuan": money.show(found.fen)}


def percent(bp: int) -> str:
    return f"{bp / 100:g}%"


def pay(campaign: Campaign, rule: PayRule | None) -> str:
    if rule is None:
        return _("No commission, on purpose.") if campaign.no_pay else _("No commission is set.")
    much = money.show(rule.fixed_fen) if rule.fixed_fen is not None else percent(rule.rate_bp or 0)
    if rule.basis == Basis.SERVED:
        said = _("%(much)s of an order for who served.") if rule.fixed_fen is None else _("%(much)s an order for who served.")
    else:
        said = (
            _("%(much)s of an order for whose link it was, credit by %(model)s.")
            if rule.fixed_fen is None
            else _("%(much)s an order for whose link it was, credit by %(model)s.")
        )
    return said % {"much": much, "model": Model(campaign.pay_model).label}


def ahead(even: breaking_even.BreakEven) -> dict[str, str]:
    """The one sentence before it begins: how many orders pay for it. What comes later is `queries.board.standing`'s."""
    if even.cost_fen == 0:
        return {"kind": "", "words": _("Nothing is to be earned back yet.")}
    if even.loses:
        return {"kind": "bad", "words": _("Every order costs more than it brings: no number of them pays for it.")}
    if even.needed is None:
        return {"kind": "", "words": _("Nobody can say yet how many orders pay for it.")}
    said = ngettext("%(count)s order pays for it.", "%(count)s orders pay for it.", even.needed)
    return {"kind": "", "words": said % {"count": f"{even.needed:,}"}}


def how(even: breaking_even.BreakEven) -> list[str]:
    """Where the number comes from, and what it does not know."""
    said = []
    if even.cost_fen:
        words = _("To be earned back: %(yuan)s, the budget.") if even.from_budget else _("To be earned back: %(yuan)s, spent.")
        said.append(words % {"yuan": money.show(even.cost_fen)})
    if even.order_fen is not None:
        source = {
            "own": _("One order brings %(yuan)s, as those that came."),
            "page": _("One order brings %(yuan)s, the price on its page."),
            "products": _("One order brings %(yuan)s, the mean price of what it sells."),
            "shop": _("One order brings %(yuan)s, as the shop's orders of the last 90 days."),
        }[even.order_source]
        said.append(source % {"yuan": money.show(even.order_fen)})
    else:
        said.append(_("Nobody knows yet what an order brings: choose products with a price."))
    if even.margin_bp is None:
        words = _("The margin is not known: all that an order brings is taken for earned.")
        said.append(words + " " + _("Enter costs at the products, or the usual margin in the rules of campaigns."))
    else:
        usual = even.margin_source != "products"
        words = _("Margin %(percent)s, the shop's usual one.") if usual else _("Margin %(percent)s, of its products.")
        said.append(words % {"percent": percent(even.margin_bp)})
    if even.pay_fen:
        said.append(_("Commission %(yuan)s an order.") % {"yuan": money.show(even.pay_fen)})
    return said


def returned(row: Return) -> dict[str, Any]:
    """The figures of a return as they are shown; a dash where there is nothing to divide by."""
    return {
        "cost": money.show(row.cost_fen),
        "touches": f"{row.touches:,}",
        "per_touch": DASH if row.per_touch_fen is None else money.show(row.per_touch_fen),
        "new_customers": f"{row.new_customers:,}",
        "cac": DASH if row.cac_fen is None else money.show(row.cac_fen),
        "net": money.show(row.net_fen),
        "commission": money.show(row.commission_fen),
        "gain": money.show(row.gain_fen),
        "roi": roi(row.roi_bp),
        "on_revenue": row.on_revenue,
    }


def channel_names(keys: Iterable[Any]) -> dict[Any, str]:
    return {channel.pk: str(channel) for channel in Channel.objects.filter(pk__in=[key for key in keys if key is not None])}
