"""A board as it is read: assembled, with its sentence; for the page, the picture and the sheet alike."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.choices import Model
from campaigns.models import Campaign
from campaigns.queries import breaking_even, margins
from campaigns.queries.board import figures, freshness, one, standing, worth
from campaigns.queries.board.one import Board
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import ALL, Span
from campaigns.queries.board.standing import Standing


@dataclass(frozen=True)
class Told:
    """`plain` is the sentence without money, for whoever it is passed on to."""

    board: Board
    standing: Standing
    plain: Standing


def one_board(campaign: Campaign, *, sight: Sight, span: Span, model: str = Model.LAST) -> Told:
    margin_bp = margins.of_one(campaign).bp if sight.money else None
    board = one.of(campaign, sight=sight, span=span, model=model, margin_bp=margin_bp, as_of=freshness.as_of())
    return Told(board, *_standing(board, margin_bp))


def _standing(board: Board, margin_bp: int | None) -> tuple[Standing, Standing]:
    """Of the campaign as a whole by the last touch, whatever days and model are shown."""
    campaign, sight = board.campaign, board.cut.sight
    whole = Cut(sight, campaign.pk)
    usual = board.span.name == ALL and board.model == Model.LAST
    sums = board.sums if usual else figures.whole(whole)
    plain = standing.of(campaign, sums)
    if not sight.money:
        return plain, plain
    gained = board.worth if usual else worth.of_whole(whole, sums, margin_bp)
    even = breaking_even.of_all([campaign], {campaign.pk: (sums.orders, sums.net_fen)})[campaign.pk]
    return standing.of(campaign, sums, even=even, gained=gained), plain
