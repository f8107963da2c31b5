"""This month against the last one, to the fen and to the day."""

from datetime import date

import pytest
import time_machine

from customers.choices import Approval, OrderState
from customers.queries import takings
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


def test_to_the_same_day_and_no_further(owner):
    one = make_customer("王小娟")
    for day, fen in (
        ("2026-11-01T00:00:00", 1), ("2026-11-22T23:59:59", 20), ("2026-10-31T23:59:59", 300),
        ("2026-10-22T23:59:59", 4_000), ("2026-10-23T00:00:00", 50_000), ("2026-10-01T00:00:00", 600_000),
        ("2026-09-30T23:59:59", 7_000_000),
    ):  # fmt: skip
        make_order(one, paid_fen=fen, ordered_at=f"{day}+08:00")
    with time_machine.travel("2026-11-22T15:00:00+08:00", tick=False):
        assert takings.this_month(owner) == takings.Month(date(2026, 11, 1), date(2026, 11, 22), 21, 604_000)


def test_the_last_of_a_longer_month_is_held_against_the_whole_shorter_one(owner):
    one = make_customer("王小娟")
    make_order(one, paid_fen=5, ordered_at="2026-02-28T20:00:00+08:00")
    with time_machine.travel("2026-03-31T15:00:00+08:00", tick=False):
        assert takings.this_month(owner).before_fen == 5


def test_only_what_counts_net_of_what_was_given_back(owner):
    one = make_customer("王小娟")
    with time_machine.travel("2026-11-22T15:00:00+08:00", tick=False):
        at = "2026-11-20T10:00:00+08:00"
        make_order(one, paid_fen=1_000, refunded_fen=300, ordered_at=at)
        make_order(one, paid_fen=1_000, ordered_at=at, approval=Approval.PENDING)
        make_order(one, paid_fen=1_000, ordered_at=at, state=OrderState.CANCELLED)
        make_order(one, paid_fen=1_000, ordered_at=None)
        assert takings.this_month(owner).net_fen == 700


def test_under_the_scope(shop, manager, employee, agency):
    make_order(make_customer("滨江客", store=shop.binjiang), paid_fen=100, ordered_at="2026-11-20T10:00:00+08:00")
    make_order(make_customer("西湖客", store=shop.xihu), paid_fen=9, ordered_at="2026-11-20T10:00:00+08:00")
    with time_machine.travel("2026-11-22T15:00:00+08:00", tick=False):
        seen = [takings.this_month(who).net_fen for who in (manager, employee, agency)]
    assert seen == [100, 0, 0]
