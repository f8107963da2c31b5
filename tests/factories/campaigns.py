"""Campaigns, links, visitors, touches. What is not said is nothing out of the way: running, a link of nobody, now."""

from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from campaigns.choices import CampaignState, TouchKind
from campaigns.models import (
    Assignment,
    Campaign,
    CampaignCost,
    LandingPage,
    Link,
    Material,
    Participation,
    Poster,
    Touch,
    TouchReading,
    Visitor,
)
from campaigns.services.drawing import slots
from customers.models import Channel, Customer
from scrm.kit import clock, codes
from scrm.staff.models import Employee

_numbers = count(1)


def make_campaign(name: str = "", **fields: Any) -> Campaign:
    fields.setdefault("state", CampaignState.RUNNING)
    return Campaign.objects.create(name=name or f"活动{next(_numbers)}", **fields)


def make_link(campaign: Campaign | None = None, *, employee: Employee | None = None, **fields: Any) -> Link:
    fields.setdefault("code", codes.random_code(7))
    return Link.objects.create(campaign=campaign or make_campaign(), employee=employee, **fields)


def make_page(campaign: Campaign | None = None, **fields: Any) -> LandingPage:
    """Name and phone, nothing else."""
    fields.setdefault("title", "春季体验")
    return LandingPage.objects.create(campaign=campaign or make_campaign(), **fields)


def make_visitor(customer: Customer | None = None, **fields: Any) -> Visitor:
    fields.setdefault("key", uuid4())
    return Visitor.objects.create(customer=customer, **fields)


def make_touch(link: Link, visitor: Visitor | UUID, *, at: datetime | None = None, **fields: Any) -> Touch:
    key = visitor.key if isinstance(visitor, Visitor) else visitor
    return Touch.objects.create(link=link, visitor_key=key, at=at or clock.now(), **fields)


def make_reading(
    link: Link, visitor: Visitor, *, at: datetime | None = None, kind: str = TouchKind.VIEW, **fields: Any
) -> TouchReading:
    """A touch that counts, read already."""
    touch = make_touch(link, visitor, at=at, kind=kind)
    fields.setdefault("unique", True)
    return TouchReading.objects.create(
        touch=touch, visitor=visitor, link=link, campaign=link.campaign, kind=kind, at=touch.at,
        day=timezone.localdate(touch.at), **fields,
    )  # fmt: skip


def make_assignment(campaign: Campaign, employee: Employee, **fields: Any) -> Assignment:
    return Assignment.objects.create(campaign=campaign, employee=employee, **fields)


def make_cost(campaign: Campaign | None, channel: Channel, amount_fen: int, **fields: Any) -> CampaignCost:
    fields.setdefault("day", clock.today())
    return CampaignCost.objects.create(campaign=campaign, channel=channel, amount_fen=amount_fen, **fields)


def join(campaign: Campaign, customer: Customer, *, link: Link | None = None, **fields: Any) -> Participation:
    at = fields.setdefault("at", clock.now())
    return Participation.objects.create(
        campaign=campaign, customer=customer, link=link, day=timezone.localdate(at), **fields
    )


def make_material(title: str = "", campaign: Campaign | None = None, **fields: Any) -> Material:
    return Material.objects.create(title=title or f"素材{next(_numbers)}", campaign=campaign, **fields)


def make_poster(name: str = "", campaign: Campaign | None = None, **fields: Any) -> Poster:
    """A plain one, with the code in the middle."""
    fields.setdefault("slots", slots.layout())
    return Poster.objects.create(name=name or f"海报{next(_numbers)}", campaign=campaign, **fields)
