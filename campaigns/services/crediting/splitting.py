"""How one order's net amount is split over the touches before it. Plain Python: the same on every database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from campaigns.choices import Model
from campaigns.services.crediting import halving
from scrm.kit import money

MICROSECOND = timedelta(microseconds=1)


class Touched(NamedTuple):
    """A touch that counts for the order. In this order of fields: by time, and of one moment by id."""

    at: datetime
    id: int
    link: int


def shares(net_fen: int, ordered_at: datetime, touches: Sequence[Touched]) -> dict[Model, dict[int, int]]:
    """{model: {link: fen}}; each model sums to `net_fen` exactly. Largest remainder, of equal ones the smaller link id.

    A link that takes part has a share though it be of 0 fen; one that takes no part in a model has none. Several touches
    of one link are added up before anything is rounded. Nothing without touches.
    """
    if not touches:
        return {}
    links = {touch.link for touch in touches}
    if len(links) == 1:
        (only,) = links
        return {model: {only: net_fen} for model in Model}
    way = sorted(touches)
    first, last = way[0].link, way[-1].link
    return {
        Model.LAST: {last: net_fen},
        Model.FIRST: {first: net_fen},
        Model.LINEAR: _split(net_fen, way, [1] * len(way)),
        Model.POSITION: _split(net_fen, way, position(len(way))),
        Model.DECAY: _split(net_fen, way, halving.weights([(ordered_at - one.at) // MICROSECOND for one in way])),
    }


def position(count: int) -> list[int]:
    """40 for the first and the last, 20 for all between; one takes all, two take half each."""
    if count < 3:
        return [1] * count
    between = count - 2
    return [2 * between, *[1] * between, 2 * between]


def _split(net_fen: int, way: Sequence[Touched], weights: Sequence[int]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for touch, weight in zip(way, weights, strict=True):
        sums[touch.link] = sums.get(touch.link, 0) + weight
    links = sorted(sums)
    return dict(zip(links, money.split(net_fen, [sums[link] for link in links]), strict=True))
