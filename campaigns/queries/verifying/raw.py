"""The raw rows, counted by (campaign, link, day) in plain SQL."""

from collections import defaultdict
from datetime import date
from typing import Any

from campaigns.queries.verifying.comparing import rows

TOUCHED = ("raw", "views", "uniques", "visitors", "leads", "newcomers", "arrivals")
CREDITED = ("orders", "buyers", "repeats", "net_fen")

READINGS = """
    SELECT campaign_id, link_id, day, COUNT(*), SUM(CASE WHEN not_counted = '' THEN 1 ELSE 0 END),
        SUM(CASE WHEN "unique" THEN 1 ELSE 0 END), SUM(CASE WHEN "first" THEN 1 ELSE 0 END)
    FROM campaigns_touchreading GROUP BY campaign_id, link_id, day
"""
LEADS = """
    SELECT campaign_id, link_id, day, COUNT(*), SUM(CASE WHEN is_new THEN 1 ELSE 0 END)
    FROM campaigns_participation WHERE NOT doubled GROUP BY campaign_id, link_id, day
"""
ARRIVALS = """
    SELECT campaign_id, link_id, arrived_on, COUNT(*) FROM campaigns_participation
    WHERE arrived_on IS NOT NULL AND NOT doubled GROUP BY campaign_id, link_id, arrived_on
"""
CREDITS = """
    SELECT c.campaign_id, c.link_id, c.model, c.day, c.order_id, v.number, c.share_fen, l.employee_id, l.channel_id
    FROM campaigns_credit c JOIN campaigns_conversion v ON v.id = c.conversion_id JOIN campaigns_link l ON l.id = c.link_id
    ORDER BY c.campaign_id
"""

type Counts = dict[str, int]


def touched() -> dict[tuple[int, int | None, date], Counts]:
    found: dict[Any, Counts] = defaultdict(dict)
    for sql, names in ((READINGS, TOUCHED[:4]), (LEADS, TOUCHED[4:6]), (ARRIVALS, TOUCHED[6:])):
        for campaign, link, day, *counts in rows(sql):
            found[campaign, link, as_day(day)] |= dict(zip(names, map(int, counts), strict=True))
    return dict(found)


def as_day(day: Any) -> date:
    """SQLite hands out a text."""
    return date.fromisoformat(day) if isinstance(day, str) else day
