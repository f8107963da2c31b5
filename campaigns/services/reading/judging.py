"""What a touch counts as: plain functions of what is known of it, which need no database."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from campaigns import agents
from campaigns.choices import Hint, NotCounted, TouchKind

HOUR = timedelta(hours=1)
# Of one address in one hour of the clock; what comes after them in that hour is no longer counted.
MOST = 60
# Written by ourselves when it happened: no request, and so no browser.
WRITTEN = (TouchKind.FRIEND, TouchKind.REFERRAL)
SAID = {Hint.HEAD: NotCounted.HEAD, Hint.PREFETCH: NotCounted.PREFETCH}


class Moment(NamedTuple):
    """A place in time that no two touches share."""

    at: datetime
    touch: int


def why_not(*, hint: str, agent: str, number: int, lasts: bool, kind: str = TouchKind.VIEW) -> NotCounted:
    """The first reason not to count a touch, the surest first. `number`: which one of its address in this hour it is, 0
    where the address is not known. `lasts`: whether its day lies within the dates of the campaign."""
    if kind in WRITTEN:
        return NotCounted.NONE if lasts else NotCounted.LATE
    if hint in SAID:
        return SAID[Hint(hint)]
    if agents.is_preview(agent):
        return NotCounted.PREVIEW
    if agents.is_robot(agent):
        return NotCounted.BOT
    if number > MOST:
        return NotCounted.FLOOD
    return NotCounted.NONE if lasts else NotCounted.LATE


def chain_of(kind: str) -> str:
    """Which touches of a visitor by a link wait for one another: a scan is another view, while somebody who becomes a
    contact, or is recommended, minutes after having looked has done something else, which counts for longer."""
    return TouchKind.VIEW if kind == TouchKind.SCAN else kind


def uniques(moments: Sequence[Moment], last: datetime | None) -> Iterator[bool]:
    """For each in order of time, whether no unique one lies less than an hour before it. `last`: the unique one before
    them. Measured from the last unique one and not from the last one: who reloads all day long is seen each hour."""
    for moment in moments:
        unique = last is None or moment.at - last >= HOUR
        if unique:
            last = moment.at
        yield unique


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def numbered(rows: Iterable[tuple[str, datetime]], before: dict[tuple[str, datetime], int]) -> Iterator[int]:
    """For each (origin, when) which one of its address in its hour it is; `before` is counted on."""
    for origin, at in rows:
        if not origin:
            yield 0
            continue
        key = (origin, hour_of(at))
        before[key] = before.get(key, 0) + 1
        yield before[key]
