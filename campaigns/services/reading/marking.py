"""Which readings are unique, and which the first of their campaign. Right in whatever order touches come to be read: one
that comes late may take either from readings that are there already."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from campaigns.choices import NotCounted
from campaigns.models import TouchReading
from campaigns.services.reading.judging import HOUR, Moment, chain_of, uniques
from scrm.kit.among import Among

Chain = tuple[int, int, str]


def mark(fresh: Sequence[TouchReading]) -> list[TouchReading]:
    """Sets `unique` and `first` of these, all of them counted; returns those stored before that are no longer, or only
    now, what they were."""
    if not fresh:
        return []
    visitors = sorted({one.visitor_id for one in fresh})
    counted = TouchReading.objects.filter(Among("visitor", visitors), not_counted=NotCounted.NONE)
    since = min(one.at for one in fresh) - HOUR
    stored = {one.pk: one for one in counted.filter(at__gt=since)}
    for one in counted.filter(first=True):
        stored.setdefault(one.pk, one)
    before = {one.pk: (one.unique, one.first) for one in stored.values()}
    _mark_unique(fresh, stored.values())
    _mark_first(fresh, stored.values())
    return [one for one in stored.values() if before[one.pk] != (one.unique, one.first)]


def mark_all(rows: Sequence[TouchReading]) -> None:
    """The same where these are all that count of their visitors in their campaign."""
    _mark_unique(rows, ())
    _mark_first(rows, ())


def save(revised: Sequence[TouchReading]) -> None:
    for field in ("unique", "first"):
        for value in (True, False):
            which = [one.pk for one in revised if getattr(one, field) is value]
            if which:
                TouchReading.objects.filter(pk__in=which).exclude(**{field: value}).update(**{field: value})


def _mark_unique(fresh: Iterable[TouchReading], stored: Iterable[TouchReading]) -> None:
    chains: dict[Chain, list[TouchReading]] = defaultdict(list)
    begins: dict[Chain, Moment] = {}
    for one in fresh:
        chain = _chain(one)
        chains[chain].append(one)
        begins[chain] = min(begins.get(chain, moment(one)), moment(one))
    for one in stored:
        if (chain := _chain(one)) in chains:
            chains[chain].append(one)
    for chain, rows in chains.items():
        last = max((one.at for one in rows if one.unique and moment(one) < begins[chain]), default=None)
        later = sorted((one for one in rows if moment(one) >= begins[chain]), key=moment)
        for one, unique in zip(later, uniques([moment(one) for one in later], last), strict=True):
            one.unique = unique


def _mark_first(fresh: Iterable[TouchReading], stored: Iterable[TouchReading]) -> None:
    firsts = {(one.visitor_id, one.campaign_id): one for one in stored if one.first}
    for one in fresh:
        known = firsts.get((one.visitor_id, one.campaign_id))
        if known is None or moment(one) < moment(known):
            if known is not None:
                known.first = False
            one.first = True
            firsts[one.visitor_id, one.campaign_id] = one


def _chain(one: TouchReading) -> Chain:
    return (one.link_id, one.visitor_id, chain_of(one.kind))


def moment(one: TouchReading) -> Moment:
    return Moment(one.at, one.touch_id)
