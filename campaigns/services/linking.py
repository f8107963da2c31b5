"""Links are made once and never changed: what was printed goes on leading to the same promoter."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Link, Material
from campaigns.models.links import CODE_LENGTH
from customers.models import Channel, Customer
from scrm.kit import audit, clock, codes
from scrm.kit.errors import Refused
from scrm.staff.models import Employee

BATCH = 1_000
# With a hundred thousand links one new code in twenty million is taken; five times in a row is no chance.
TRIES = 5
Which = tuple[int | None, int | None, int | None, int | None]


def make_links(
    *,
    campaign: Campaign,
    employees: Iterable[Employee] = (),
    customers: Iterable[Customer] = (),
    channels: Iterable[Channel | None],
    materials: Iterable[Material | None] = (None,),
    nobody: bool = False,
    by: Any,
) -> list[Link]:
    """Every promoter × channel × material of the campaign, those that were there before among them, in that order.

    Raises Refused("link.employee_left", "link.customer_gone", "link.channel_inactive", "link.material_inactive").
    """
    employees, customers, channels, materials = list(employees), list(customers), list(channels), list(materials)
    check(employees=employees, customers=customers, channels=channels, materials=materials)
    promoters: list[tuple[int | None, int | None]] = [(person.pk, None) for person in employees]
    promoters += [(None, person.pk) for person in customers]
    promoters += [(None, None)] if nobody else []
    places = product(promoters, [_id(one) for one in channels], [_id(one) for one in materials])
    wanted: list[Which] = list(dict.fromkeys((*who, channel, material) for who, channel, material in places))
    with transaction.atomic():
        found = _those(campaign, wanted)
        ours: set[str] = set()
        for _try in range(TRIES):
            missing = [which for which in wanted if which not in found]
            if not missing:
                break
            ours |= _insert(campaign, missing, by)
            found |= _those(campaign, missing)
        if made := sum(link.code in ours for link in found.values()):
            audit.record("link.made", by=by, on=campaign, count=made)
        return [found[which] for which in wanted]


def _id(one: Channel | Material | None) -> int | None:
    return None if one is None else one.pk


def _insert(campaign: Campaign, wanted: Sequence[Which], by: Any) -> set[str]:
    """The codes tried. Whatever is taken by now, a code or a place, is left out."""
    rows = [
        Link(
            code=codes.random_code(CODE_LENGTH), campaign=campaign, employee_id=employee, customer_id=customer,
            channel_id=channel, material_id=material, created_by=by, created_at=clock.now(),
        )
        for employee, customer, channel, material in wanted
    ]  # fmt: skip
    Link.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    return {row.code for row in rows}


def _those(campaign: Campaign, wanted: Sequence[Which]) -> dict[Which, Link]:
    """Of the promoters asked for, a slice at a time: a campaign may have a hundred thousand who recommend."""
    found: dict[Which, Link] = {}
    for start in range(0, len(wanted), BATCH):
        part = set(wanted[start : start + BATCH])
        theirs = Q(employee__in={which[0] for which in part if which[0]})
        theirs |= Q(customer__in={which[1] for which in part if which[1]})
        if any(which[:2] == (None, None) for which in part):
            theirs |= Q(employee=None, customer=None)
        for link in Link.objects.filter(theirs, campaign=campaign):
            which = (link.employee_id, link.customer_id, link.channel_id, link.material_id)
            if which in part:
                found[which] = link
    return found


def check(
    *,
    employees: Iterable[Employee] = (),
    customers: Iterable[Customer] = (),
    channels: Iterable[Channel | None] = (),
    materials: Iterable[Material | None] = (),
) -> None:
    """Whether links may be made of these; raises what `make_links` raises."""
    for person in employees:
        if not person.is_active:
            said = _("%(name)s no longer works here. Choose somebody who does.")
            raise Refused("link.employee_left", said % {"name": person.name}, employee=person.pk)
    for customer in customers:
        if not customer.is_living:
            said = _("This customer's record is archived or was joined with another. Choose the living one.")
            raise Refused("link.customer_gone", said, customer=customer.pk)
    for channel in filter(None, channels):
        if not channel.is_active:
            said = _("The channel “%(name)s” is no longer in use. Choose another, or take it into use again.")
            raise Refused("link.channel_inactive", said % {"name": channel}, channel=channel.pk)
    for material in filter(None, materials):
        if not material.is_active:
            said = _("The material “%(name)s” is no longer in use. Choose another, or take it into use again.")
            raise Refused("link.material_inactive", said % {"name": material}, material=material.pk)
