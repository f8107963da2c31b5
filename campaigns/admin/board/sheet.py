"""The board as an Excel file: its figures, what each channel, employee and day brought."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.admin.board import choosing, page
from campaigns.admin.board.cells import DAY_COLUMNS, LABELS, MONEY
from campaigns.queries.board import funnel, reading
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.reading import Told
from campaigns.queries.returns import Return
from campaigns.services import boarding
from scrm.kit import audit, clock, money
from scrm.kit.tabular import Percent, write_xlsx

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = DAY_COLUMNS


@require_safe
def xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    sight = page.sight_of(request)
    if not request.user.has_perm(page.EXPORT):  # type: ignore[union-attr]
        raise PermissionDenied
    campaign = page.campaign_or_404(sight, pk)
    chosen = choosing.choose(request.GET, campaign=campaign)
    boarding.catch_up()
    told = reading.one_board(campaign, sight=sight, span=chosen.span, model=chosen.model)
    sheets = sheets_of(told, str(chosen.model_label))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "board.xlsx"
        write_xlsx(path, sheets, widths=[24.0, *[14.0] * 12])
        content = path.read_bytes()
    audit.record("board.exported", by=request.user, on=campaign, count=sum(len(rows) for _title, rows in sheets))
    response = HttpResponse(content, content_type=TYPE)
    name = f"{campaign.name} {clock.today():%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def sheets_of(told: Told, model: str) -> list[tuple[str, list[Sequence[Any]]]]:
    board = told.board
    heads = [str(LABELS[key]) for key in (*COLUMNS, *(MONEY if board.money else ()))]

    def line(sums: Sums, worth: Return) -> list[Any]:
        return [*(_value(key, getattr(sums, key)) for key in COLUMNS), *(_spent(worth) if board.money else ())]

    whole: list[Sequence[Any]] = [
        [board.campaign.name],
        [told.standing.words],
        [_("Days"), *_days(told)],
        [_("Orders by"), model],
        [_("After refunds, as of"), localtime(board.as_of)],
        [],
        *([str(step.label), step.value, step.of] for step in funnel.steps(board.sums)),
        *([str(LABELS[key]), _value(key, getattr(board.sums, key))] for key in ("newcomers", "net_fen")),
    ]
    if board.money:
        whole += [[str(LABELS[key]), value] for key, value in zip(MONEY, _spent(board.worth), strict=True)]
    return [
        (_("Board"), whole),
        (_("Employees"), [[_("Employee"), *heads], *([one.label, *line(one.sums, one.worth)] for one in board.employees)]),
        (_("Channels"), [[_("Channel"), *heads], *([one.label, *line(one.sums, one.worth)] for one in board.channels)]),
        (_("Days"), [[_("Day"), *heads], *([one.day, *line(one.sums, one.worth)] for one in board.days)]),
    ]


def _days(told: Told) -> list[Any]:
    """First and last; where none was chosen those of the campaign, as far as they have come."""
    days, campaign = told.board.span.days, told.board.campaign
    over = campaign.ends_on is not None and campaign.ends_on < clock.today()
    return [days.first or campaign.starts_on, days.last or (campaign.ends_on if over else _("until now"))]


def _value(key: str, value: int) -> Any:
    return money.yuan(value) if key.endswith("_fen") else value


def _spent(worth: Return) -> list[Any]:
    """Blank where there is nothing to divide by; the return as a share."""
    fen = [worth.cost_fen, worth.per_touch_fen, worth.cac_fen]
    roi = worth.roi_bp
    return [*(None if one is None else money.yuan(one) for one in fen), None if roi is None else Percent(roi / 10_000)]
