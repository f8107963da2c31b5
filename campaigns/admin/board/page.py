"""活动看板 of one campaign."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaigns.admin.board import cells, choosing
from campaigns.admin.board.addresses import Addresses
from campaigns.admin.board.charts import chart
from campaigns.admin.campaigns import no_shows_page
from campaigns.models import Campaign
from campaigns.queries.board import funnel, one, reading
from campaigns.queries.board.scoping import Sight
from campaigns.services import boarding, reviewing

PAGE, ALL = "admin:campaigns_board_one", "admin:campaigns_board"
EXPORT = "customers.export_rows"
CHARTS = (("visitors", _("Visitors")), ("leads", _("Leads")), ("net_fen", _("Net revenue")))
LOOKS = forms.Media(css={"all": ["customers/people.css", "campaigns/board.css"]})


def sight_of(request: HttpRequest) -> Sight:
    sight = Sight(request.user)
    if not sight.board:
        raise PermissionDenied
    return sight


def campaign_or_404(sight: Sight, pk: int) -> Campaign:
    found = sight.campaigns.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    sight = sight_of(request)
    campaign = campaign_or_404(sight, pk)
    chosen = choosing.choose(request.GET, campaign=campaign)
    boarding.catch_up()
    told = reading.one_board(campaign, sight=sight, span=chosen.span, model=chosen.model)
    board = told.board
    addresses = Addresses(board.cut, board.model)
    shown = one.days_shown(board)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": campaign.name,
        "media": LOOKS,
        "campaign": campaign,
        "board": board,
        "standing": told.standing,
        "chosen": chosen,
        "steps": [
            (step, cells.counted(step.key, step.value, addresses.of(step.key))) for step in funnel.steps(board.sums, board.before)
        ],
        "tiles": cells.tiles(board, addresses, board.worth),
        "touches": [cells.counted(key, getattr(board.sums, key), addresses.of(key)) for key in ("raw", "views", "uniques")],
        "charts": [found for key, label in CHARTS if (found := chart(key, label, board.days, shown))],
        "channels": cells.rows(board.channels, "channel", addresses, money_too=board.money),
        "employees": cells.rows(board.employees, "employee", addresses, money_too=board.money),
        "heads": cells.heads(money_too=board.money),
        "day_heads": cells.day_heads(),
        "as_of": board.as_of,
        "days": cells.day_rows(board.days, addresses),
        "may_review": reviewing.may_review(campaign, request.user),
        "all_link": reverse(ALL),
        "no_shows": no_shows_page.door(campaign, request.user),
        "campaign_link": _campaign_link(campaign, request.user),
        "picture_link": reverse("admin:campaigns_board_picture", args=[pk]) + chosen.query(),
        "sheet_link": reverse("admin:campaigns_board_xlsx", args=[pk]) + chosen.query() if request.user.has_perm(EXPORT) else "",
    }
    response = TemplateResponse(request, "campaigns/board/one.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _campaign_link(campaign: Campaign, viewer: Any) -> str:
    try:
        return reverse("admin:campaigns_campaign_change", args=[campaign.pk]) if viewer.has_perm("campaigns.view_campaign") else ""
    except NoReverseMatch:
        return ""
