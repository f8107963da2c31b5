"""The next thousand touches that nobody has read.

Ids are given before a commit, so a touch may appear behind the ones that were read: the watermark therefore stands some
minutes back, and what lies after it is asked for its reading. Whoever reads holds the watermark's row, so that two
workers take turns."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from campaigns.choices import NotCounted
from campaigns.models import Campaign, Place, Touch, TouchReading
from campaigns.services.reading import marking, origins, telling, visitors
from campaigns.services.reading.judging import why_not
from scrm.kit import bulk, clock

SLICE = 1_000
# No transaction that writes a touch takes as long.
LAG = timedelta(minutes=5)
READ, SEEN = "touches.read", "touches.seen"
COLUMNS = ("touch", "visitor", "link", "campaign", "kind", "at", "day", "not_counted", "unique", "first")


def step(after: int = 0) -> int | None:
    """Reads those behind `after`, at least behind the watermark; returns the last one's id, None when there was none."""
    with transaction.atomic():
        read = hold()
        rows = list(unread(max(after, read.at)).select_related("link")[:SLICE])
        if not rows:
            _settle(read)
            return None
        _read(rows)
        return rows[-1].pk


def waits() -> bool:
    """Whether there may be something to do: a touch behind the watermark, read or not."""
    read = Place.objects.filter(pk=READ).values_list("at", flat=True).first() or 0
    return Touch.objects.filter(pk__gt=read).exists()


def unread(after: int) -> QuerySet[Touch]:
    here = TouchReading.objects.filter(touch=OuterRef("pk"))
    return Touch.objects.filter(~Exists(here), pk__gt=after).order_by("pk")


def hold() -> Place:
    """The watermark, locked: readings are written by one at a time."""
    Place.objects.bulk_create([Place(name=READ, moved_at=clock.now())], ignore_conflicts=True)
    return Place.objects.select_for_update().get(pk=READ)


def _read(rows: list[Touch]) -> None:
    numbers = origins.number(rows)
    who = visitors.of(rows)
    running = Campaign.objects.in_bulk({row.link.campaign_id for row in rows})
    fresh: list[TouchReading] = []
    for row, number in zip(rows, numbers, strict=True):
        campaign, day = running[row.link.campaign_id], timezone.localdate(row.at)
        reason = why_not(hint=row.hint, agent=row.agent, number=number, lasts=campaign.lasts(day), kind=row.kind)
        fresh.append(
            TouchReading(
                touch_id=row.pk, visitor_id=who[row.visitor_key].pk, link_id=row.link_id, campaign_id=campaign.pk,
                kind=row.kind, at=row.at, day=day, not_counted=reason, unique=False, first=False,
            )
        )  # fmt: skip
    revised = marking.mark([one for one in fresh if one.not_counted == NotCounted.NONE])
    bulk.insert(TouchReading, COLUMNS, map(_values, fresh))
    marking.save(revised)
    telling.tell(who.values(), [*fresh, *revised])


def _values(one: TouchReading) -> tuple[Any, ...]:
    return (
        one.touch_id, one.visitor_id, one.link_id, one.campaign_id, str(one.kind), one.at, one.day, str(one.not_counted),
        one.unique, one.first,
    )  # fmt: skip


def _settle(read: Place) -> None:
    """Nothing waits: the watermark follows to what was seen LAG ago, if by now all up to there is read."""
    origins.forget()
    now = clock.now()
    newest = Touch.objects.aggregate(newest=Max("pk"))["newest"] or 0
    seen, fresh = Place.objects.get_or_create(pk=SEEN, defaults={"at": newest, "moved_at": now})
    if fresh or now - seen.moved_at < LAG or unread(read.at).filter(pk__lte=seen.at).exists():
        return
    Place.objects.filter(pk=READ).update(at=seen.at, moved_at=now)
    Place.objects.filter(pk=SEEN).update(at=newest, moved_at=now)
