"""The till's orders of 18 months, as its export: written as csv and brought in by the importer of orders."""

import csv
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from scrm.site.demo import cast
from scrm.site.demo.campaigns import people
from scrm.site.demo.goods import CARE, HEADER, MASK, SERUM, SHOULDERS, TRIAL, Sale

FILE = "收银系统订单.csv"
SOURCE = "收银系统"
HOURS = (10, 11, 13, 14, 14, 15, 15, 16, 16, 17, 18, 19)


def _known() -> Iterator[Sale]:
    """孙婷: 11 orders, ¥8,940. 蒋美琳: ¥46,800. 黄姐: nine trials."""
    ting = "13800000024"
    for days, product in (
        (380, TRIAL), (352, CARE), (310, SHOULDERS), (268, SHOULDERS), (226, CARE), (190, SHOULDERS), (148, SHOULDERS),
        (106, CARE), (80, SHOULDERS), (52, SHOULDERS), (24, CARE),
    ):  # fmt: skip
        yield Sale(ting, days, product, "许静", hour=14 + days % 3)
    for n in range(36):
        yield Sale("13800000029", 530 - n * 14, SHOULDERS, "许静", hour=15 + n % 2)
    yield Sale("13800000029", 19, SHOULDERS, "许静", yuan=720)
    for n in range(9):
        yield Sale("13800000026", 245 - n * 26, TRIAL, "赵倩" if n > 7 else "陈露", channel="小红书")
    yield Sale("13800000022", 400, TRIAL, "许静")
    yield Sale("13800000022", 330, CARE, "许静")
    yield Sale("13800000023", 40, TRIAL, "陈露")
    for days in (110, 70, 34):
        yield Sale("13800000027", days, CARE, "许静")
    for days in (480, 420, 365, 300, 240, 175, 120, 66, 12):
        yield Sale("13800000028", days, CARE, "王蕾", hour=10)
    for days in (280, 200):
        yield Sale("13800000025", days, CARE, "王蕾")


def sales(seed: int = cast.SEED) -> list[Sale]:
    """All of them, oldest first: most people bought once or twice, a few come every month; and what came of campaigns.
    Whoever took part in one bought nothing else in its days, so that its figures are what they are."""
    rng = random.Random(seed + 2)
    found = [*_known(), *people.sales()]
    busy = people.busy_days()
    names = {guest.phone for guest in cast.KNOWN}
    for guest in cast.guests():
        if guest.phone in names or guest.days_ago < 2 or rng.random() < 0.28:
            continue
        served = guest.owner or rng.choice(cast.OWNERS[guest.place])
        end = cast.LEFT_DAYS_AGO + 1 if served == cast.LEFT else 1
        count = min(1 + int(rng.expovariate(0.75)), 14)
        days = sorted({rng.randint(end, max(guest.days_ago, end)) for _n in range(count)}, reverse=True)
        favourite = rng.choices((CARE, MASK, SERUM, SHOULDERS), weights=(45, 25, 18, 12))[0]
        for n, day in enumerate(days):
            first = n == 0 and rng.random() < 0.6
            product = TRIAL if first else favourite if rng.random() < 0.7 else rng.choice((CARE, MASK, SERUM))
            hour, minute = rng.choice(HOURS), rng.randrange(0, 60, 5)
            if day not in busy.get(guest.phone, ()):
                found.append(Sale(guest.phone, day, product, served, hour, minute, channel=guest.source))
    return sorted(found, key=lambda sale: (-sale.days_ago, sale.hour, sale.phone))


def write(path: Path, today: date) -> int:
    """How many orders the file holds."""
    found = sales()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows(sale.row(f"SY{n + 1:06d}", today) for n, sale in enumerate(found))
    return len(found)
