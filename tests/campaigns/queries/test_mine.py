"""推广: what somebody works on, with the links and figures of hers and of nobody else."""

from datetime import timedelta

import pytest

from campaigns.choices import AssignmentState, CampaignState
from campaigns.queries import mine
from campaigns.queries.mine import Visits
from scrm.kit import clock
from tests.factories.campaigns import (
    join,
    make_assignment,
    make_campaign,
    make_link,
    make_material,
    make_reading,
    make_visitor,
)
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


def names(employee):
    return [card.campaign.name for card in mine.cards(employee)]


def test_only_what_runs_or_comes_and_is_hers(employee):
    for name, state in (("草稿", "draft"), ("将来", "scheduled"), ("进行", "running"), ("结束", "ended"), ("结清", "settled")):
        make_assignment(make_campaign(name, state=state), employee)
    make_assignment(make_campaign("别人的"), make_employee())
    assert names(employee) == ["进行", "将来"]


def test_those_that_end_soonest_stand_on_top(employee):
    today = clock.today()
    for name, days in (("晚", 9), ("早", 2), ("不限", None)):
        make_assignment(make_campaign(name, ends_on=days and today + timedelta(days=days)), employee)
    assert names(employee) == ["早", "晚", "不限"]


def test_a_link_without_a_task_is_hers_too_but_not_after_she_was_taken_off(employee):
    make_link(make_campaign("有链接"), employee=employee)
    off = make_campaign("撤下")
    make_link(off, employee=employee)
    make_assignment(off, employee, state=AssignmentState.WITHDRAWN)
    assert names(employee) == ["有链接"]


def test_her_links_with_the_visits_of_two_days(employee):
    campaign = make_campaign()
    now = clock.now()
    link, other = make_link(campaign, employee=employee, channel=make_channel("朋友圈")), make_link(campaign)
    make_link(campaign, employee=employee, material=make_material())
    for days, unique in ((0, True), (0, True), (0, False), (1, True), (2, True)):
        make_reading(link, make_visitor(), at=now - timedelta(days=days), unique=unique)
    make_reading(other, make_visitor())
    (card,) = mine.cards(employee)
    assert [(one.link, one.visits) for one in card.links] == [(link, Visits(2, 1))]
    assert card.visits == Visits(2, 1)


def test_targets_and_what_came_so_far(employee):
    campaign = make_campaign()
    make_assignment(campaign, employee, target_leads=10, target_orders=0, target_fen=None)
    link = make_link(campaign, employee=employee)
    for name in ("王小娟", "李小明"):
        join(campaign, make_customer(name), link=link)
    (card,) = mine.cards(employee)
    assert card.targets == [("leads", 2, 10)]


@pytest.mark.parametrize(
    ("first", "last", "runs", "left"), [(-1, 0, True, 1), (-5, 6, True, 7), (1, 6, False, None), (-6, -1, False, None)]
)
def test_it_runs_within_its_days(employee, first, last, runs, left):
    today = clock.today()
    days = {"starts_on": today + timedelta(days=first), "ends_on": today + timedelta(days=last)}
    make_assignment(make_campaign(**days), employee)
    (card,) = mine.cards(employee)
    assert (card.runs, card.days_left) == (runs, left)


def test_scheduled_does_not_run(employee):
    make_assignment(make_campaign(state=CampaignState.SCHEDULED), employee)
    assert [card.runs for card in mine.cards(employee)] == [False]


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries(django_assert_num_queries, employee, number):
    for _number in range(number):
        campaign = make_campaign()
        make_assignment(campaign, employee)
        make_link(campaign, employee=employee, channel=make_channel())
    with django_assert_num_queries(10):
        mine.cards(employee)


def test_what_runs_in_three_queries(django_assert_num_queries, employee):
    """Without what is to come and without others' links; visits are of both running campaigns."""
    runs = [make_campaign(f"在做{number}") for number in range(2)]
    ahead = make_campaign("以后", state=CampaignState.SCHEDULED)
    for campaign in (*runs, ahead):
        make_assignment(campaign, employee)
        for _visitor in range(2):
            make_reading(make_link(campaign, employee=employee, channel=make_channel()), make_visitor(), at=clock.now())
    with django_assert_num_queries(3):
        found, visits = mine.running(employee)
    assert ({one.pk for one in found}, visits) == ({one.pk for one in runs}, mine.Visits(today=4))


def test_nothing_runs(employee):
    assert mine.running(employee) == ([], mine.Visits())
