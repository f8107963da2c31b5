"""What links brought, for a page of them at once."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q

from campaigns.choices import NotCounted
from campaigns.models import TouchReading
from scrm.kit import clock


class Figures(NamedTuple):
    """Touches that count, and those of them that are unique. Both are sums over days."""

    today: int = 0
    unique_today: int = 0
    all: int = 0
    unique: int = 0


def figures_of(links: Iterable[int]) -> dict[int, Figures]:
    """One query. Of touches that were read, which is within a minute or two."""
    today, unique = Q(day=clock.today()), Q(unique=True)
    rows = (
        TouchReading.objects.filter(link__in=list(links), not_counted=NotCounted.NONE)
        .order_by()
        .values("link")
        .annotate(
            seen_today=Count("pk", filter=today),
            unique_today=Count("pk", filter=today & unique),
            seen=Count("pk"),
            unique_ever=Count("pk", filter=unique),
        )
    )
    return {
        row["link"]: Figures(row["seen_today"], row["unique_today"], row["seen"], row["unique_ever"]) for row in rows
    }
