"""Two records that are one person, and two again: what links brought is credited as if it had never been otherwise."""

from typing import Any

import pytest

from campaigns.models import Conversion, Credit, OrderWork
from campaigns.services.crediting import running
from campaigns.services.crediting.listeners import credited_listeners
from customers.models import Customer, Order
from customers.services.merging import joining
from scrm.kit import claims
from scrm.staff.models import Employee
from tests.campaigns.services.crediting.crediting import NOON, bought, counted, days, run, shares_of
from tests.factories.campaigns import join, make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_channel, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> Customer:
    return make_customer("王娟", "13777000001")


@pytest.fixture
def fold() -> Customer:
    return make_customer("小王", "13777000002")


def merged(keep: Customer, fold: Customer, by: Employee) -> Any:
    return joining.carry_out(joining.plan(keep=keep, fold=fold), by=by)


def net() -> tuple[int, int]:
    """What was bought, and what is credited."""
    return (
        sum(order.net_fen for order in Order.objects.counting()),
        sum(Credit.objects.by("last").values_list("share_fen", flat=True)),
    )


def test_touches_of_both_count_for_orders_of_both(keep: Customer, fold: Customer, owner: Employee) -> None:
    campaign = make_campaign()
    one, other = make_link(campaign), make_link(campaign, channel=make_channel())
    make_reading(one, make_visitor(keep), at=NOON - days(2))
    make_reading(other, make_visitor(fold), at=NOON - days(1))
    first, second = bought(keep, 100), bought(fold, 100, at=NOON + days(1))
    run()
    assert (shares_of(first), shares_of(second), net()) == ({one.pk: 100}, {other.pk: 100}, (200, 200))
    merge = merged(keep, fold, owner)
    run()
    assert (shares_of(first, "linear"), shares_of(second, "linear")) == ({one.pk: 50, other.pk: 50}, {one.pk: 50, other.pk: 50})
    assert (counted(first), counted(second)) == ([(campaign.pk, 100, 1)], [(campaign.pk, 100, 2)])
    assert net() == (200, 200)
    joining.undo(merge, by=owner)
    run()
    assert (shares_of(first), shares_of(second), net()) == ({one.pk: 100}, {other.pk: 100}, (200, 200))
    assert (counted(first), counted(second)) == ([(campaign.pk, 100, 1)], [(campaign.pk, 100, 1)])


def test_touches_of_one_and_orders_of_the_other(keep: Customer, fold: Customer, owner: Employee) -> None:
    link = make_link()
    make_reading(link, make_visitor(fold), at=NOON - days(1))
    order = bought(keep, 100)
    merge = merged(keep, fold, owner)
    run()
    assert shares_of(order) == {link.pk: 100}
    joining.undo(merge, by=owner)
    run()
    assert shares_of(order) == {}


def test_orders_of_the_folded_and_touches_of_the_kept(keep: Customer, fold: Customer, owner: Employee) -> None:
    link = make_link()
    make_reading(link, make_visitor(keep), at=NOON - days(1))
    order, own = bought(fold, 100), bought(keep, 100, at=NOON + days(1))
    run()
    merge = merged(keep, fold, owner)
    run()
    assert (shares_of(order), counted(own)[0][2]) == ({link.pk: 100}, 2)
    joining.undo(merge, by=owner)
    run()
    assert (shares_of(order), counted(own)[0][2]) == ({}, 1)


def test_a_merge_while_a_slice_is_written_leaves_work(keep: Customer, fold: Customer, owner: Employee) -> None:
    make_reading(make_link(), make_visitor(fold), at=NOON - days(1))
    orders = [bought(keep, 100), bought(fold, 100)]
    merges: list[Any] = []

    def meanwhile(ids: Any) -> None:
        if not merges:
            merges.append(merged(keep, fold, owner))

    credited_listeners.register("test", meanwhile)
    try:
        running.step(claims.take(running.CLAIM))
    finally:
        del credited_listeners._entries["test"]
    assert set(OrderWork.objects.values_list("order", flat=True)) == {order.pk for order in orders}


def test_campaigns_joined_go_along(keep: Customer, fold: Customer, owner: Employee) -> None:
    both, one = make_campaign(), make_campaign()
    join(both, keep)
    join(both, fold)
    only = join(one, fold)
    merge = merged(keep, fold, owner)
    assert sorted(keep.participations.values_list("campaign", flat=True)) == [both.pk, one.pk]
    assert fold.participations.count() == 0
    joining.undo(merge, by=owner)
    only.refresh_from_db()
    assert (keep.participations.count(), fold.participations.count(), only.customer) == (1, 2, fold)


def test_conversions_stand_where_the_orders_stand(keep: Customer, fold: Customer, owner: Employee) -> None:
    make_reading(make_link(), make_visitor(fold), at=NOON - days(1))
    bought(fold, 100)
    run()
    merge = merged(keep, fold, owner)
    assert Conversion.objects.get().customer == keep
    joining.undo(merge, by=owner)
    assert Conversion.objects.get().customer == fold
