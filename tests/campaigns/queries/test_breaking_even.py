"""How many orders pay for a campaign."""

import pytest

from campaigns.choices import Basis, CampaignState
from campaigns.models import PayRule, Rules
from campaigns.queries import breaking_even, margins, worth
from tests.factories.campaigns import make_campaign, make_cost, make_link, make_page
from tests.factories.conversions import convert
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order, make_product

pytestmark = pytest.mark.django_db


def selling(*products, **fields):
    campaign = make_campaign(**fields)
    campaign.products.set(products)
    return campaign


def told(campaign):
    even = breaking_even.of(campaign)
    return (even.cost_fen, even.order_fen, even.order_source, even.margin_bp, even.margin_source, even.pay_fen, even.needed)


def test_from_products_with_price_and_cost():
    campaign = selling(
        make_product(price_fen=10_000, cost_fen=4_000), make_product(price_fen=20_000, cost_fen=14_000), budget_fen=100_000
    )
    # mean price 150.00, margin 12,000 of 30,000 = 40 %: 60.00 an order; 1,000 ÷ 60 = 16.7
    assert told(campaign) == (100_000, 15_000, "products", 4_000, "products", 0, 17)


def test_pay_lowers_what_an_order_leaves():
    campaign = selling(make_product(price_fen=10_000, cost_fen=4_000), budget_fen=60_000)
    PayRule.objects.create(campaign=campaign, rate_bp=1_000)
    assert told(campaign) == (60_000, 10_000, "products", 6_000, "products", 1_000, 12)


def test_exactly_even_needs_no_more():
    campaign = selling(make_product(price_fen=10_000, cost_fen=4_000), budget_fen=60_000)
    assert breaking_even.of(campaign).needed == 10


def test_the_shops_usual_margin_where_products_do_not_say():
    Rules.objects.create(margin_bp=5_000)
    campaign = selling(make_product(price_fen=10_000), budget_fen=60_000)
    assert told(campaign) == (60_000, 10_000, "products", 5_000, "rules", 0, 12)


def test_an_unknown_margin_takes_revenue_and_says_so():
    campaign = selling(make_product(price_fen=10_000), budget_fen=60_000)
    assert told(campaign) == (60_000, 10_000, "products", None, "", 0, 6)


def test_orders_so_far_say_what_an_order_brings(employee):
    campaign = selling(make_product(price_fen=10_000, cost_fen=5_000), budget_fen=60_000)
    link = make_link(campaign, employee=employee)
    for net in (8_000, 4_000, 0):
        convert(link, make_customer(), net)
    even = breaking_even.of(campaign)
    assert (even.order_fen, even.order_source, even.orders, even.needed, even.missing) == (6_000, "own", 2, 20, 18)


def test_the_price_on_its_page_says_more_than_its_products():
    """And an employee is told what one is worth by the same price."""
    campaign = selling(make_product(price_fen=10_000, cost_fen=5_000), budget_fen=60_000)
    make_page(campaign, price_fen=19_800)
    PayRule.objects.create(campaign=campaign, rate_bp=500)
    assert told(campaign) == (60_000, 19_800, "page", 5_000, "products", 990, 7)
    assert worth.of_one(campaign) == 990


def test_what_the_shop_sold_of_late_where_nothing_else_says():
    for net in (10_000, 20_000):
        make_order(make_customer(), paid_fen=net)
    campaign = make_campaign(budget_fen=60_000)
    assert told(campaign) == (60_000, 15_000, "shop", None, "", 0, 4)


def test_nobody_can_say():
    even = breaking_even.of(make_campaign(budget_fen=60_000))
    assert (even.order_fen, even.needed, even.missing, even.loses) == (None, None, None, False)


def test_every_order_loses():
    campaign = selling(make_product(price_fen=6_800, cost_fen=8_000), budget_fen=960_000)
    even = breaking_even.of(campaign)
    assert (even.margin_bp, even.needed, even.loses) == (0, None, True)


def test_nothing_to_earn_back():
    even = breaking_even.of(make_campaign())
    assert (even.cost_fen, even.needed, even.missing, even.loses) == (0, 0, 0, False)


@pytest.mark.parametrize(
    ("state", "budget", "spent", "cost", "from_budget"),
    [
        (CampaignState.DRAFT, 100, 0, 100, True),
        (CampaignState.RUNNING, 100, 60, 100, True),
        (CampaignState.RUNNING, 100, 160, 160, False),
        (CampaignState.ENDED, 100, 60, 60, False),
        (CampaignState.ENDED, 100, 0, 100, True),
        (CampaignState.SETTLED, None, 60, 60, False),
    ],
)
def test_budget_before_spent_after(state, budget, spent, cost, from_budget):
    campaign = make_campaign(state=state, budget_fen=budget)
    if spent:
        make_cost(campaign, make_channel(), spent)
    even = breaking_even.of(campaign)
    assert (even.cost_fen, even.from_budget) == (cost, from_budget)


@pytest.mark.parametrize(
    ("rule", "order", "fen"),
    [
        ({"rate_bp": 500}, 24_000, 1_200),
        ({"rate_bp": 333}, 100, 3),
        ({"fixed_fen": 1_200}, None, 1_200),
        ({"rate_bp": 500}, None, None),
    ],
)
def test_what_one_order_is_worth(rule, order, fen):
    assert breaking_even.worth_fen(PayRule(basis=Basis.CREDIT, **rule), order) == fen


def test_half_up():
    assert [margins.part(amount, 500) for amount in (10, 30, -10, -30)] == [1, 2, -1, -2]
