"""How each touchpoint feels, and whether what was changed there helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from customers.models import Feedback, Touchpoint
from scrm.kit import clock

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Mean:
    """So many voices, and the sum of their scores."""

    voices: int = 0
    total: int = 0

    def __str__(self) -> str:
        """"+0.6", "−0.9", "0.0"; "—" where nobody has said anything."""
        if not self.voices:
            return "—"
        mean = (Decimal(self.total) / self.voices).quantize(TENTH, ROUND_HALF_UP)
        return f"{mean:+}".replace("-", "−") if mean else "0.0"


@dataclass(frozen=True)
class Voices:
    """All of a touchpoint; those before the day of its change and those since, where it has one. `last_before` is the
    last day that counts as before."""

    all: Mean = Mean()
    before: Mean | None = None
    after: Mean | None = None
    last_before: date | None = None


def voices_of(touchpoints: Sequence[Touchpoint], viewer: Any) -> dict[int, Voices]:
    """One query for any number of them, inside the viewer's scope: the numbers that the list of feedback shows."""
    seen = Feedback.objects.visible_to(viewer).filter(touchpoint__in=[point.pk for point in touchpoints])
    early = Q(pk__in=[])
    for point in touchpoints:
        if point.changed_on is not None:
            early |= Q(touchpoint=point.pk, at__lt=clock.start_of(point.changed_on))
    rows = seen.order_by().values_list("touchpoint").annotate(
        n=Count("pk"), total=Sum("score"), n_early=Count("pk", filter=early), early=Sum("score", filter=early, default=0)
    )
    found = {pk: figures for pk, *figures in rows}
    return {point.pk: _voices(point, *found.get(point.pk, (0, 0, 0, 0))) for point in touchpoints}


def _voices(point: Touchpoint, n: int, total: int, n_early: int, total_early: int) -> Voices:
    if point.changed_on is None:
        return Voices(Mean(n, total))
    return Voices(
        Mean(n, total),
        Mean(n_early, total_early),
        Mean(n - n_early, total - total_early),
        point.changed_on - timedelta(days=1),
    )
