"""The figures of one customer: what counts, what is a lifetime and what a period, days of the shop."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from customers.choices import Approval, OrderState
from customers.queries import purchases
from tests.factories.customers import make_customer, make_opening
from tests.factories.orders import make_line, make_order, make_product

pytestmark = pytest.mark.django_db
NOW = "2026-11-22T10:00:00+08:00"


def at(day, hour=4):
    return datetime(*map(int, day.split("-")), hour, tzinfo=UTC)


@pytest.fixture
def juan(db):
    return make_customer("王小娟")


@time_machine.travel(NOW, tick=False)
def test_only_what_is_paid_and_agreed_to_counts(juan):
    make_order(juan, paid_fen=10000, refunded_fen=2500, ordered_at=at("2026-10-01"))
    make_order(juan, paid_fen=500, approval=Approval.APPROVED, ordered_at=at("2026-10-11"))
    for fields in (
        {"approval": Approval.PENDING},
        {"approval": Approval.REJECTED},
        {"state": OrderState.PLACED},
        {"state": OrderState.CANCELLED},
    ):
        make_order(juan, paid_fen=7777, ordered_at=at("2020-01-01"), **fields)
    make_order(make_customer("李小明"), paid_fen=999)
    assert purchases.figures(juan) == purchases.Figures(
        net_fen=8000, orders=2, year_fen=8000, first=date(2026, 10, 1), last=date(2026, 10, 11), days=2
    )


@time_machine.travel(NOW, tick=False)
def test_a_year_ends_today_and_begins_a_day_after_this_day_last_year(juan):
    make_order(juan, paid_fen=1, ordered_at=datetime(2025, 11, 22, 15, 59, tzinfo=UTC))
    make_order(juan, paid_fen=20, ordered_at=datetime(2025, 11, 22, 16, 0, tzinfo=UTC))
    make_order(juan, paid_fen=300, ordered_at=None)
    found = purchases.figures(juan)
    assert (found.net_fen, found.year_fen, found.orders, found.days) == (321, 20, 3, 2)
    assert (found.first, found.last, found.interval) == (date(2025, 11, 22), date(2025, 11, 23), 1)


@time_machine.travel("2028-02-29T10:00:00+08:00", tick=False)
def test_a_year_ends_on_a_leap_day(juan):
    make_order(juan, paid_fen=1, ordered_at=at("2027-02-28"))
    make_order(juan, paid_fen=20, ordered_at=at("2027-03-01"))
    assert purchases.figures(juan).year_fen == 20


@pytest.mark.parametrize(
    ("days", "interval"),
    [
        ([], None),
        (["2026-01-01"], None),
        (["2026-01-01", "2026-01-01"], None),
        (["2026-01-01", "2026-01-31", "2026-01-31"], 30),
        (["2026-01-01", "2026-01-02", "2026-01-04"], 2),
        (["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05", "2026-01-11"], 3),
    ],
)
def test_the_mean_interval_counts_days_and_rounds_half_up(juan, days, interval):
    for day in days:
        make_order(juan, ordered_at=at(day))
    assert purchases.figures(juan).interval == interval


def test_opening_figures_are_in_a_lifetime_and_said(juan):
    bought = purchases.Figures(100000, 2, 40000, date(2026, 1, 1), date(2026, 1, 31), 2)
    openings = [
        make_opening(juan, "收银", spend_fen=345670, orders=12, last_order_on=date(2025, 9, 30), level="金卡"),
        make_opening(juan, "美团", spend_fen=None, orders=None),
    ]
    assert purchases.totals(bought, openings) == purchases.Totals(
        spend="¥4,456.70", of_it_opening="¥3,456.70", year="¥400.00", orders="14", orders_before="12",
        last="2026-01-31", interval="30 天", level="金卡",
    )  # fmt: skip
    assert purchases.totals(purchases.Figures(), openings) == purchases.Totals(
        "¥3,456.70", "¥3,456.70", "", "12", "12", "2025-09-30", "", "金卡"
    )
    assert purchases.totals(bought, []) == purchases.Totals(
        "¥1,000.00", "", "¥400.00", "2", "", "2026-01-31", "30 天", ""
    )
    assert purchases.totals(purchases.Figures(), []) is None


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_figures_are_one_query_and_last_orders_three(juan, rows, django_assert_num_queries):
    for day in range(1, rows + 1):
        make_line(make_order(juan, number=f"N{day}", ordered_at=at(f"2026-01-0{day}")), make_product(f"P{day}"))
    make_order(juan, number="unknown", ordered_at=None)
    with django_assert_num_queries(1):
        assert purchases.figures(juan).orders == rows + 1
    with django_assert_num_queries(3):
        last = purchases.last_orders(juan, str)
    expected = [f"N{day}" for day in range(rows, 0, -1)] + ["unknown"]
    assert [one.number for one in last] == expected[:5]
    assert (last[0].first, last[0].lines) == (f"P{rows}", 1)
