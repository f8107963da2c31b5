"""Figures as a page shows them: the number, as it reads, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaigns.admin.board.addresses import Addresses
from campaigns.queries.board import funnel, ratios, shop
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.one import Board, Day, Line
from campaigns.queries.board.spans import Days
from campaigns.queries.returns import Return
from scrm.kit import money

LABELS: dict[str, str | Promise] = {
    **dict(funnel.STEPS),
    "raw": _("Touches of all kinds"),
    "uniques": _("Not repeated within the hour"),
    "newcomers": pgettext_lazy("count", "New customers"),
    "net_fen": _("Net revenue"),
    "cost_fen": _("Cost"),
    "per_touch_fen": _("Cost of a visit"),
    "cac_fen": _("Cost of a new customer"),
    "roi_bp": _("Return on cost"),
}
# Of a table of channels or employees, in this order; those of money for whoever sees it.
COLUMNS = ("visitors", "leads", "arrivals", "buyers", "orders", "net_fen")
MONEY = ("cost_fen", "per_touch_fen", "cac_fen", "roi_bp")
DASH = "–"


@dataclass(frozen=True)
class Cell:
    key: str
    value: int
    shown: str
    link: str = ""

    @property
    def label(self) -> str:
        return str(LABELS[self.key])


def counted(key: str, value: int, link: str) -> Cell:
    """Nothing leads nowhere."""
    shown = money.show(value) if key.endswith("_fen") else f"{value:,}"
    return Cell(key, value, shown, link if value else "")


def heads(*, money_too: bool) -> list[str]:
    return [str(LABELS[key]) for key in (*COLUMNS, *(MONEY if money_too else ()))]


@dataclass(frozen=True)
class Row:
    """A line of a table. `bar` per cent of the greatest line's money, or of its visitors where no money came."""

    key: str
    label: str
    cells: Sequence[Cell]
    bar: int = 0
    rank: int = 0
    tags: Sequence[str] = ()
    link: str = ""
    said: str = ""
    tone: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(cell.value for cell in self.cells)


def campaign_rows(lines: Sequence[shop.Line], addresses: Addresses, chosen: str, *, money_too: bool) -> list[Row]:
    """Each leads to its own board, of the same days."""
    return [
        Row(
            str(line.campaign.pk),
            line.campaign.name,
            [
                *(counted(key, getattr(line.sums, key), addresses.of(key, campaign=line.campaign.pk)) for key in COLUMNS),
                *(spent(line.worth, addresses.of("cost_fen", campaign=line.campaign.pk)) if money_too else ()),
            ],
            tags=[line.campaign.get_state_display()],
            link=reverse("admin:campaigns_board_one", args=[line.campaign.pk]) + chosen,
            said=line.standing.words,
            tone=line.standing.tone,
        )
        for line in lines
    ]


def rows(lines: Sequence[Line], name: str, addresses: Addresses, *, money_too: bool) -> list[Row]:
    by_net = any(line.sums.net_fen for line in lines)
    most = max((_size(line.sums, by_net) for line in lines), default=0)
    return [
        Row(
            str(line.key),
            line.label,
            [
                *(counted(key, getattr(line.sums, key), addresses.of(key, **{name: line.key})) for key in COLUMNS),
                *(spent(line.worth, addresses.of("cost_fen", channel=line.key) if name == "channel" else "") if money_too else ()),
            ],
            round(100 * _size(line.sums, by_net) / most) if most else 0,
            line.rank,
            _tags(line),
        )
        for line in lines
    ]


def _tags(line: Line) -> list[str]:
    return [*([gettext("left")] if line.left else []), *([gettext("has not begun")] if line.idle else [])]


def _size(sums: Sums, by_net: bool) -> int:
    return sums.net_fen if by_net else sums.visitors


def spent(worth: Return, cost_link: str = "") -> list[Cell]:
    """Cost, of a visit, of a new customer, and what came back of it."""
    return [
        counted("cost_fen", worth.cost_fen, cost_link),
        *(Cell(key, value or 0, yuan(value)) for key in ("per_touch_fen", "cac_fen") for value in [getattr(worth, key)]),
        Cell("roi_bp", worth.roi_bp or 0, roi(worth.roi_bp)),
    ]


def yuan(fen: int | None) -> str:
    return DASH if fen is None else money.show(fen)


def roi(bp: int | None) -> str:
    """12345 → "+123%"."""
    if bp is None:
        return DASH
    percent = (abs(bp) + 50) // 100
    return f"{'-' if bp < 0 and percent else '+' if percent else ''}{percent:,}%"


DAY_COLUMNS = ("views", *COLUMNS)


def day_rows(days: Sequence[Day], addresses: Addresses) -> list[Row]:
    """The newest first."""
    return [
        Row(
            one.day.isoformat(),
            date_format(one.day, "SHORT_DATE_FORMAT"),
            [counted(key, getattr(one.sums, key), addresses.of(key, days=Days(one.day, one.day))) for key in DAY_COLUMNS],
        )
        for one in reversed(days)
    ]


def day_heads() -> list[str]:
    return [str(LABELS[key]) for key in DAY_COLUMNS]


@dataclass(frozen=True)
class Tile:
    """One figure, large; `change` against the days before."""

    cell: Cell
    change: str = ""


def tiles(board: Board | shop.Shop, addresses: Addresses, worth: Return) -> list[Tile]:
    """What it comes down to; what it cost and what is left for whoever sees money."""
    found = []
    for key in ("net_fen", "orders", "buyers", "newcomers"):
        then = getattr(board.before, key) if board.before is not None else None
        value = getattr(board.sums, key)
        found.append(Tile(counted(key, value, addresses.of(key)), ratios.change(value, then)))
    if board.money:
        found += [Tile(cell) for cell in spent(worth, addresses.of("cost_fen"))]
    return found


def rest(found: shop.Rest, link: str) -> dict[str, Cell]:
    return {
        "orders": counted("orders", found.orders, link),
        "net": Cell("net_fen", found.net_fen, money.show(found.net_fen)),
        "whole": Cell("net_fen", found.of_fen, money.show(found.of_fen)),
    }
