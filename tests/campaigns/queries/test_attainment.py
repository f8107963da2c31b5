"""Target, actual, attainment, rank."""

from datetime import timedelta

import pytest

from campaigns.choices import Model, PrimaryMetric
from campaigns.queries import attainment
from campaigns.queries.attainment import Figures
from customers.models import OwnerChange
from scrm.kit import clock
from tests.factories.campaigns import join, make_assignment, make_campaign, make_link
from tests.factories.conversions import bring, convert, share
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


def test_all_four_figures_of_each(employee, manager):
    campaign, other = make_campaign(), make_campaign()
    hers, his, elsewhere = (
        make_link(one, employee=who) for one, who in ((campaign, employee), (campaign, manager), (other, employee))
    )
    buyer = make_customer()
    join(campaign, buyer, link=hers, is_new=True)
    join(campaign, make_customer(), link=hers)
    join(campaign, make_customer(), link=None)
    join(other, buyer, link=elsewhere)
    convert(hers, buyer, 10_000)
    convert(hers, buyer, 5_000, number=2)
    convert(his, make_customer(), 7_000)
    bring(hers, buyer, make_customer())
    assert attainment.of([campaign, other]) == {
        (campaign.pk, employee.pk): Figures(leads=2, referrals=1, orders=2, net_fen=15_000, new_leads=1),
        (campaign.pk, manager.pk): Figures(orders=1, net_fen=7_000),
        (other.pk, employee.pk): Figures(leads=1),
    }
    assert attainment.of([]) == {}


def test_money_by_the_model_each_campaign_pays_by(employee, manager):
    linear = make_campaign(pay_model=Model.LINEAR)
    hers, his = make_link(linear, employee=employee), make_link(linear, employee=manager)
    made = convert(hers, make_customer(), 10_000)
    made.credits.filter(model=Model.LINEAR).update(share_fen=6_000)
    share(made, his, 4_000, model=Model.LINEAR)
    assert attainment.of([linear]) == {
        (linear.pk, employee.pk): Figures(orders=1, net_fen=6_000),
        (linear.pk, manager.pk): Figures(orders=1, net_fen=4_000),
    }


def test_an_order_given_back_whole_is_none(employee):
    campaign = make_campaign()
    link = make_link(campaign, employee=employee)
    convert(link, make_customer(), 0)
    assert attainment.of([campaign]) == {(campaign.pk, employee.pk): Figures()}


def test_a_recommendation_counts_for_who_looked_after_her_then(employee, manager, owner):
    campaign = make_campaign()
    inviter = make_customer(owner=employee)
    link = make_link(campaign, customer=inviter)
    when = clock.now() - timedelta(days=3)
    bring(link, inviter, make_customer(), at=when)
    key = (campaign.pk, employee.pk)
    assert attainment.of([campaign]) == {key: Figures(referrals=1)}
    OwnerChange.objects.create(customer=inviter, before=employee, after=manager, at=when + timedelta(days=1))
    OwnerChange.objects.create(customer=inviter, before=manager, after=owner, at=when + timedelta(days=2))
    type(inviter).objects.filter(pk=inviter.pk).update(owner=owner)
    assert attainment.of([campaign]) == {key: Figures(referrals=1)}


def test_from_the_pool_it_counts_for_nobody(employee):
    campaign = make_campaign()
    inviter = make_customer(owner=employee)
    when = clock.now() - timedelta(days=3)
    bring(make_link(campaign, customer=inviter), inviter, make_customer(), at=when)
    OwnerChange.objects.create(customer=inviter, before=None, after=employee, at=when + timedelta(days=1))
    assert attainment.of([campaign]) == {}


@pytest.mark.parametrize(
    ("actual", "target", "bp"),
    [(5, 10, 5_000), (10, 10, 10_000), (12, 10, 12_000), (0, 10, 0), (5, 0, None), (5, None, None), (0, 0, None),
     (-500, 1_000, 0), (99_999, 100_000, 9_999), (2, 3, 6_666)],
)  # fmt: skip
def test_attained(actual, target, bp):
    assert attainment.attained_bp(actual, target) == bp


def test_ties_share_a_place():
    assert attainment.ranks({1: 50, 2: 90, 3: 50, 4: 0}) == {2: 1, 1: 2, 3: 2, 4: 4}
    assert attainment.ranks({1: 0, 2: 0}) == {1: 1, 2: 1}
    assert attainment.ranks({}) == {}


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({"target_fen": 10_000, "target_orders": 4}, 5_000),
        ({"target_fen": 0, "target_orders": 4}, 2_500),
        ({"target_referrals": 1}, 0),
        ({}, None),
    ],
)
def test_a_tier_goes_by_what_the_campaign_is_judged_by(employee, targets, expected):
    row = make_assignment(make_campaign(), employee, **targets)
    assert attainment.rate_bp(row.campaign, row, Figures(orders=1, net_fen=5_000)) == expected


def test_new_customers_are_expected_as_leads(employee):
    row = make_assignment(make_campaign(primary_metric=PrimaryMetric.NEW_CUSTOMERS), employee, target_leads=4)
    assert attainment.rate_bp(row.campaign, row, Figures(leads=4, new_leads=1)) == 2_500
    assert attainment.rate_bp(row.campaign, None, Figures()) is None


def test_a_viewer_gets_what_she_may_read(shop, employee, manager):
    campaign = make_campaign()
    far = make_employee(department=shop.xihu)
    for who in (employee, far):
        convert(make_link(campaign, employee=who), make_customer(), 10_000)
    both = {(campaign.pk, employee.pk), (campaign.pk, far.pk)}
    assert set(attainment.of([campaign])) == both
    assert set(attainment.of([campaign], viewer=manager)) == {(campaign.pk, employee.pk)}
    assert set(attainment.of([campaign], viewer=employee)) == {(campaign.pk, employee.pk)}


def test_three_queries_however_many(employee, django_assert_num_queries):
    campaigns = [make_campaign() for _n in range(3)]
    for campaign in campaigns:
        convert(make_link(campaign, employee=employee), make_customer())
    for some in (campaigns[:1], campaigns):
        with django_assert_num_queries(3):
            attainment.of(some)
