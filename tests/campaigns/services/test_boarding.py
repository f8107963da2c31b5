"""Rollups kept: what waits is counted, by whoever comes first, as often as it takes."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns.choices import Model
from campaigns.models import BoardCredit, BoardDay, BoardWork
from campaigns.queries.board import freshness
from campaigns.services import boarding
from campaigns.tasks import count_when_needed, refresh_board
from scrm.kit import clock
from scrm.kit.models import JobRun
from tests.factories.boards import sold
from tests.factories.campaigns import join, make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


def test_only_the_days_that_changed_are_counted() -> None:
    link, visitor = make_link(), make_visitor()
    today, yesterday = make_reading(link, visitor, first=True), make_reading(link, visitor, at=clock.now() - timedelta(days=1))
    boarding.changed([(link.campaign_id, today.day)])
    boarding.refresh()
    assert list(BoardDay.objects.values_list("day", "raw", "visitors")) == [(today.day, 1, 1)]
    boarding.changed([(link.campaign_id, yesterday.day), (link.campaign_id, yesterday.day)])
    assert BoardWork.objects.count() == 1
    boarding.refresh()
    assert BoardDay.objects.count() == 2
    assert not BoardWork.objects.exists()


def test_counted_twice_it_is_counted_once() -> None:
    link = make_link()
    make_reading(link, make_visitor(), first=True)
    for _twice in range(2):
        boarding.changed([(link.campaign_id, clock.today())])
        boarding.refresh()
    assert BoardDay.objects.get().views == 1


def test_what_is_gone_is_gone_from_the_board() -> None:
    link = make_link()
    made = sold(make_order(make_customer(), ordered_at=clock.now()), link)
    boarding.rebuild(link.campaign_id)
    boarding.refresh()
    assert BoardCredit.objects.count() == len(Model.values)
    made.delete()
    boarding.rebuild(link.campaign_id)
    boarding.refresh()
    assert not BoardCredit.objects.exists()


def test_what_was_given_back_as_a_whole_is_no_order() -> None:
    link, her = make_link(), make_customer()
    sold(make_order(her, paid_fen=500, refunded_fen=500, ordered_at=clock.now()), link)
    sold(make_order(her, paid_fen=900, refunded_fen=400, ordered_at=clock.now()), link, number=2)
    boarding.rebuild(link.campaign_id)
    boarding.refresh()
    row = BoardCredit.objects.get(model=Model.LAST)
    assert (row.orders, row.buyers, row.repeats, row.net_fen) == (1, 0, 1, 500)


def test_the_job_runs_where_something_waits() -> None:
    count_when_needed()
    assert not JobRun.objects.exists()
    campaign = make_campaign()
    join(campaign, make_customer())
    boarding.changed([(campaign.pk, clock.today())])
    waits_since = BoardWork.objects.get().created_at
    assert freshness.as_of() == waits_since
    count_when_needed()
    assert JobRun.objects.get().name == "campaigns.tasks.refresh_board"
    assert refresh_board() is None
    assert BoardDay.objects.get().leads == 1
    assert freshness.as_of() > waits_since


def test_a_day_costs_the_same_for_three_links_as_for_one(django_assert_num_queries: Any) -> None:
    campaign = make_campaign()
    assert not boarding.step()  # the lock's own row is made once
    for _many in (1, 3):
        link = make_link(campaign, employee=None, customer=make_customer())
        make_reading(link, make_visitor(), first=True)
        boarding.changed([(campaign.pk, clock.today())])
        with django_assert_num_queries(COUNTED):
            assert boarding.step()


COUNTED = 14
