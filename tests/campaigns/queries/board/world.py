"""A shop in which anything may have happened: random touches, leads, visits and orders of two campaigns."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from campaigns.choices import Model, NotCounted, TouchKind
from campaigns.models import Campaign, Link, TouchReading
from customers.choices import AppointmentState
from customers.models import Channel, Customer
from scrm.kit import clock, money
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests import cast
from tests.factories.boards import convert
from tests.factories.campaigns import (
    join,
    make_assignment,
    make_campaign,
    make_cost,
    make_link,
    make_reading,
    make_visitor,
)
from tests.factories.contacts import make_appointment
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

DAYS = 6


@dataclass
class World:
    random: Random
    staff: dict[Role, Employee] = field(default_factory=dict)
    employees: list[Employee] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    people: list[Customer] = field(default_factory=list)

    def moment(self) -> datetime:
        """Midnight is among them, to the second."""
        start = clock.start_of(clock.today() - timedelta(days=self.random.randrange(DAYS)))
        return start + timedelta(seconds=self.random.choice([0, 1, 43_200, 86_399]))

    def days(self) -> list[date]:
        return [clock.today() - timedelta(days=back) for back in range(DAYS)]


def build(seed: int) -> World:
    made = World(Random(seed))
    shop = cast.open_shop()
    made.staff = {role: cast.hire(shop, role) for role in Role}
    made.employees = [
        made.staff[Role.EMPLOYEE], made.staff[Role.MANAGER], make_employee(department=shop.binjiang), make_employee(department=shop.xihu)
    ]  # fmt: skip
    made.campaigns = [make_campaign(starts_on=clock.today() - timedelta(days=DAYS)), make_campaign()]
    # The agency works on the first alone.
    make_assignment(made.campaigns[0], made.staff[Role.AGENCY])
    make_assignment(made.campaigns[0], made.employees[0])
    made.channels = [make_channel("朋友圈"), make_channel("小红书")]
    promoter = make_customer("团长")
    for campaign in made.campaigns:
        for channel in (*made.channels, None):
            made.links += [make_link(campaign, employee=one, channel=channel) for one in made.employees]
            made.links.append(make_link(campaign, channel=channel))
        made.links.append(make_link(campaign, customer=promoter, channel=made.channels[0]))
    stores: list[Any] = [shop.binjiang, shop.xihu, None]
    made.people = [
        make_customer(f"客{n}", store=made.random.choice(stores), owner=made.random.choice([None, *made.employees]))
        for n in range(made.random.randrange(1, 7))
    ]
    return made


def happen(world: World, much: int) -> set[tuple[int, date]]:
    """Facts come; on which (campaign, day) they came."""
    dice, changed = world.random, set()
    visitors = [make_visitor() for _n in range(3)]
    for _n in range(dice.randrange(much)):
        link = dice.choice(world.links)
        reason = dice.choice([NotCounted.NONE, NotCounted.NONE, NotCounted.BOT, NotCounted.LATE])
        visitor, kind = dice.choice(visitors), dice.choice(TouchKind.values)
        known = TouchReading.objects.filter(visitor=visitor, campaign=link.campaign, first=True).exists()
        one = make_reading(
            link, visitor, at=world.moment(), kind=kind, not_counted=reason,
            unique=reason == NotCounted.NONE and dice.random() < 0.7, first=reason == NotCounted.NONE and not known,
        )  # fmt: skip
        changed.add((link.campaign_id, one.day))
    for person in world.people:
        for campaign in world.campaigns:
            if dice.random() < 0.5 and not campaign.participations.filter(customer=person).exists():
                link = dice.choice([None, *(one for one in world.links if one.campaign_id == campaign.pk)])
                lead = join(campaign, person, link=link, at=world.moment(), is_new=dice.random() < 0.5)
                changed.add((campaign.pk, lead.day))
        for _n in range(dice.randrange(3)):
            state = dice.choice([AppointmentState.ARRIVED, AppointmentState.NO_SHOW, AppointmentState.BOOKED])
            make_appointment(person, starts_at=world.moment(), state=state)
        for _n in range(dice.randrange(3)):
            changed |= _order(world, person)
    if dice.random() < 0.5:
        make_cost(dice.choice([*world.campaigns, None]), dice.choice(world.channels), dice.randrange(100_000), day=dice.choice(world.days()), kind=f"k{dice.random()}"[:8])  # fmt: skip
    return changed


def _order(world: World, person: Customer) -> set[tuple[int, date]]:
    """Up to three links had a part; or none, and it is nobody's. Some were given back as a whole."""
    dice = world.random
    paid = dice.choice([0, 1, 100, 9_999])
    order = make_order(person, paid_fen=paid, refunded_fen=dice.choice([0, 0, paid]), ordered_at=world.moment())
    way = sorted({dice.choice(world.links) for _n in range(dice.randrange(4))}, key=lambda link: link.pk)
    if not way:
        return set()
    shared = dict(zip(way, money.split(order.net_fen, [dice.randrange(1, 5) for _link in way]), strict=True))
    shares: dict[str, Any] = dict.fromkeys((Model.LINEAR, Model.POSITION, Model.DECAY), shared)
    shares |= {Model.LAST: {way[-1]: order.net_fen}, Model.FIRST: {way[0]: order.net_fen}}
    for campaign in {link.campaign for link in way}:
        hers = {str(model): {link: fen for link, fen in parts.items() if link.campaign_id == campaign.pk} for model, parts in shares.items()}
        made = convert(order, campaign, number=dice.choice([1, 2, 3]), **hers)
    return {(link.campaign_id, made.day) for link in way}
