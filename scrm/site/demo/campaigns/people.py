"""Who the leads are: people of the old system, or new ones who come by the page; and what each of them bought."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scrm.site.demo import cast
from scrm.site.demo.campaigns import friends, soothing, summer, trial
from scrm.site.demo.campaigns.shapes import Lead, Plan, Way, serving
from scrm.site.demo.goods import Sale

PLANS: tuple[Plan, ...] = (summer.PLAN, soothing.PLAN, trial.PLAN, friends.PLAN)
# Orders come at most so many days after the last touch of a campaign.
WINDOW = 8
# Known for so long that everything a campaign has to do with came later.
LONG_HERE = 150


@dataclass(frozen=True)
class Somebody:
    """A lead with a face. `nth` of her way; the minute is that of the day on which she left her name."""

    lead: Lead
    way: Way
    plan: Plan
    nth: int
    phone: str
    name: str
    hour: int
    minute: int

    @property
    def served(self) -> str:
        return serving(self.way, self.nth)


@cache
def everybody() -> tuple[Somebody, ...]:
    """Of all campaigns, each person once."""
    return tuple(_cast())


def of(plan: Plan, way: Way) -> list[Somebody]:
    return [one for one in everybody() if one.plan is plan and one.way is way]


@cache
def promoters() -> dict[str, str]:
    """{what a way says of whoever recommends: her phone}."""
    taken = {one.phone for one in everybody()}
    found = {}
    for way in friends.PLAN.ways:
        name = way.recommends
        if name == friends.FRIEND:
            found[name] = next(one.phone for one in everybody() if one.way.recommends == friends.HEAD)
        elif name and not name.isdigit():
            found[name] = next(phone for phone, _name in _pool(name) if phone not in taken)
    return found


def recommends(way: Way) -> str:
    """The phone of the customer whose link it is."""
    return promoters().get(way.recommends, way.recommends)


def phones() -> set[str]:
    return {one.phone for one in everybody()} | set(promoters().values())


def sales() -> Iterator[Sale]:
    for one in everybody():
        for bought in one.lead.bought:
            yield Sale(
                one.phone, bought.days_ago, bought.product, one.served, bought.hour, 20 + one.nth, yuan=bought.yuan,
                channel=bought.channel,
            )  # fmt: skip


def busy_days() -> dict[str, range]:
    """{phone: days ago on which she buys nothing but what the campaign tells}."""
    return {one.phone: range(max(one.plan.ends - WINDOW, 0), one.plan.starts + 1) for one in everybody()}


def _cast() -> Iterator[Somebody]:
    rng = random.Random(cast.SEED + 5)
    taken = {guest.phone for guest in cast.KNOWN}
    numbers = iter(rng.sample(range(7_000, 8_000), cast.CAME_BY_LINKS))
    book = cast.Book(rng, {guest.name for guest in cast.KNOWN})
    for plan in PLANS:
        for way in plan.ways:
            pool = iter(_pool(way.promoter))
            for nth, lead in enumerate(way.leads):
                if lead.phone:
                    phone = lead.phone
                    name = lead.name or next(guest.name for guest in cast.KNOWN if guest.phone == phone)
                elif lead.is_new:
                    phone, name = f"1380000{next(numbers)}", book.fresh()
                else:
                    phone, name = next(one for one in pool if one[0] not in taken)
                taken.add(phone)
                yield Somebody(lead, way, plan, nth, phone, name, rng.randint(9, 20), rng.randrange(60))


@cache
def _long_here() -> tuple[cast.Guest, ...]:
    known = {guest.phone for guest in cast.KNOWN}
    return tuple(guest for guest in cast.guests() if guest.days_ago > LONG_HERE and guest.phone not in known)


def _pool(owner: str) -> list[tuple[str, str]]:
    """(phone, name) of those whom a colleague looks after since long."""
    return [(guest.phone, guest.name) for guest in _long_here() if guest.owner == owner]
