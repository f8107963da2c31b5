"""Makes the stored rows of a slice say what its facts say. Rows that say so already stay, with their ids."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from campaigns.models import Conversion, Credit
from campaigns.services import boarding
from campaigns.services.crediting.facts import Fact, links_of
from campaigns.services.crediting.splitting import shares
from scrm.kit import bulk
from scrm.kit.among import Among

_SAID = ("customer", "net_fen", "at", "day")
_CREDIT = ("conversion", "order", "link", "model", "share_fen", "campaign", "employee", "channel", "day")
# (customer, net, at, day)
Said = tuple[int, int, datetime, date]


def write(order_ids: Sequence[int], facts: Sequence[Fact]) -> None:
    """Inside a transaction; `facts` are those of the orders that have touches or none. The boards hear of each day on
    which something is now other than it was."""
    touched = [fact for fact in facts if fact.touches]
    standing, people, gone = _conversions(order_ids, touched)
    days = _credits(order_ids, touched, standing)
    # Their credits went just now, and were heard of.
    if gone:
        Conversion.objects.filter(Among("pk", gone)).delete()
    boarding.changed(days | number(people))


def _conversions(
    order_ids: Sequence[int], facts: Sequence[Fact]
) -> tuple[dict[tuple[int, int], int], set[int], list[int]]:
    """{(order, campaign): conversion} as they stand now, whose they are or were, and those that are to go."""
    wanted: dict[tuple[int, int], Said] = {
        (fact.order, campaign): (fact.customer, fact.net_fen, fact.at, fact.day)
        for fact in facts
        for campaign in sorted(fact.campaigns)
    }
    # Locked in their order, as a merge takes them.
    rows = Conversion.objects.select_for_update(of=("self",)).filter(Among("order", order_ids)).order_by("pk")
    ids: dict[tuple[int, int], int] = {}
    people: set[int] = set()
    gone: list[int] = []
    other: list[tuple[Any, ...]] = []
    for pk, order, campaign, *said in rows.values_list("pk", "order_id", "campaign_id", "customer_id", *_SAID[1:]):
        right = wanted.get((order, campaign))
        if right is None:
            gone.append(pk)
        else:
            ids[order, campaign] = pk
            if tuple(said) != right:
                other.append((pk, *right))
        people.add(said[0])
    bulk.update(Conversion, _SAID, other)
    new = [pair for pair in wanted if pair not in ids]
    keys = bulk.reserve_ids(Conversion, len(new))
    bulk.insert(
        Conversion,
        ("id", "order", "campaign", *_SAID, "number"),
        [(pk, *pair, *wanted[pair], 1) for pk, pair in zip(keys, new, strict=True)],
    )
    people |= {said[0] for said in wanted.values()}
    return ids | dict(zip(new, keys, strict=True)), people, gone


def _credits(
    order_ids: Sequence[int], facts: Sequence[Fact], standing: dict[tuple[int, int], int]
) -> set[tuple[int, date]]:
    """(campaign, day) of what came, went or changed."""
    whose = links_of(facts)
    wanted: dict[tuple[int, int, str], tuple[Any, ...]] = {}
    for fact in facts:
        day = fact.day
        for model, parts in shares(fact.net_fen, fact.at, fact.touches).items():
            for link, fen in parts.items():
                own = whose[link]
                conversion = standing[fact.order, own.campaign]
                wanted[fact.order, link, model.value] = (conversion, fen, own.campaign, own.employee, own.channel, day)
    rows = Credit.objects.filter(Among("order", order_ids)).order_by()
    wrong: list[int] = []
    days: set[tuple[Any, Any]] = set()
    for pk, order, link, name, *said in rows.values_list(
        "pk", "order_id", "link_id", "model", "conversion_id", "share_fen", "campaign_id", "employee_id", "channel_id", "day"
    ):
        if wanted.get((order, link, name)) == tuple(said):
            del wanted[order, link, name]
        else:
            wrong.append(pk)
            days.add((said[2], said[5]))
    if wrong:
        Credit.objects.filter(Among("pk", wrong)).delete()
    bulk.insert(
        Credit,
        _CREDIT,
        [
            (conversion, order, link, name, fen, campaign, employee, channel, day)
            for (order, link, name), (conversion, fen, campaign, employee, channel, day) in wanted.items()
        ],
    )
    return days | {(said[2], said[5]) for said in wanted.values()}


def number(people: Iterable[int]) -> set[tuple[int, date]]:
    """Which of her orders of each campaign each is. The others move when one comes before them or goes, and all of them
    where two people were joined. Returns (campaign, day) of those that moved."""
    rank = Window(RowNumber(), partition_by=["customer", "campaign"], order_by=["at", "order"])
    rows = Conversion.objects.filter(Among("customer", sorted(people))).annotate(rank=rank).exclude(number=F("rank"))
    moved = list(rows.order_by().values_list("pk", "rank", "campaign_id", "day"))
    bulk.update(Conversion, ("number",), [(pk, place) for pk, place, *_pair in moved])
    return {(campaign, day) for _pk, _place, campaign, day in moved}
