"""What waits for a decision."""

from typing import Any

from django.db.models import QuerySet

from campaigns.choices import HoldDecision
from campaigns.models import CommissionEntry, CommissionHold


def waiting(viewer: Any) -> QuerySet[CommissionHold]:
    """Under the viewer's scope."""
    seen = CommissionEntry.objects.visible_to(viewer)
    return CommissionHold.objects.filter(entry__in=seen, decision=HoldDecision.OPEN)
