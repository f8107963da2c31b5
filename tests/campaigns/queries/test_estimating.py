"""What like campaigns brought, for each employee."""

import pytest

from campaigns.choices import AssignmentState, CampaignKind, CampaignState
from campaigns.queries import estimating
from campaigns.queries.estimating import Estimate
from tests.factories.campaigns import join, make_assignment, make_campaign, make_link
from tests.factories.conversions import convert
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


def over(people, leads, orders, **fields):
    campaign = make_campaign(state=CampaignState.ENDED, **fields)
    staff = [make_employee() for _n in range(people)]
    for one in staff:
        make_assignment(campaign, one)
    link = make_link(campaign, employee=staff[0])
    for _n in range(leads):
        join(campaign, make_customer(), link=link)
    for _n in range(orders):
        convert(link, make_customer(), 10_000)
    return campaign


def test_none_where_none_is_over():
    over(1, 4, 1, kind=CampaignKind.COUPON)
    make_campaign()
    assert estimating.of(make_campaign(state=CampaignState.DRAFT)) is None


def test_the_median_for_as_many_as_work_on_it(employee, manager, owner):
    over(1, 4, 1)
    over(2, 4, 2)
    over(1, 10, 4)
    campaign = make_campaign(state=CampaignState.DRAFT)
    for who in (employee, manager):
        make_assignment(campaign, who)
    make_assignment(campaign, owner, state=AssignmentState.WITHDRAWN)
    # leads for each: 4, 2, 10; orders: 1, 1, 4; money: 100, 100, 400
    assert estimating.of(campaign) == Estimate(campaigns=3, employees=2, leads=8, orders=2, net_fen=20_000)


def test_queries(django_assert_num_queries):
    planned = make_campaign(state=CampaignState.DRAFT)
    for count in (1, 2):
        over(1, 1, 1)
        with django_assert_num_queries(4):
            found = estimating.of(planned)
        assert found is not None
        assert found.campaigns == count
