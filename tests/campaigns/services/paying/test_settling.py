"""What one order earns, and what a refund takes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from campaigns.choices import Because
from campaigns.models import Campaign, CommissionEntry, Link, Receipt, Rules
from campaigns.services.paying.settling import settle
from customers.choices import Approval, OrderState
from customers.models import Order
from scrm.kit import clock
from tests.campaigns.services.paying.books import told
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.commission import credit_links, give_back, make_rule
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

Sell = Callable[..., Order]


def test_twelve_orders_of_a_campaign_and_one_refund(buy: Sell, link: Link) -> None:
    """8 × ¥1,280 + 4 × ¥398 = ¥11,832, of which 5 % are ¥591.60; ¥512 given back take ¥25.60."""
    orders = [buy(fen) for fen in [128_000] * 8 + [39_800] * 4]
    for order in orders:
        credit_links(order, {link: 1})
    assert settle([order.pk for order in orders]) == 12
    assert sum(amount for _kind, amount in told()) == 59_160
    give_back(orders[0], 51_200)
    credit_links(orders[0], {link: 1})
    assert settle([orders[0].pk]) == 1
    assert told(orders[0]) == [("accrual", 6_400), ("reversal", -2_560)]
    assert sum(amount for _kind, amount in told()) == 56_600


def test_settling_again_writes_nothing(sell: Sell) -> None:
    order = sell()
    give_back(order, 100)
    assert settle([order.pk]) == 1
    assert settle([order.pk, order.pk]) == 0
    assert told() == [("accrual", 6_400), ("reversal", -5)]


def test_two_refunds_of_sixty_per_cent_take_exactly_all(sell: Sell) -> None:
    order = sell(10_001)
    for fen in (6_000, 4_001):
        give_back(order, fen)
        settle([order.pk])
    assert told() == [("accrual", 500), ("reversal", -300), ("reversal", -200)]


def test_what_was_given_back_before_the_first_look_is_taken_at_once(buy: Sell, link: Link) -> None:
    order = buy(10_000)
    give_back(order, 2_500)
    credit_links(order, {link: 1})
    settle([order.pk])
    assert told() == [("accrual", 500), ("reversal", -125)]


def test_half_a_fen_is_rounded_up(sell: Sell) -> None:
    assert told(sell(10)) == [("accrual", 1)]  # 0.5
    assert told(sell(9)) == []  # 0.45: nothing that could be paid
    order = sell(1_000)
    give_back(order, 10)
    settle([order.pk])
    assert told(order) == [("accrual", 50), ("reversal", -1)]  # 0.5


def test_a_refund_that_is_undone_gives_back(sell: Sell) -> None:
    order = sell(10_000)
    give_back(order, 5_000)
    settle([order.pk])
    Order.objects.filter(pk=order.pk).update(refunded_fen=1_000)
    settle([order.pk])
    assert told() == [("accrual", 500), ("reversal", -250), ("adjustment", 200)]
    again = CommissionEntry.objects.get(kind="adjustment")
    assert (again.note, again.reverses) == (Because.AGAIN, CommissionEntry.objects.get(kind="accrual"))


def test_a_cancelled_order_takes_back_all_and_comes_back_with_it(sell: Sell) -> None:
    order = sell(10_000)
    Order.objects.filter(pk=order.pk).update(state=OrderState.CANCELLED)
    settle([order.pk])
    assert told() == [("accrual", 500), ("reversal", -500)]
    assert CommissionEntry.objects.get(kind="reversal").note == Because.CANCELLED
    Order.objects.filter(pk=order.pk).update(state=OrderState.FULFILLED)
    settle([order.pk])
    assert told() == [("accrual", 500), ("reversal", -500), ("adjustment", 500)]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": OrderState.PLACED},
        {"approval": Approval.PENDING},
        {"approval": Approval.REJECTED},
        {"paid_fen": 0},
        {"ordered_at": None, "paid_at": None},
    ],
)
def test_what_does_not_count_earns_nothing(fields: dict[str, Any], buy: Sell, link: Link) -> None:
    order = buy(**{"paid_fen": 10_000, **fields})
    if order.ordered_at:
        credit_links(order, {link: 1})
    assert settle([order.pk]) == 0


def test_a_rule_that_came_later_changes_nothing_that_was_earned(sell: Sell, campaign: Campaign, buy: Sell, link: Link) -> None:
    first = sell(10_000)
    campaign.pay_rules.update(is_active=False)
    make_rule(campaign, rate_bp=1_000, version=2, valid_from=clock.now() - timedelta(hours=1))
    late = buy(10_000)  # placed while the first version was in force
    fresh = buy(10_000, at=clock.now())
    for order in (first, late, fresh):
        credit_links(order, {link: 1})
        settle([order.pk])
    assert [told(order) for order in (first, late, fresh)] == [[("accrual", 500)], [("accrual", 500)], [("accrual", 1_000)]]
    assert [entry.rule.version for entry in CommissionEntry.objects.order_by("pk")] == [1, 1, 2]


def test_a_rule_that_was_ended_earns_nothing_new_and_takes_nothing_back(sell: Sell, campaign: Campaign, buy: Sell, link: Link) -> None:
    first = sell(10_000)
    campaign.pay_rules.update(is_active=False)
    late = buy(10_000)
    credit_links(late, {link: 1})
    assert settle([first.pk, late.pk]) == 0


def test_a_fixed_sum_is_shared_as_the_credit_is(buy: Sell, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, fixed_fen=1_000)
    other = make_employee("王蕾")
    links = [make_link(campaign, employee=who) for who in (employee, other, None)]
    order = buy(10_000)
    credit_links(order, dict.fromkeys(links, 1))
    settle([order.pk])
    assert told() == [("accrual", 334), ("accrual", 333)]
    give_back(order, 10_000)
    settle([order.pk])
    assert told()[2:] == [("reversal", -334), ("reversal", -333)]


def test_several_links_of_one_person_are_one_share(buy: Sell, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, rate_bp=333)
    links = [make_link(campaign, employee=employee, channel=make_channel()) for _nth in range(3)]
    order = buy(10_000)
    credit_links(order, dict.fromkeys(links, 1))
    settle([order.pk])
    assert told() == [("accrual", 333)]
    assert CommissionEntry.objects.get().key == f"accrual:{order.pk}:e{employee.pk}:k{campaign.pk}"


def test_two_campaigns_pay_each_on_its_own_credit(buy: Sell, link: Link, employee: Any) -> None:
    other = make_campaign()
    make_rule(other, rate_bp=1_000)
    order = buy(10_000)
    credit_links(order, {link: 1, make_link(other, employee=employee): 3})
    settle([order.pk])
    assert told() == [("accrual", 125), ("accrual", 750)]


def test_a_visitor_who_becomes_known_later_moves_the_claim(buy: Sell, link: Link, campaign: Campaign) -> None:
    other = make_employee("王蕾")
    order = buy(10_000)
    credit_links(order, {link: 1})
    settle([order.pk])
    credit_links(order, {make_link(campaign, employee=other): 1})
    settle([order.pk])
    assert told() == [("accrual", 500), ("accrual", 500), ("reversal", -500)]
    taken = CommissionEntry.objects.get(kind="reversal")
    assert (taken.note, taken.employee, taken.refunded_fen) == (Because.CLAIM, link.employee, 0)
    # And back: the first accrual is hers again, the second is taken.
    credit_links(order, {link: 1})
    settle([order.pk])
    assert told()[3:] == [("adjustment", 500), ("reversal", -500)]
    assert settle([order.pk]) == 0


def test_a_share_that_changes_is_earned_anew(buy: Sell, link: Link, campaign: Campaign) -> None:
    other = make_link(campaign, employee=make_employee("王蕾"))
    order = buy(10_000)
    credit_links(order, {link: 1})
    settle([order.pk])
    credit_links(order, {link: 1, other: 1})
    settle([order.pk])
    mine = CommissionEntry.objects.filter(employee=link.employee).order_by("pk")
    assert [(entry.kind, entry.amount_fen, entry.key.count(":")) for entry in mine] == [
        ("accrual", 500, 3), ("accrual", 250, 4), ("reversal", -500, 2),
    ]  # fmt: skip
    assert mine.last().note == Because.SHARE
    assert sum(amount for _kind, amount in told()) == 500


def test_what_rounding_explains_is_no_other_share(buy: Sell, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign)
    links = [make_link(campaign, employee=who) for who in (employee, make_employee(), make_employee())]
    order = buy(10_000)
    credit_links(order, dict.fromkeys(links, 1))
    settle([order.pk])
    for fen in (4_999, 4_990, 9):
        give_back(order, fen)
        credit_links(order, dict.fromkeys(links, 1))
        settle([order.pk])
    assert [kind for kind, _amount in told()].count("accrual") == 3
    assert CommissionEntry.objects.filter(note=Because.REFUND).count() == 3 * 2  # the last fen but one moves nobody's


def test_a_corrected_amount_is_earned_anew(sell: Sell, link: Link) -> None:
    order = sell(10_000)
    Order.objects.filter(pk=order.pk).update(paid_fen=20_000, goods_fen=20_000)
    credit_links(order, {link: 1})
    settle([order.pk])
    assert told() == [("accrual", 500), ("accrual", 1_000), ("reversal", -500)]


def test_an_employee_who_left_keeps_what_she_earned(buy: Sell, link: Link, employee: Any) -> None:
    employee.is_active = False
    employee.save(update_fields=["is_active"])
    order = buy(10_000)
    credit_links(order, {link: 1})
    settle([order.pk])
    assert told() == [("accrual", 500)]


def test_the_counter_pays_at_once_and_an_online_order_after_it_arrived(sell: Sell) -> None:
    Rules.objects.create(counter_days=0, online_days=7)
    yesterday = clock.days_ago(1)
    at_counter = sell().commission.get()
    assert (at_counter.payable_on, at_counter.day, at_counter.month) == (yesterday, yesterday, yesterday.replace(day=1))
    arrived = sell(source="有赞").commission.get()
    assert arrived.payable_on == yesterday + timedelta(days=7)
    order = sell(source="有赞", state=OrderState.PAID, fulfilled_at=None)
    under_way = order.commission.get()
    assert (under_way.payable_on, Receipt.objects.count()) == (None, 0)
    Order.objects.filter(pk=order.pk).update(state=OrderState.FULFILLED, fulfilled_at=clock.now())
    Rules.objects.update(online_days=3)
    settle([order.pk])
    assert Receipt.objects.get().payable_on == clock.today() + timedelta(days=3)
    settle([order.pk])
    assert Receipt.objects.count() == 1
    assert arrived.payable_on == CommissionEntry.objects.get(pk=arrived.pk).payable_on


@pytest.mark.parametrize(
    ("source", "online", "in_store", "expected"),
    [
        ("hand", True, False, False),
        ("sheet", None, False, False),
        ("sheet", True, False, True),
        ("有赞", None, False, True),
        ("有赞", None, True, False),
        ("有赞", False, False, False),
    ],
)
def test_what_is_online(source: str, online: bool | None, in_store: bool, expected: bool, buy: Sell, shop: Any) -> None:
    from campaigns.services.paying.sold import read

    channel = make_channel(online=online) if online is not None else None
    order = buy(source=source, channel=channel, store=shop.binjiang if in_store else None)
    assert read([order.pk])[order.pk].online == expected


def test_the_ledger_refuses_to_be_changed(sell: Sell) -> None:
    sell()
    for act in (lambda: CommissionEntry.objects.update(amount_fen=1), lambda: CommissionEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert told() == [("accrual", 6_400)]


def test_the_same_number_of_queries_for_one_order_and_for_three(
    buy: Sell, link: Link, django_assert_num_queries: Any
) -> None:
    orders = [buy(customer=make_customer(f"客{n}")) for n in range(4)]
    for order in orders:
        credit_links(order, {link: 1})
    settle([orders[0].pk])
    for some in ([orders[1].pk], [order.pk for order in orders[1:]]):
        with transaction.atomic():
            with django_assert_num_queries(20):
                settle(some)
            transaction.set_rollback(True)
