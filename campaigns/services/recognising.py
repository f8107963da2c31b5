"""A visitor becomes somebody: her touches are that person's from now on, and the orders after them are credited anew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Min

from campaigns.choices import VisitorKind
from campaigns.models import Visitor
from campaigns.services import openids
from campaigns.services.crediting import work
from customers.models import Customer, Identity, Order
from scrm.kit import bulk, clock
from scrm.kit.among import Among


def recognise(
    *, visitor_key: UUID, customer: Customer, identity: Identity | None = None, at: datetime | None = None
) -> Visitor:
    """The visitor as whom she is known. Where that browser is known as somebody else already, it is another one with a
    key of its own, for the caller to set as the cookie; the touches before stay with the first. `identity`: by which
    she became known; where that goes back after a merge, the visitor goes with it."""
    at = at or clock.now()
    known_by = identity.pk if identity else None
    with transaction.atomic():
        person = living(customer.pk)
        # The reading job may not have come to her first touch yet.
        Visitor.objects.bulk_create([Visitor(key=visitor_key, first_seen=at)], ignore_conflicts=True)
        theirs = Visitor.objects.filter(key=visitor_key)
        if theirs.filter(customer=None).update(customer=person, known_at=at, identity=known_by):
            visitor = theirs.get()
            _credit_after(visitor, at)
            return visitor
        visitor = theirs.get()
        if visitor.customer_id == person.pk:
            return visitor
        return Visitor.objects.create(key=uuid4(), customer=person, known_at=at, identity_id=known_by, first_seen=at)


def living(pk: int) -> Customer:
    """Whom a record is now, locked so that no merge moves her while a row is made to point at her."""
    while True:
        person = Customer.everyone.select_for_update(of=("self",), no_key=True).get(pk=pk)
        if person.merged_into_id is None:
            return person
        pk = person.merged_into_id


def _credit_after(visitor: Visitor, at: datetime) -> None:
    first = visitor.readings.aggregate(first=Min("at"))["first"]
    since = min(first or at, visitor.first_seen, at)
    work.add(Order.objects.filter(customer=visitor.customer_id, ordered_at__gte=since))


def recognise_identities(identity_ids: Sequence[int]) -> int:
    """Openids were given to people: their visits before that are theirs; how many visitors became known."""
    ours = Identity.objects.filter(Among("pk", identity_ids), kind__in=openids.KINDS)
    people = sorted(set(ours.order_by().values_list("customer_id", flat=True)))
    if not people:
        return 0
    with transaction.atomic():
        held = Customer.everyone.select_for_update(of=("self",), no_key=True).filter(pk__in=people).order_by("pk")
        list(held.values_list("pk", flat=True))
        # Asked again: while we waited they may have come to somebody else.
        by_key = {
            openids.visitor_key(kind, value): (pk, customer)
            for pk, customer, kind, value in ours.order_by().values_list("pk", "customer_id", "kind", "value")
        }
        unknown = Visitor.objects.select_for_update(of=("self",)).filter(
            key__in=list(by_key), kind=VisitorKind.OPENID, customer=None
        )
        now = clock.now()
        found = [(pk, *by_key[key], now) for pk, key in unknown.order_by("pk").values_list("pk", "key")]
        bulk.update(Visitor, ("identity", "customer", "known_at"), found)
        if found:
            work.of_people(sorted({customer for _pk, _identity, customer, _at in found}))
    return len(found)
