"""Somebody fills in the shop's own page: a lead, her coupon, what she agrees to, and who follows it up.

The phone is what a stranger typed. It finds a customer or makes one, and changes nothing of a customer who is here;
what comes back must not tell whether she was.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from campaigns.choices import TouchKind
from campaigns.models import LandingPage, Link, Participation, Visitor
from campaigns.queries import pages
from campaigns.services import binding, boarding, recognising, referring, touching
from customers.choices import IdentityKind, Purpose, TaskReason, TaskState
from customers.models import Consent, Customer, Identity, Task
from customers.queries import answering
from customers.services import consenting, doing, people, tracing
from loyalty.models import CouponGrant
from loyalty.queries import coupons as left
from loyalty.services import coupons
from scrm.kit import clock, phones
from scrm.kit.errors import Refused
from scrm.staff.choices import DepartmentKind, Role

VIA = "page"
NAME_LENGTH, WISHED_LENGTH = 60, 60


@dataclass(frozen=True)
class Joined:
    """`grant` is None where the page gives no coupon, or none is left. `again`: she had joined before."""

    customer: Customer
    participation: Participation
    grant: CouponGrant | None
    visitor: Visitor
    is_new: bool
    again: bool = False


def join(
    *,
    link: Link,
    visitor_key: UUID,
    name: str,
    phone: str,
    wished: str = "",
    answers: Mapping[str, Any] | None = None,
    consents: Iterable[str] = (),
    at: datetime | None = None,
) -> Joined:
    """Once a customer and campaign; filled in again it changes nothing and gives the same coupon.

    Raises Refused: "page.closed", "phone.invalid".
    """
    page = pages.page_of(link)
    if page is None or pages.standing(link) != pages.Standing.OPEN:
        raise Refused("page.closed", _("This page is not open at the moment."))
    number = phones.normalise(phone)
    if number is None:
        raise Refused("phone.invalid", _("This is no mobile number: 11 digits, beginning with 13 to 19."))
    now = at or clock.now()
    with transaction.atomic():
        customer, identity, is_new = _person(number, name[:NAME_LENGTH], link)
        visitor = recognising.recognise(visitor_key=visitor_key, customer=customer, identity=identity, at=now)
        participation, first = Participation.objects.get_or_create(
            campaign=link.campaign,
            customer=customer,
            defaults={
                "link": link, "visitor": visitor, "at": now, "day": localdate(now), "is_new": is_new,
                "answers": dict(answers or {}), "wished": wished[:WISHED_LENGTH],
            },
        )  # fmt: skip
        if first:
            boarding.changed([(participation.campaign_id, participation.day)])
            _follow_up(link, page, participation, consents, now)
        _give_coupon(page, participation, link, now)
        grant = coupon_shown(participation, page, same=participation.visitor_id == visitor.pk)
        trace = tracing.Trace(
            "page.submitted", customer=customer.pk, visitor=visitor_key.hex, object=f"link:{link.pk}",
            properties={"text": page.title},
        )  # fmt: skip
        tracing.record(events=[trace])
    return Joined(customer, participation, grant, visitor, participation.is_new, again=not first)


def _person(number: str, name: str, link: Link) -> tuple[Customer, Identity, bool]:
    """Locked until the end. Who was archived is here again, as whoever had herself erased: she came by herself."""
    for _attempt in range(2):
        known = Identity.objects.filter(kind=IdentityKind.PHONE, value=number).first()
        if known is not None:
            return _living(known.customer_id), known, False
        try:
            made = people.create(
                phone=number, by=None, came_back=True, via=VIA, name=name, source=link.channel, store=_store(link)
            )
        except Refused as no:
            if no.code != "person.exists":
                raise
            continue  # the same number came in at the same moment
        return made, made.identities.get(kind=IdentityKind.PHONE, value=number), True
    raise Refused("page.busy", _("Please send it once more."))


def _living(pk: int) -> Customer:
    rows = Customer.everyone.select_for_update(of=("self",), no_key=True).select_related("owner", "store")
    customer = rows.get(pk=pk)
    while customer.merged_into_id is not None:
        customer = rows.get(pk=customer.merged_into_id)
    return people.bring_back(customer, by=None) if customer.archived_at is not None else customer


def _store(link: Link) -> Any:
    """New people of an employee's link belong to her store; who looks after them, the binding says."""
    place = link.employee.department if link.employee else None
    return place if place is not None and place.kind == DepartmentKind.STORE and place.is_active else None


