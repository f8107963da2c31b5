"""Whom a reading concerns: the board's days, and the credit of orders of somebody who is known."""

from collections.abc import Iterable, Sequence

from campaigns.models import TouchReading, Visitor
from campaigns.services import boarding
from campaigns.services.crediting import work


def tell(visitors: Iterable[Visitor], readings: Sequence[TouchReading]) -> None:
    """Their days are counted anew, and orders that came after a touch that counts are credited anew. `visitors`, those of
    the readings, are locked."""
    boarding.changed((one.campaign_id, one.day) for one in readings)
    known = {one.pk for one in visitors if one.customer_id is not None}
    if theirs := [one.pk for one in readings if one.visitor_id in known and not one.not_counted]:
        work.of_touches(theirs)
