"""The days of a campaign were changed: what was outside them may count now, and the other way round."""

from campaigns.models import Campaign, TouchReading
from campaigns.services import reading

DAYS = frozenset({"starts_on", "ends_on"})


def judge_again(campaign: Campaign) -> None:
    """Inside the transaction that changed them; nothing where nobody has used a link yet."""
    if TouchReading.objects.filter(campaign=campaign).exists():
        reading.dates_changed(campaign)
