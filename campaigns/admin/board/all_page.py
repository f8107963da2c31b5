"""活动看板: all campaigns of some days, a line each, and what no link brought."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.admin.board import cells, choosing, page
from campaigns.admin.board.addresses import Addresses, unattributed
from campaigns.queries import returns
from campaigns.queries.board import funnel, shop
from campaigns.queries.board.rows import NOBODY
from campaigns.services import boarding


@require_safe
def all_campaigns(request: HttpRequest) -> HttpResponse:
    sight = page.sight_of(request)
    chosen = choosing.choose(request.GET)
    boarding.catch_up()
    board = shop.of(sight=sight, span=chosen.span, model=chosen.model)
    addresses = Addresses(board.cut, board.model)
    worth = returns.total(line.worth for line in board.lines)
    worth.cost_fen += board.shared_fen
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Campaign board"),
        "media": page.LOOKS,
        "board": board,
        "chosen": chosen,
        "as_of": board.as_of,
        "steps": [
            (step, cells.counted(step.key, step.value, addresses.of(step.key))) for step in funnel.steps(board.sums, board.before)
        ],
        "touches": [cells.counted(key, getattr(board.sums, key), addresses.of(key)) for key in ("raw", "views", "uniques")],
        "tiles": cells.tiles(board, addresses, worth),
        "heads": cells.heads(money_too=board.money),
        "rows": cells.campaign_rows(board.lines, addresses, chosen.query(), money_too=board.money),
        "rest": cells.rest(board.rest, unattributed(board.cut)) if board.rest else None,
        "shared": cells.counted("cost_fen", board.shared_fen, addresses.of("cost_fen", campaign=NOBODY)) if board.shared_fen else None,
    }
    response = TemplateResponse(request, "campaigns/board/all.html", context)
    response["Cache-Control"] = "no-store"
    return response
