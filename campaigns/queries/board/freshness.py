"""Up to when the boards know everything."""

from datetime import datetime

from django.db.models import Min

from campaigns.models import ArrivalWork, BoardWork, OrderWork
from scrm.kit import clock


def as_of() -> datetime:
    """Now; or when the oldest of what waits to be counted was written."""
    waiting = [model.objects.aggregate(at=Min("created_at"))["at"] for model in (BoardWork, ArrivalWork, OrderWork)]
    return min([at for at in waiting if at is not None], default=clock.now())
