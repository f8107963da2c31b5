"""The sentences of several campaigns at once, from a constant number of queries."""

from collections.abc import Sequence

from campaigns.models import Campaign
from campaigns.queries import breaking_even, margins
from campaigns.queries.board import figures, standing, worth
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.standing import Standing
from campaigns.queries.returns import CAMPAIGN, Return


def of(campaigns: Sequence[Campaign], sight: Sight) -> dict[int, tuple[Standing, Return | None]]:
    """{campaign: its sentence, and what it gained since its beginning for whoever sees money}, by the last touch."""
    if not campaigns:
        return {}
    cut = Cut(sight)
    sums = figures.by_campaign(cut)
    if not sight.money:
        return {one.pk: (standing.of(one, sums.get(one.pk, Sums())), None) for one in campaigns}
    had = {pk: (found.orders, found.net_fen) for pk, found in sums.items()}
    evens, known, spent = breaking_even.of_all(campaigns, had), margins.of(campaigns), worth.by_campaign(cut)
    said: dict[int, tuple[Standing, Return | None]] = {}
    for one in campaigns:
        whole = sums.get(one.pk, Sums())
        gained = worth.made(
            whole, spent.costs[CAMPAIGN].get(one.pk, 0), spent.commission[CAMPAIGN].get(one.pk, 0), known[one.pk].bp
        )
        said[one.pk] = (standing.of(one, whole, even=evens[one.pk], gained=gained), gained)
    return said
