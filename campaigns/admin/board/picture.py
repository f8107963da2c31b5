"""战报图: the board as a picture to long-press and pass on to the staff's group."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.admin.board import choosing, page
from campaigns.admin.board.cells import LABELS
from campaigns.choices import PrimaryMetric
from campaigns.queries.board import funnel, one, reading
from campaigns.queries.board.reading import Told
from campaigns.queries.board.spans import ALL, Days
from campaigns.services import boarding
from campaigns.services.drawing import reports
from scrm.kit import money

PAGE, PICTURE = "admin:campaigns_board_picture", "admin:campaigns_board_png"


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    sight = page.sight_of(request)
    campaign = page.campaign_or_404(sight, pk)
    chosen = choosing.choose(request.GET, campaign=campaign)
    context = {
        **admin.site.each_context(request),
        "title": _("Picture for the group"),
        "media": page.LOOKS,
        "campaign": campaign,
        "picture": reverse(PICTURE, args=[pk]) + chosen.query(),
        "back": reverse(page.PAGE, args=[pk]) + chosen.query(),
    }
    return TemplateResponse(request, "campaigns/board/picture.html", context)


@require_safe
def png(request: HttpRequest, pk: int) -> HttpResponse:
    """What the viewer sees of it, and never what it cost or earned: it goes to the whole group."""
    sight = page.sight_of(request)
    campaign = page.campaign_or_404(sight, pk)
    chosen = choosing.choose(request.GET, campaign=campaign)
    boarding.catch_up()
    told = reading.one_board(campaign, sight=sight, span=chosen.span, model=chosen.model)
    response = HttpResponse(reports.draw(report(told)), content_type="image/png")
    response["Content-Disposition"] = content_disposition_header(False, f"{campaign.name}.png") or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def report(told: Told) -> reports.Report:
    board, campaign = told.board, told.board.campaign
    people = [line for line in board.employees if line.rank]
    judged = one.JUDGED_BY[PrimaryMetric(campaign.primary_metric)]
    most = max((getattr(line.sums, judged) for line in people), default=0)
    return reports.Report(
        title=campaign.name,
        under=f"{days_of(told)} · {campaign.get_state_display()}",
        sentence=told.plain.words,
        tone=told.plain.tone,
        tiles=[(str(LABELS[key]), _shown(key, getattr(board.sums, key))) for key in ("net_fen", "orders", "buyers", "newcomers")],
        steps_title=_("From the first look to the next purchase"),
        steps=[
            reports.Bar(str(step.label), f"{step.value:,}", step.wide if step.value else None, step.of)
            for step in funnel.steps(board.sums)
        ],
        people_title=_("Who brought most"),
        people=[
            reports.Bar(
                line.label, _shown(judged, getattr(line.sums, judged)),
                round(100 * getattr(line.sums, judged) / most) if most else None,
            )
            for line in people
        ],
        foot=_("After refunds, as of %(at)s") % {"at": date_format(localtime(board.as_of), "SHORT_DATETIME_FORMAT")},
    )  # fmt: skip


def days_of(told: Told) -> str:
    """The campaign's own days where it is shown as a whole: facts may come late, or not yet."""
    campaign = told.board.campaign
    days = Days(campaign.starts_on, campaign.ends_on) if told.board.span.name == ALL else one.days_shown(told.board)
    shown = [date_format(day, "SHORT_DATE_FORMAT") for day in (days.first, days.last) if day is not None]
    return " – ".join(dict.fromkeys(shown)) or str(told.board.span.label)


def _shown(key: str, value: Any) -> str:
    return money.show(value) if key.endswith("_fen") else f"{value:,}"
