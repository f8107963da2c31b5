"""What the boards show of each campaign to whoever sees everything: its whole, its employees, channels and days, under each
model; and what they show of the shop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from campaigns.choices import Model
from campaigns.models import Campaign, Link
from campaigns.queries.board import figures
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.verifying import raw
from campaigns.queries.verifying.comparing import Checked, compared

NAMES = (*raw.TOUCHED, *raw.CREDITED)
type Cuts = dict[str, dict[Any, dict[str, int]]]


def check() -> Iterator[Checked]:
    touched: dict[int, list[Any]] = defaultdict(list)
    for (campaign, link, day), counts in raw.touched().items():
        touched[campaign].append((link, day, counts))
    credits = groupby(raw.rows(raw.CREDITS), key=lambda row: row[0])
    credited = next(credits, None)
    for pk in Campaign.objects.order_by("pk").values_list("pk", flat=True):
        hers: list[Any] = []
        if credited is not None and credited[0] == pk:
            hers = list(credited[1])
            credited = next(credits, None)
        if touched[pk] or hers:
            yield from _campaign(pk, touched[pk], hers)


def _campaign(pk: int, touched: list[Any], credits: list[Any]) -> Iterator[Checked]:
    links = {link: (employee, channel) for link, employee, channel in Link.objects.filter(campaign=pk).values_list("pk", "employee", "channel")}
    cut = Cut(Sight(None), pk)
    for model in Model.values:
        right = _right(touched, [row for row in credits if row[2] == model], links)
        parts = figures.by_link(cut, model=model)
        shown: Cuts = {
            "whole": {"": asdict(figures.whole(cut, model=model))},
            "employee": _plain(parts.employees),
            "channel": _plain(parts.channels),
            "day": _plain(figures.by_day(cut, model=model)),
        }
        for name, said in shown.items():
            yield from compared(f"board {pk}, {model}, {name}", NAMES, said, right[name])


def _plain(parts: dict[Any, Sums]) -> dict[Any, dict[str, int]]:
    return {key: asdict(sums) for key, sums in parts.items()}


def _right(touched: list[Any], credits: list[Any], links: dict[int, Any]) -> Cuts:
    """An order counts once in each part in which one of its links has a share above nothing."""
    found: Cuts = {name: defaultdict(lambda: dict.fromkeys(NAMES, 0)) for name in ("whole", "employee", "channel", "day")}
    for link, day, counts in touched:
        employee, channel = links.get(link, (None, None))
        for name, key in (("whole", ""), ("employee", employee), ("channel", channel), ("day", day)):
            for figure, value in counts.items():
                found[name][key][figure] += value
    seen: set[Any] = set()
    for _campaign, _link, _model, day, order, number, share, employee, channel in credits:
        for name, key in (("whole", ""), ("employee", employee), ("channel", channel), ("day", raw.as_day(day))):
            counts = found[name][key]
            counts["net_fen"] += share
            if share > 0 and (name, key, order) not in seen:
                seen.add((name, key, order))
                counts["orders"] += 1
                counts["buyers" if number == 1 else "repeats"] += 1
    return found
