"""A visitor becomes somebody."""

from uuid import UUID, uuid4

import pytest

from campaigns.choices import VisitorKind
from campaigns.models import OrderWork, Place, Visitor
from campaigns.services import known, openids, recognising
from campaigns.services.recognising import recognise
from customers.choices import IdentityKind
from customers.models import Customer
from customers.services.merging import joining
from scrm.staff.models import Employee
from tests.campaigns.services.crediting.crediting import NOON, bought, days, run, shares_of
from tests.factories.campaigns import make_link, make_reading, make_visitor
from tests.factories.customers import identify, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return make_customer("王娟", "13777000001")


def test_her_touches_come_along(customer: Customer) -> None:
    link, visitor = make_link(), make_visitor()
    make_reading(link, visitor, at=NOON - days(1))
    order, before = bought(customer, 100), bought(customer, 100, at=NOON - days(2))
    run()
    assert shares_of(order) == {}
    identity = customer.identities.get()
    found = recognise(visitor_key=visitor.key, customer=customer, identity=identity, at=NOON)
    assert (found, found.customer, found.identity, found.known_at) == (visitor, customer, identity, NOON)
    assert list(OrderWork.objects.values_list("order", flat=True)) == [order.pk]
    run()
    assert (shares_of(order), shares_of(before)) == ({link.pk: 100}, {})


def test_a_browser_that_was_not_read_yet(customer: Customer) -> None:
    key = uuid4()
    found = recognise(visitor_key=key, customer=customer, at=NOON)
    assert (found.key, found.customer, found.kind, found.first_seen) == (key, customer, VisitorKind.COOKIE, NOON)


def test_again_changes_nothing(customer: Customer) -> None:
    visitor = make_visitor()
    recognise(visitor_key=visitor.key, customer=customer, at=NOON)
    OrderWork.objects.all().delete()
    assert recognise(visitor_key=visitor.key, customer=customer, at=NOON + days(1)).known_at == NOON
    assert (Visitor.objects.count(), OrderWork.objects.count()) == (1, 0)


def test_two_people_at_one_browser(customer: Customer) -> None:
    """What was seen before stays with the first; the second has a key of her own from now on."""
    link, visitor = make_link(), make_visitor(customer)
    make_reading(link, visitor, at=NOON - days(1))
    friend = make_customer("刘敏")
    hers, other = bought(customer, 100), bought(friend, 100)
    found = recognise(visitor_key=visitor.key, customer=friend, at=NOON)
    assert found.key != visitor.key
    assert (found.customer, found.known_at, found.first_seen) == (friend, NOON, NOON)
    run()
    assert (shares_of(hers), shares_of(other)) == ({link.pk: 100}, {})


def test_of_a_folded_record_it_is_who_was_kept(customer: Customer, owner: Employee) -> None:
    kept = make_customer("王娟", "13777000002")
    joining.carry_out(joining.plan(keep=kept, fold=customer), by=owner)
    assert recognise(visitor_key=make_visitor().key, customer=customer).customer == kept
    visitor = Visitor.objects.get()
    assert recognise(visitor_key=visitor.key, customer=customer) == visitor
    assert Visitor.objects.count() == 1


def test_two_devices_unite(customer: Customer) -> None:
    one, other = make_link(), make_link()
    phone, desk = make_visitor(), make_visitor()
    make_reading(one, phone, at=NOON - days(2))
    make_reading(other, desk, at=NOON - days(1))
    order = bought(customer, 100)
    for device in (phone, desk):
        recognise(visitor_key=device.key, customer=customer)
    run()
    assert shares_of(order, "linear") == {one.pk: 50, other.pk: 50}


def test_keys_of_openids_are_what_they_were_and_tell_nothing() -> None:
    """Stored in touches for good: a change here would lose everybody's visits."""
    assert openids.visitor_key(IdentityKind.WECHAT_OPENID, "oABC") == UUID("b6e615dc-50a7-8001-c7e8-6ea88e829dcc")
    assert openids.visitor_key(IdentityKind.WECHAT_UNIONID, "oABC") == UUID("4343b7bf-cd7b-57e9-945a-c23d0a321282")


def visitor_of(openid: str) -> Visitor:
    key = openids.visitor_key(IdentityKind.WECHAT_OPENID, openid)
    return make_visitor(key=key, kind=VisitorKind.OPENID, first_seen=NOON - days(9))


def test_an_openid_is_given_to_somebody(customer: Customer) -> None:
    link, visitor, stranger = make_link(), visitor_of("o1"), visitor_of("o2")
    make_reading(link, visitor, at=NOON - days(1))
    order = bought(customer, 100)
    identity = identify(customer, IdentityKind.WECHAT_OPENID, "o1")
    phone = customer.identities.first()
    assert phone is not None
    assert recognising.recognise_identities([identity.pk, phone.pk]) == 1
    visitor.refresh_from_db()
    stranger.refresh_from_db()
    assert (visitor.customer, visitor.identity, stranger.customer) == (customer, identity, None)
    run()
    assert shares_of(order) == {link.pk: 100}


def test_whoever_is_known_stays_who_she_is(customer: Customer) -> None:
    visitor = visitor_of("o1")
    recognise(visitor_key=visitor.key, customer=make_customer("刘敏"))
    identity = identify(customer, IdentityKind.WECHAT_OPENID, "o1")
    assert recognising.recognise_identities([identity.pk]) == 0


def test_the_sweep_finds_new_identities_and_new_visitors(customer: Customer) -> None:
    before = visitor_of("o1")
    identify(customer, IdentityKind.WECHAT_OPENID, "o1")
    assert known.waits()
    assert known.recognise_known() == 1
    assert not known.waits()
    unionid = identify(customer, IdentityKind.WECHAT_UNIONID, "u1")
    assert known.recognise_known() == 0
    after = make_visitor(key=openids.visitor_key(unionid.kind, "u1"), kind=VisitorKind.OPENID)
    assert known.recognise_known() == 1
    assert {row.pk for row in Visitor.objects.filter(customer=customer)} == {before.pk, after.pk}
    assert dict(Place.objects.values_list("name", "at")) == {known.IDENTITIES: unionid.pk, known.VISITORS: after.pk}


def test_undo_of_a_merge_takes_a_visitor_along_with_her_identity(customer: Customer, owner: Employee) -> None:
    """Recognised while the two were one, by an identity of the one who was folded."""
    kept = make_customer("王娟", "13777000002")
    merge = joining.carry_out(joining.plan(keep=kept, fold=customer), by=owner)
    link, visitor = make_link(), make_visitor()
    make_reading(link, visitor, at=NOON - days(1))
    folds = kept.identities.get(value="13777000001")
    orders = [bought(kept, 100), bought(kept, 100, identity=folds)]
    recognise(visitor_key=visitor.key, customer=kept, identity=folds)
    run()
    assert [shares_of(order) for order in orders] == [{link.pk: 100}, {link.pk: 100}]
    joining.undo(merge, by=owner)
    visitor.refresh_from_db()
    assert visitor.customer == customer
    run()
    assert [shares_of(order) for order in orders] == [{}, {link.pk: 100}]
