"""What looks odd is held, and somebody decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.choices import HoldDecision, HoldReason
from campaigns.models import Campaign, CommissionEntry, CommissionHold, Link, TouchReading
from campaigns.services.paying import holding, signals
from campaigns.services.paying.settling import settle
from customers.models import Order
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.campaigns.services.paying.books import told
from tests.campaigns.services.paying.test_claims import refer
from tests.factories.campaigns import make_link, make_touch, make_visitor
from tests.factories.commission import credit_links, give_back, make_rule
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

Buy = Callable[..., Order]


def held() -> list[tuple[str, str, str]]:
    rows = CommissionHold.objects.order_by("entry_id", "reason")
    return [(row.reason, row.words, row.decision) for row in rows]


@pytest.fixture
def own(buy: Buy, link: Link, employee: Any) -> CommissionEntry:
    """Her own purchase through her own link."""
    order = buy(10_000, customer=make_customer("小许自己", employee.phone))
    credit_links(order, {link: 1})
    settle([order.pk])
    return order.commission.get()


def test_an_honest_order_is_not_held(sell: Buy) -> None:
    sell()
    assert held() == []


def test_a_purchase_through_ones_own_link(own: CommissionEntry) -> None:
    assert held() == [(HoldReason.SELF_PURCHASE, "", "")]


def test_a_colleague_who_buys(buy: Buy, link: Link) -> None:
    order = buy(10_000, customer=make_customer("", make_employee("陈露").phone))
    credit_links(order, {link: 1})
    settle([order.pk])
    assert held() == [(HoldReason.STAFF_PHONE, "陈露", "")]


def test_somebody_who_left_may_buy(buy: Buy, link: Link) -> None:
    order = buy(10_000, customer=make_customer("", make_employee("陈露", is_active=False).phone))
    credit_links(order, {link: 1})
    settle([order.pk])
    assert held() == []


def test_a_customer_who_buys_by_her_own_recommendation(buy: Buy, campaign: Campaign, buyer: Any) -> None:
    make_rule(campaign, second_bp=100)
    near = make_customer("丙")
    refer(campaign, buyer, near)
    own, ring = buy(10_000), buy(10_000)
    credit_links(own, {make_link(campaign, customer=buyer): 1})
    credit_links(ring, {make_link(campaign, customer=near): 1})
    settle([own.pk])
    assert held() == [(HoldReason.SELF_PURCHASE, "", "")]
    CommissionHold.objects.all().delete()
    settle([ring.pk])
    # She brought the one who recommends to her; and is herself paid the second level of her own purchase.
    assert held() == [(HoldReason.RING, "", ""), (HoldReason.SELF_PURCHASE, "", "")]


def test_a_ring_of_three(buy: Buy, campaign: Campaign, buyer: Any) -> None:
    make_rule(campaign)
    second, third = make_customer("乙"), make_customer("丙")
    refer(campaign, buyer, second)
    refer(campaign, second, third)
    order = buy(10_000)
    credit_links(order, {make_link(campaign, customer=third): 1})
    settle([order.pk])
    assert held() == [(HoldReason.RING, "", "")]


CROWD = [(HoldReason.BURST, str(signals.MANY), "")]


@pytest.mark.parametrize(("crowd", "expected"), [(signals.MANY - 1, CROWD), (signals.MANY - 2, [])])
def test_a_crowd_from_one_address(crowd: int, expected: Any, buy: Buy, link: Link, buyer: Any) -> None:
    hour = (clock.now() - timedelta(days=2)).replace(minute=0, second=0, microsecond=0)

    order = buy(10_000)
    _touched(link, make_visitor(buyer), hour, "a" * 16)
    for nth in range(crowd):
        _touched(link, make_visitor(), hour + timedelta(minutes=nth), "a" * 16)
    for nth in range(30):
        _touched(link, make_visitor(), hour + timedelta(minutes=nth), "b" * 16)
    credit_links(order, {link: 1})
    settle([order.pk])
    assert held() == expected


def _touched(link: Link, visitor: Any, at: Any, origin: str) -> None:
    touch = make_touch(link, visitor, at=at, origin=origin)
    TouchReading.objects.create(
        touch=touch, visitor=visitor, link=link, campaign=link.campaign, kind=touch.kind, at=at,
        day=timezone.localdate(at), unique=True,
    )  # fmt: skip


def test_released_it_counts_and_is_not_held_again(own: CommissionEntry, owner: Any, link: Link, campaign: Campaign) -> None:
    hold = CommissionHold.objects.get()
    holding.decide(hold, decision=HoldDecision.RELEASED, by=owner)
    assert (hold.decision, hold.decided_by, told()) == (HoldDecision.RELEASED, owner, [("accrual", 500)])
    # Earned anew for another share, it was looked at already.
    order = Order.objects.get()
    credit_links(order, {link: 1, make_link(campaign, employee=make_employee()): 1})
    settle([order.pk])
    mine = CommissionEntry.objects.filter(employee=link.employee, kind="accrual").order_by("pk")
    assert [row.reason for row in CommissionHold.objects.filter(entry=mine.last())] == []
    assert AuditEntry.objects.filter(action="commission.released").count() == 1


def test_refused_it_is_taken_back_for_good(own: CommissionEntry, owner: Any, link: Link) -> None:
    order = Order.objects.get()
    give_back(order, 2_000)
    settle([order.pk])
    hold = CommissionHold.objects.get()
    holding.decide(hold, decision=HoldDecision.REFUSED, by=owner, words=" 自己买的 ")
    assert told() == [("accrual", 500), ("reversal", -100), ("adjustment", -400)]
    entry = CommissionEntry.objects.get(kind="adjustment")
    assert (entry.note, entry.by, entry.reverses) == ("自己买的", owner, own)
    give_back(order, 8_000)
    assert settle([order.pk]) == 0
    Order.objects.update(refunded_fen=0)
    credit_links(order, {link: 1})
    assert settle([order.pk]) == 0


def test_refusing_settles_the_other_reasons_too(own: CommissionEntry, owner: Any) -> None:
    CommissionHold.objects.create(entry=own, reason=HoldReason.STAFF_PHONE, words="陈露")
    holding.decide(own.holds.get(reason=HoldReason.SELF_PURCHASE), decision=HoldDecision.REFUSED, by=owner, words="不行")
    assert held() == [(HoldReason.SELF_PURCHASE, "", "refused"), (HoldReason.STAFF_PHONE, "陈露", "refused")]
    assert told() == [("accrual", 500), ("adjustment", -500)]


@pytest.mark.parametrize("who", ["operator", "manager", "employee", "agency"])
def test_the_owner_alone_decides(who: str, own: CommissionEntry, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused, match=r".") as no:
        holding.decide(own.holds.get(), decision=HoldDecision.RELEASED, by=request.getfixturevalue(who))
    assert (no.value.code, held()) == ("hold.not_allowed", [(HoldReason.SELF_PURCHASE, "", "")])


def test_what_cannot_be_decided_says_why(own: CommissionEntry, owner: Any, sell: Buy) -> None:
    hold = own.holds.get()
    with pytest.raises(Refused) as no:
        holding.decide(hold, decision=HoldDecision.REFUSED, by=owner, words="  ")
    assert no.value.code == "hold.words"
    holding.decide(hold, decision=HoldDecision.RELEASED, by=owner)
    with pytest.raises(Refused) as no:
        holding.decide(hold, decision=HoldDecision.REFUSED, by=owner, words="迟了")
    assert no.value.code == "hold.decided"
    assert told() == [("accrual", 500)]


def test_nobody_decides_on_what_she_is_paid_herself(buy: Buy, campaign: Campaign, owner: Any) -> None:
    make_rule(campaign)
    order = buy(10_000, customer=make_customer("", owner.phone))
    credit_links(order, {make_link(campaign, employee=owner): 1})
    settle([order.pk])
    with pytest.raises(Refused) as no:
        holding.decide(CommissionHold.objects.get(), decision=HoldDecision.RELEASED, by=owner)
    assert no.value.code == "hold.own"


def test_held_by_hand(sell: Buy, owner: Any, employee: Any) -> None:
    entry = sell().commission.get()
    made = holding.hold(entry, by=owner, words="问一下")
    assert (made.reason, made.words) == (HoldReason.BY_HAND, "问一下")
    with pytest.raises(Refused) as no:
        holding.hold(entry, by=owner, words="又")
    assert no.value.code == "hold.held"
    with pytest.raises(Refused) as no:
        holding.hold(entry, by=employee, words="我")
    assert no.value.code == "hold.not_allowed"
