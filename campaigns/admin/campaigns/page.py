"""The page of one campaign opens to be read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.campaigns import no_shows_page, words
from campaigns.admin.campaigns.form_page import landing_link
from campaigns.choices import CampaignState, Landing
from campaigns.models import Campaign
from campaigns.queries import breaking_even, readiness, returns
from campaigns.queries import campaign as told
from campaigns.queries.board import standing, worth
from campaigns.queries.board.figures import Sums
from campaigns.services import reviewing, states, working
from campaigns.services.paying import rules
from customers.queries import disclosure
from scrm.kit import money
from scrm.staff import naming

MONEY = "campaigns.see_money"
HEADS = {
    "leads": gettext_lazy("leads"), "referrals": gettext_lazy("brought by customers"), "orders": gettext_lazy("orders"),
    "net_fen": gettext_lazy("net revenue"),
}  # fmt: skip
LISTS = {"leads": "participation", "referrals": "referral", "orders": "conversion", "net_fen": "credit"}


def read(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = model_admin.object_or_404(request, object_id)
    viewer: Any = request.user
    sees_money = viewer.has_perm(MONEY)
    rule, even = rules.of_campaign(campaign), breaking_even.of(campaign)
    waiting = campaign.state in (CampaignState.SCHEDULED, CampaignState.RUNNING)
    idle = told.not_started(campaign, viewer) if waiting else []
    lines = told.lines(campaign, viewer)
    names = naming.labels([*(line.assignment.employee for line in lines), *idle])
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name,
        "campaign": campaign,
        "state": campaign.get_state_display(),
        "is_draft": campaign.state == CampaignState.DRAFT,
        "when": words.when(campaign),
        "landing": landing_of(campaign, viewer),
        "products": [str(product) for product in campaign.products.all()],
        "doors": [words.door(campaign, to) for to in states.doors(campaign, viewer) if to != CampaignState.SCHEDULED],
        "may_change": model_admin.has_change_permission(request, campaign),
        "missing": readiness.missing(campaign) if campaign.state == CampaignState.DRAFT else [],
        "heads": [str(HEADS[name]) for name in told.NAMES],
        "lines": [_line(campaign, line, viewer, names[line.assignment.employee_id]) for line in lines],
        "figures": _figures(campaign, viewer),
        "not_started": [disclosure.text_for(False, names[one.pk]) for one in idle],
        "links": told.link_counts(campaign, viewer),
        "links_url": url_of("admin:campaigns_link_changelist", campaign=campaign.pk),
        "posters_url": _posters(campaign) if viewer.has_perm("campaigns.add_poster") else "",
        "board_url": _board(campaign) if viewer.has_perm("campaigns.see_board") else "",
        "no_shows": no_shows_page.door(campaign, viewer),
        "worth": words.worth(campaign),
        "pay": words.pay(campaign, rule),
        "is_over": campaign.state in reviewing.OVER,
        "may_review": reviewing.may_review(campaign, viewer),
        **(_money(campaign, even) if sees_money else {}),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/campaigns/page.html", context)


def url_of(name: str, **query: Any) -> str:
    """Blank where the page is not built."""
    try:
        return reverse(name, query=query)
    except NoReverseMatch:
        return ""


def _posters(campaign: Campaign) -> str:
    return reverse("admin:campaigns_posters", args=[campaign.pk])


def _board(campaign: Campaign) -> str:
    return reverse("admin:campaigns_board_one", args=[campaign.pk])


def landing_of(campaign: Campaign, viewer: Any) -> dict[str, str]:
    """Where its links lead, in words, and where it is put right."""
    if campaign.landing == Landing.URL:
        return {"words": campaign.target_url or "—", "link": ""}
    if campaign.landing == Landing.MINI_PROGRAM:
        return {"words": campaign.mini_path or "—", "link": ""}
    page = getattr(campaign, "page", None)
    link = landing_link(campaign) if viewer.has_perm("campaigns.change_landingpage") else ""
    return {"words": str(page) if page is not None else _("not made yet"), "link": link}


def rows_url(campaign: Campaign, name: str, viewer: Any, **query: Any) -> str:
    """The list of the rows behind a figure; blank for whoever may not open it."""
    noun = LISTS[name]
    if not viewer.has_perm(f"campaigns.view_{noun}"):
        return ""
    model = {"model": campaign.pay_model} if noun in ("conversion", "credit") else {}
    return url_of(f"admin:campaigns_{noun}_changelist", campaign=campaign.pk, **query, **model)


def _line(campaign: Campaign, line: told.Line, viewer: Any, name: str) -> dict[str, Any]:
    one = line.assignment
    return {
        "name": disclosure.text_for(False, name),
        "place": one.employee.department,
        "state": one.get_state_display(),
        "is_off": line.is_off,
        "rank": line.rank,
        "links": line.links,
        "links_url": url_of("admin:campaigns_link_changelist", campaign=campaign.pk, employee=one.employee_id),
        "cells": [
            {
                "label": str(HEADS[cell.name]),
                "actual": words.figure(cell.name, cell.actual),
                "target": words.figure(cell.name, cell.target) if cell.target else "",
                "percent": cell.percent,
                "url": rows_url(campaign, cell.name, viewer, employee=one.employee_id),
            }
            for cell in line.cells
        ],
        "doors": [
            {"label": words.TASKS[to], "url": reverse("admin:campaigns_assignment_move", args=[one.pk, to.value])}
            for to in working.doors(one, viewer)
        ],
    }


def _figures(campaign: Campaign, viewer: Any) -> list[dict[str, Any]]:
    totals = told.totals(campaign, viewer)
    shown = [("leads", totals.leads), ("referrals", totals.referrals), ("orders", totals.orders), ("net_fen", totals.net_fen)]
    return [
        {"name": "touches", "label": _("unique touches"), "value": f"{totals.touches:,}", "url": _touches_url(campaign, viewer)},
        *(
            {"name": name, "label": str(HEADS[name]), "value": words.figure(name, value), "url": rows_url(campaign, name, viewer)}
            for name, value in shown
        ),
    ]


def _touches_url(campaign: Campaign, viewer: Any) -> str:
    if not viewer.has_perm("campaigns.view_touch"):
        return ""
    return url_of("admin:campaigns_touch_changelist", campaign=campaign.pk, counted="unique")


def _status(campaign: Campaign, even: breaking_even.BreakEven, whole: returns.Return) -> dict[str, str]:
    """As the board says it; of a draft how many orders would pay for it."""
    if campaign.state == CampaignState.DRAFT:
        return words.ahead(even)
    sums = Sums(orders=even.orders, net_fen=whole.net_fen)
    gained = worth.made(sums, whole.cost_fen, whole.commission_fen, even.margin_bp)
    said = standing.of(campaign, sums, even=even, gained=gained)
    return {"kind": said.tone, "words": said.words}


def _money(campaign: Campaign, even: breaking_even.BreakEven) -> dict[str, Any]:
    """Cost, return and break-even, for whoever sees money."""
    by_channel = returns.by(returns.CHANNEL, campaigns=[campaign])
    names = words.channel_names(by_channel)
    whole = returns.total(by_channel.values())
    return {
        "sees_money": True,
        "even": even,
        "status": _status(campaign, even, whole),
        "even_words": words.how(even),
        "costs": [(name, money.show(fen)) for _channel, name, fen in told.costs(campaign)],
        "cost_url": url_of("admin:campaigns_campaigncost_add", campaign=campaign.pk),
        "costs_url": url_of("admin:campaigns_campaigncost_changelist", campaign=campaign.pk),
        "returns": [(names.get(key) or _("no channel"), words.returned(row)) for key, row in by_channel.items()],
        "returned": words.returned(whole),
        "budget": money.show(campaign.budget_fen) or "—",
    }
