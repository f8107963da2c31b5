"""Cost and return by channel, employee, campaign and day: to the fen, and never divided by nothing."""

from datetime import timedelta

import pytest

from campaigns.choices import EntryKind
from campaigns.models import CommissionEntry, Rules
from campaigns.queries import returns
from campaigns.queries.returns import Return
from scrm.kit import clock
from tests.factories.campaigns import join, make_campaign, make_cost, make_link, make_reading, make_visitor
from tests.factories.conversions import convert
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db


def pay(conversion, employee, fen, kind=EntryKind.ACCRUAL, **fields):
    day = clock.today()
    CommissionEntry.objects.create(
        employee=employee, kind=kind, amount_fen=fen, order=conversion.order, campaign=conversion.campaign, model="last",
        basis="credit", day=day, month=day.replace(day=1), key=f"{kind}:{conversion.pk}:{CommissionEntry.objects.count()}",
        **fields,
    )  # fmt: skip


@pytest.fixture
def story(employee, manager):
    """朋友圈 by two people, 小红书 by nobody; margin 40 %."""
    campaign = make_campaign(starts_on=clock.days_ago(10))
    campaign.products.add(make_product(price_fen=10_000, cost_fen=6_000))
    moments, book = make_channel("朋友圈"), make_channel("小红书")
    hers, his = (make_link(campaign, employee=who, channel=moments) for who in (employee, manager))
    loose = make_link(campaign, channel=book)
    for link, visits in ((hers, 3), (his, 1), (loose, 2)):
        for _n in range(visits):
            make_reading(link, make_visitor())
    make_cost(campaign, moments, 1_001)
    make_cost(campaign, book, 500, day=clock.days_ago(2))
    make_cost(None, book, 70)
    join(campaign, make_customer(), link=hers, is_new=True)
    join(campaign, make_customer(), link=hers)
    sold = convert(hers, make_customer(), 20_000)
    pay(sold, employee, 1_000)
    pay(sold, employee, -250, EntryKind.REVERSAL)
    pay(sold, employee, -750, EntryKind.PAYOUT)
    return campaign, moments, book


def figures(row):
    return (row.cost_fen, row.touches, row.new_customers, row.net_fen, row.earned_fen, row.commission_fen, row.on_revenue)


def test_by_channel(story):
    _campaign, moments, book = story
    found = returns.by(returns.CHANNEL)
    assert {key: figures(row) for key, row in found.items()} == {
        moments.pk: (1_001, 4, 1, 20_000, 8_000, 750, False),
        book.pk: (570, 2, 0, 0, 0, 0, False),
    }
    row = found[moments.pk]
    assert (row.cac_fen, row.per_touch_fen, row.gain_fen, row.roi_bp) == (1_001, 250, 6_249, 62_428)
    assert (found[book.pk].cac_fen, found[book.pk].per_touch_fen, found[book.pk].roi_bp) == (None, 285, -10_000)


def test_by_employee_costs_are_dealt_to_the_fen(story, employee, manager):
    found = returns.by(returns.EMPLOYEE)
    # 1,001 by 3 : 1 → 751 and 250; what nobody's links had, and what is of no campaign, is nobody's.
    assert {key: figures(row)[:4] for key, row in found.items()} == {
        employee.pk: (751, 3, 1, 20_000), manager.pk: (250, 1, 0, 0), None: (570, 2, 0, 0),
    }  # fmt: skip
    assert found[employee.pk].commission_fen == 750


def test_by_campaign_and_by_day(story):
    campaign, _moments, _book = story
    found = returns.by(returns.CAMPAIGN)
    assert {key: row.cost_fen for key, row in found.items()} == {campaign.pk: 1_501, None: 70}
    days = returns.by(returns.DAY)
    assert {day: row.cost_fen for day, row in days.items() if row.cost_fen} == {clock.today(): 1_071, clock.days_ago(2): 500}
    assert days[clock.days_ago(1)].net_fen == 20_000


@pytest.mark.parametrize("what", returns.BY)
def test_the_parts_are_the_whole(story, what):
    assert figures(returns.total(returns.by(what).values())) == (1_571, 6, 1, 20_000, 8_000, 750, False)


def test_days_and_campaigns_narrow(story):
    campaign, moments, book = story
    yesterday = clock.days_ago(1)
    found = returns.by(returns.CHANNEL, first=yesterday, last=yesterday)
    assert {key: figures(row)[:4] for key, row in found.items()} == {moments.pk: (0, 0, 0, 20_000)}
    assert returns.by(returns.CHANNEL, campaigns=[campaign])[book.pk].cost_fen == 500
    assert returns.by(returns.CHANNEL, campaigns=[]) == {}


def test_an_unknown_margin_is_said(employee):
    campaign = make_campaign()
    channel = make_channel()
    convert(make_link(campaign, employee=employee, channel=channel), make_customer(), 20_000)
    make_cost(campaign, channel, 10_000)
    row = returns.by(returns.CHANNEL)[channel.pk]
    assert (row.earned_fen, row.on_revenue, row.roi_bp) == (20_000, True, 10_000)
    Rules.objects.create(margin_bp=2_500)
    row = returns.by(returns.CHANNEL)[channel.pk]
    assert (row.earned_fen, row.on_revenue, row.roi_bp) == (5_000, False, -5_000)


def test_nothing_is_divided_by_nothing():
    empty = Return()
    assert (empty.cac_fen, empty.per_touch_fen, empty.roi_bp) == (None, None, None)
    assert (Return(cost_fen=1, touches=2).per_touch_fen, Return(cost_fen=100, earned_fen=0).roi_bp) == (1, -10_000)


def test_a_campaign_whose_channel_nobody_touched_is_dealt_by_the_rest(employee):
    campaign = make_campaign()
    make_reading(make_link(campaign, employee=employee, channel=make_channel("朋友圈")), make_visitor())
    make_cost(campaign, make_channel("印刷"), 900)
    assert {key: row.cost_fen for key, row in returns.by(returns.EMPLOYEE).items()} == {employee.pk: 900}


@pytest.mark.parametrize(("what", "queries"), [("channel", 8), ("employee", 9), ("campaign", 8), ("day", 8)])
def test_queries(story, what, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        returns.by(what)


def test_later_days_do_not_count(story):
    tomorrow = clock.today() + timedelta(days=1)
    assert returns.by(returns.CHANNEL, first=tomorrow) == {}
