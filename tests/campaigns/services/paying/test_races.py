"""Two at the same time, on connections of their own."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from campaigns.choices import HoldDecision
from campaigns.models import ClosedMonth, CommissionEntry, CommissionHold
from campaigns.queries.commission.auditing import audit
from campaigns.reckoning import month_before, month_of
from campaigns.services.paying import closing, holding
from campaigns.services.paying.settling import settle
from customers.models import Order
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.staff.choices import Role
from tests.campaigns.services.crediting.test_races import together
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.commission import credit_links, make_rule
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db(transaction=True)


def sold(count: int, buyer: Any = None) -> list[int]:
    """Orders of the last day of the month before, credited and not settled."""
    campaign = make_campaign()
    make_rule(campaign)
    link = make_link(campaign, employee=make_employee("许静"))
    at = clock.start_of(month_of(clock.today())) - timedelta(hours=3)
    orders = []
    for _nth in range(count):
        order = make_order(buyer or make_customer(), paid_fen=10_000, source="hand", ordered_at=at, paid_at=at)
        credit_links(order, {link: 1})
        orders.append(order.pk)
    return orders


def quietly(call: Any, *args: Any, **fields: Any) -> str:
    try:
        call(*args, **fields)
    except Refused as no:
        return no.code
    return "done"


def test_two_that_settle_the_same_orders_earn_once() -> None:
    orders = sold(6)
    together(*[partial(settle, orders)] * 3)
    assert CommissionEntry.objects.count() == 6
    Order.objects.update(refunded_fen=4_000)
    together(*[partial(settle, orders)] * 3)
    assert [entry.amount_fen for entry in CommissionEntry.objects.filter(kind="reversal")] == [-200] * 6
    assert audit() == []


@pytest.mark.parametrize("nth", range(3))
def test_nothing_slips_into_a_month_that_is_being_closed(nth: int) -> None:
    owner = make_employee("沈禾", Role.OWNER)
    orders = sold(20)
    settle(orders[:1])
    last = month_before(clock.today())
    slices = [partial(settle, orders[at : at + 5]) for at in range(0, 20, 5)]
    together(*slices, partial(closing.close_month, last, by=owner))
    assert CommissionEntry.objects.filter(kind="accrual").count() == 20
    assert ClosedMonth.objects.get().entries == CommissionEntry.objects.filter(month=last).count()
    assert audit() == []


def test_a_month_is_closed_once_and_a_hold_decided_once() -> None:
    owners = [make_employee("沈禾", Role.OWNER), make_employee("沈苗", Role.OWNER)]
    buyer = make_customer("", make_employee("陈露").phone)
    settle(sold(1, buyer))
    hold = CommissionHold.objects.get()
    decisions = [HoldDecision.RELEASED, HoldDecision.REFUSED]
    said = together(
        *(
            partial(quietly, holding.decide, CommissionHold.objects.get(), decision=decision, by=owner, words="因为")
            for decision, owner in zip(decisions, owners, strict=True)
        )
    )
    assert sorted(said) == ["done", "hold.decided"]
    hold.refresh_from_db()
    refused = hold.decision == HoldDecision.REFUSED
    assert CommissionEntry.objects.filter(kind="adjustment").count() == refused
    last = month_before(clock.today())
    said = together(*(partial(quietly, closing.close_month, last, by=owner) for owner in owners))
    assert sorted(said) == ["done", "month.closed"]
    assert CommissionEntry.objects.filter(kind="payout").count() == (not refused)
    assert audit() == []
