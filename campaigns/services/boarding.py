"""Keeping the boards' rollups: days on which facts came or changed are counted anew, a slice of them a transaction."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from campaigns.models import (
    BoardCredit,
    BoardDay,
    BoardWork,
    Credit,
    Link,
    Participation,
    Place,
    TouchReading,
)

type Pair = tuple[int, date]

LOCK = "board"
# Days of a transaction: each is a count over its own facts.
SLICE = 40
READ = 2_000
# Rows of work that whoever opens a board may do by the way.
FEW = 200

LEFT = Q(share_fen__gt=0)
FIRST, LATER = LEFT & Q(conversion__number=1), LEFT & Q(conversion__number__gt=1)


def changed(pairs: Iterable[Pair]) -> None:
    """Facts of these (campaign, day) came, changed or went. For whoever writes them, in the same transaction."""
    BoardWork.objects.bulk_create([BoardWork(campaign_id=campaign, day=day) for campaign, day in sorted(set(pairs))])


def waits() -> bool:
    return BoardWork.objects.exists()


def catch_up() -> None:
    """What came a moment ago, where it is little: so that a number and the list behind it agree when somebody looks. More
    of it, or what somebody counts right now, is left to the job of the minute."""
    if 0 < BoardWork.objects.all()[: FEW + 1].count() <= FEW:
        step(wait=False)


def refresh() -> None:
    """Counts until nothing waits."""
    while step():
        pass


def rebuild(campaign: int) -> None:
    """Every day of a campaign that has facts, or had some, waits to be counted."""
    rows: list[Any] = [
        TouchReading.objects.filter(campaign=campaign).values_list("day"),
        Participation.objects.filter(campaign=campaign).values_list("day"),
        Participation.objects.filter(campaign=campaign, arrived_on__isnull=False).values_list("arrived_on"),
        Credit.objects.filter(campaign=campaign).values_list("day"),
        BoardDay.objects.filter(campaign=campaign).values_list("day"),
        BoardCredit.objects.filter(campaign=campaign).values_list("day"),
    ]
    days = {day for found in rows for (day,) in found.order_by().distinct()}
    changed((campaign, day) for day in days)


def step(*, wait: bool = True) -> bool:
    """One slice, in one transaction; False where nothing waited, or without `wait` somebody else counts. Safe to call twice
    at once."""
    with transaction.atomic():
        Place.objects.get_or_create(name=LOCK)
        # Two that count the same day at once would both write it.
        if Place.objects.select_for_update(skip_locked=not wait).filter(name=LOCK).first() is None:
            return False
        work = list(BoardWork.objects.order_by("pk").values_list("pk", "campaign", "day")[:READ])
        if not work:
            return False
        pairs = list(dict.fromkeys((campaign, day) for _pk, campaign, day in work))[:SLICE]
        taken = set(pairs)
        days: dict[int, list[date]] = defaultdict(list)
        for campaign, day in pairs:
            days[campaign].append(day)
        for campaign, some in days.items():
            _count(campaign, some)
        BoardWork.objects.filter(pk__in=[pk for pk, *pair in work if tuple(pair) in taken]).delete()
    return True


def _count(campaign: int, days: list[date]) -> None:
    BoardDay.objects.filter(campaign=campaign, day__in=days).delete()
    BoardCredit.objects.filter(campaign=campaign, day__in=days).delete()
    BoardDay.objects.bulk_create(_days(campaign, days), batch_size=500)
    BoardCredit.objects.bulk_create(_credits(campaign, days), batch_size=500)


def _days(campaign: int, days: list[date]) -> list[BoardDay]:
    counted: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    leads = Participation.objects.filter(campaign=campaign)
    parts: list[tuple[Any, str, dict[str, Count]]] = [
        (
            TouchReading.objects.filter(campaign=campaign, day__in=days),
            "day",
            {
                "raw": Count("pk"),
                "views": Count("pk", filter=Q(not_counted="")),
                "uniques": Count("pk", filter=Q(unique=True)),
                "visitors": Count("pk", filter=Q(first=True)),
            },
        ),
        (leads.filter(day__in=days), "day", {"leads": Count("pk"), "newcomers": Count("pk", filter=Q(is_new=True))}),
        (leads.filter(arrived_on__in=days), "arrived_on", {"arrivals": Count("pk")}),
    ]
    for rows, day, counts in parts:
        for link, on, *figures in rows.order_by().values_list("link", day).annotate(**counts):
            counted[link, on] |= dict(zip(counts, figures, strict=True))
    whose = _links({link for link, _day in counted})
    return [
        BoardDay(campaign_id=campaign, link_id=link, employee_id=whose[link][0], channel_id=whose[link][1], day=on, **figures)
        for (link, on), figures in counted.items()
    ]


def _links(links: set[int | None]) -> dict[int | None, tuple[int | None, int | None]]:
    """Whose link it is and of which channel."""
    found: dict[int | None, tuple[int | None, int | None]] = {None: (None, None)}
    for some in batched(sorted(link for link in links if link), 5_000):
        rows = Link.objects.filter(pk__in=some).order_by().values_list("pk", "employee", "channel")
        found |= {link: (employee, channel) for link, employee, channel in rows}
    return found


def _credits(campaign: int, days: list[date]) -> list[BoardCredit]:
    rows = (
        Credit.objects.filter(campaign=campaign, day__in=days)
        .order_by()
        .values("campaign", "link", "employee", "channel", "model", "day")
        .annotate(
            orders=Count("pk", filter=LEFT),
            buyers=Count("pk", filter=FIRST),
            repeats=Count("pk", filter=LATER),
            net_fen=Sum("share_fen"),
        )
    )
    columns = {"campaign": "campaign_id", "link": "link_id", "employee": "employee_id", "channel": "channel_id"}
    return [BoardCredit(**{columns.get(name, name): value for name, value in row.items()}) for row in rows]