def _follow_up(
    link: Link, page: LandingPage, participation: Participation, consents: Iterable[str], now: datetime
) -> None:
    customer = participation.customer
    binding.bind(customer=customer, link=link, is_new=participation.is_new, at=now)
    customer.refresh_from_db(fields=["owner"])
    agreed = _may_agree(customer, [one for one in dict.fromkeys(consents) if one in page.consents and one in Purpose.values])
    if agreed:
        ground = _("landing page “%(title)s”, number not verified") % {"title": page.title}
        consenting.record(customers=[customer.pk], purposes=agreed, given=True, ground=ground, by=None, source=VIA)
    if link.customer is not None:
        _recommended(link, participation, now)
    if participation.wished:
        _ask_to_call(link, participation, now)


def _recommended(link: Link, participation: Participation, now: datetime) -> None:
    """What she buys counts for whoever brought her for longer than a view of the link does."""
    told = referring.refer(
        campaign=link.campaign, inviter=link.customer, invitee=participation.customer, link=link, at=now  # type: ignore[arg-type]
    )
    if told.referral is not None and participation.visitor is not None:
        touching.touch(link=link, visitor_key=participation.visitor.key, kind=TouchKind.REFERRAL, at=now)


def _may_agree(customer: Customer, purposes: list[str]) -> list[str]:
    """A stranger with her number must not undo a no of hers: that takes her own word to somebody who knows her."""
    said = Consent.objects.filter(customer=customer, purpose__in=purposes).order_by("at", "pk").values_list("purpose", "given")
    newest = dict(said)
    return [purpose for purpose in purposes if newest.get(purpose, True)]


def _ask_to_call(link: Link, participation: Participation, now: datetime) -> None:
    """Today, for whoever looks after her; else for the link's employee, else for whoever leads the store."""
    customer = participation.customer
    employee = next((one for one in (customer.owner, link.employee) if _works_here(one)), None)
    employee = employee or answering.managers_of([customer.store_id])[customer.store_id]
    if employee is None:
        return
    doing.add(
        customer=customer, employee=employee, by=None, key=f"lead:{participation.pk}",
        about=f"{link.campaign.name}: {participation.wished}", due_at=clock.end_of(clock.today()) - timedelta(seconds=1),
    )  # fmt: skip
    # That she is newly hers is said by this one too: one card is enough.
    newly = Task.objects.open().filter(customer=customer, employee=employee, reason=TaskReason.ASSIGNED)
    newly.update(state=TaskState.DROPPED, done_at=now)


def _works_here(employee: Any) -> bool:
    return employee is not None and employee.is_active and employee.role != Role.AGENCY


def _give_coupon(page: LandingPage, participation: Participation, link: Link, now: datetime) -> None:
    """Nothing where none is left, or she holds as many as one person may."""
    if page.coupon is None:
        return
    key = _key(participation.campaign_id, participation.customer_id)
    with suppress(Refused):
        coupons.grant(
            coupon=page.coupon, customers={participation.customer_id: key}, origin=f"campaigns.link:{link.pk}", at=now
        )


def coupon_shown(participation: Participation, page: LandingPage, *, same: bool) -> CouponGrant | None:
    """Her own, from here or from elsewhere. When none is left, only the browser that got one sees it again: else
    whoever types a number would learn from a coupon that its owner had joined. Nor does it tell that it was used."""
    if page.coupon is None or not (same or left.is_left(page.coupon)):
        return None
    mine = CouponGrant.objects.filter(customer=participation.customer_id, coupon=page.coupon)
    here = Q(key__startswith=_key(participation.campaign_id, ""))
    return mine.select_related("coupon__product").order_by(Case(When(here, then=0), default=1), "-pk").first()


def _key(campaign: int, customer: Any) -> str:
    return f"campaign:{campaign}:{customer}"
