"""Costs: the same again corrects, and what cannot be is refused."""

from datetime import date, timedelta

import pytest

from campaigns.models import CampaignCost
from campaigns.services import costing
from scrm.kit import clock
from scrm.kit.errors import Refused
from tests.factories.campaigns import make_campaign, make_cost
from tests.factories.customers import make_channel

pytestmark = pytest.mark.django_db


def enter(by, **values):
    values = {"campaign": None, "channel": values.pop("channel", None) or make_channel(), "kind": "ads", "amount_fen": 100, **values}
    return costing.enter_cost(day=values.pop("day", clock.today()), by=by, **values)


@pytest.mark.parametrize("with_campaign", [True, False])
def test_the_same_again_corrects(owner, with_campaign):
    channel, campaign = make_channel(), make_campaign() if with_campaign else None
    first, new = enter(owner, channel=channel, campaign=campaign, amount_fen=100)
    second, again = enter(owner, channel=channel, campaign=campaign, amount_fen=250, note="补录")
    assert (first.pk, new, again) == (second.pk, True, False)
    assert list(CampaignCost.objects.values_list("amount_fen", "note", "entered_by")) == [(250, "补录", owner.pk)]
    assert second.history.count() == 2


def test_another_purpose_is_another_figure(owner):
    channel = make_channel()
    enter(owner, channel=channel, kind="ads")
    enter(owner, channel=channel, kind="printing")
    enter(owner, channel=channel, kind="ads", campaign=make_campaign())
    assert CampaignCost.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount_fen": -1}, "cost.negative"),
        ({"amount_fen": 10**12 + 1}, "cost.amount"),
        ({"day": date(1999, 12, 31)}, "cost.day"),
    ],
)
def test_refusals(owner, values, code):
    with pytest.raises(Refused) as no:
        enter(owner, **values)
    assert (no.value.code, CampaignCost.objects.count()) == (code, 0)


def test_no_cost_of_tomorrow(owner):
    enter(owner, day=clock.today())
    with pytest.raises(Refused) as no:
        enter(owner, day=clock.today() + timedelta(days=1))
    assert no.value.code == "cost.future"


def test_nothing_is_a_figure_too(owner):
    assert enter(owner, amount_fen=0)[0].amount_fen == 0


def test_correcting_does_not_push_another_aside(owner):
    channel = make_channel()
    one, other = make_cost(None, channel, 100), make_cost(None, channel, 200, kind="printing")
    with pytest.raises(Refused) as no:
        costing.correct_cost(other, by=owner, kind="ads")
    assert no.value.code == "cost.there"
    costing.correct_cost(one, by=owner, amount_fen=300)
    assert sorted(CampaignCost.objects.values_list("amount_fen", flat=True)) == [200, 300]


def test_only_with_the_right(manager):
    with pytest.raises(Refused) as no:
        enter(manager)
    assert no.value.code == "cost.not_allowed"
