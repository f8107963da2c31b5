"""What one success is worth: the campaign's own rule, else its products', else that for any order."""

import pytest

from campaigns.choices import Basis
from campaigns.models import BoardCredit, LandingPage, PayRule
from campaigns.queries import worth
from campaigns.queries.worth import Worth
from scrm.kit import clock
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.orders import make_product
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign("立冬焕肤")


def rule(campaign=None, product=None, **fields):
    return PayRule.objects.create(campaign=campaign, product=product, **fields)


def sells(campaign, *prices):
    products = [make_product(f"项目{number}", price_fen=price) for number, price in enumerate(prices)]
    campaign.products.add(*products)
    return products


def test_a_fixed_sum(campaign):
    rule(campaign, fixed_fen=1_240)
    assert (worth.of_one(campaign), worth.of([campaign])) == (1_240, {campaign.pk: Worth(1_240)})


@pytest.mark.parametrize(
    ("prices", "fen"), [([29_900], 2_392), ([29_900, 9_900], 1_592), ([29_901], 2_392), ([None], None), ([], None)]
)
def test_a_rate_of_the_price(campaign, prices, fen):
    sells(campaign, *prices)
    rule(campaign, rate_bp=800)
    assert worth.of([campaign]) == {campaign.pk: Worth(fen, 800)}


def test_the_price_on_the_page_comes_first(campaign):
    sells(campaign, 99_900)
    LandingPage.objects.create(campaign=campaign, title="一", price_fen=9_900)
    rule(campaign, rate_bp=1_000)
    assert worth.of_one(campaign) == 990


def test_what_orders_brought_says_more_than_a_price(campaign):
    """After coupons and refunds, by the last touch alone."""
    link, day = make_link(campaign), clock.today()
    for model, orders, net in (("last", 4, 99_200), ("first", 1, 1)):
        BoardCredit.objects.create(campaign=campaign, link=link, model=model, day=day, orders=orders, net_fen=net)
    BoardCredit.objects.create(campaign=campaign, link=make_link(campaign, employee=make_employee()), model="last", day=day)
    sells(campaign, 29_800)
    LandingPage.objects.create(campaign=campaign, title="一", price_fen=29_800)
    rule(campaign, rate_bp=500)
    assert worth.of_one(campaign) == 1_240


def test_half_a_fen_is_rounded_up(campaign):
    sells(campaign, 125)
    rule(campaign, rate_bp=400)
    assert worth.of_one(campaign) == 5


def test_the_version_that_is_in_force(campaign):
    rule(campaign, fixed_fen=100, version=1, is_active=False)
    rule(campaign, fixed_fen=200, version=2)
    assert worth.of_one(campaign) == 200
    PayRule.objects.update(is_active=False)
    assert worth.of([campaign]) == {}


def test_rules_of_its_products(campaign):
    first, second = sells(campaign, 10_000, 20_000)
    rule(product=first, rate_bp=1_000)
    rule(product=second, fixed_fen=500)
    rule(product=make_product("别的", price_fen=99), fixed_fen=7_777)
    assert worth.of_one(campaign) == 750


def test_a_rule_for_any_order_pays_who_served():
    rule(basis=Basis.SERVED, fixed_fen=300)
    by_links, served = make_campaign(), make_campaign(pay_basis=Basis.SERVED)
    assert worth.of([by_links, served]) == {served.pk: Worth(300)}


def test_no_pay_on_purpose(campaign):
    rule(campaign, fixed_fen=100)
    campaign.no_pay = True
    assert worth.of_one(campaign) is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries(django_assert_num_queries, number):
    campaigns = [make_campaign() for _number in range(number)]
    for campaign in campaigns:
        rule(campaign, rate_bp=100)
        campaign.products.add(make_product(f"项目{campaign.pk}", price_fen=100))
    with django_assert_num_queries(5):
        worth.of(campaigns)
