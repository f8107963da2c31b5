"""The stored rollups, row by row."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from campaigns.models import BoardCredit, BoardDay
from campaigns.queries.verifying import raw
from campaigns.queries.verifying.comparing import Checked, compared


def check() -> Iterator[Checked]:
    stored = {
        (campaign, link, day): dict(zip(raw.TOUCHED, counts, strict=True))
        for campaign, link, day, *counts in BoardDay.objects.order_by()
        .values_list("campaign_id", "link_id", "day", *raw.TOUCHED)
        .iterator(5_000)
    }
    yield from compared("day", raw.TOUCHED, stored, raw.touched())
    kept = {
        (campaign, link, model, day): dict(zip(raw.CREDITED, counts, strict=True))
        for campaign, link, model, day, *counts in BoardCredit.objects.order_by()
        .values_list("campaign_id", "link_id", "model", "day", *raw.CREDITED)
        .iterator(5_000)
    }
    right: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(raw.CREDITED, 0))
    for campaign, link, model, day, _order, number, share, *_whose in raw.rows(raw.CREDITS):
        counts = right[campaign, link, model, raw.as_day(day)]
        counts["net_fen"] += share
        if share > 0:
            counts["orders"] += 1
            counts["buyers" if number == 1 else "repeats"] += 1
    yield from compared("credit", raw.CREDITED, kept, right)
