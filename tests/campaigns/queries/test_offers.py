"""What may be passed on today: of one's own campaigns, for one's own voice, what is not sent yet first."""

from datetime import timedelta

import pytest

from campaigns.choices import PassedOn
from campaigns.models import PassOn, Persona
from campaigns.queries import offers
from scrm.kit import clock
from tests.factories.campaigns import make_campaign, make_link, make_material
from tests.factories.customers import make_channel
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign("立冬焕肤")


def titles(employee, *campaigns):
    return [offer.material.title for offer in offers.offers(employee, campaigns)]


def answer(link, outcome, days=0):
    at = clock.now() - timedelta(days=days)
    return PassOn.objects.create(link=link, day=clock.today() - timedelta(days=days), outcome=outcome, at=at)


def test_of_her_campaigns_and_those_for_all(employee, campaign):
    make_material("这个", campaign)
    make_material("通用")
    make_material("别的", make_campaign())
    make_material("停用", campaign, is_active=False)
    assert titles(employee, campaign) == ["通用", "这个"]
    assert titles(employee) == []


def test_written_for_somebody_else_to_speak(employee, campaign):
    ours, theirs, anybodys = (Persona.objects.create(name=name) for name in ("我们", "他们", "谁都行"))
    ours.speakers.add(employee, make_employee())
    theirs.speakers.add(make_employee())
    for persona in (ours, theirs, anybodys):
        make_material(persona.name, campaign, persona=persona)
    assert sorted(titles(employee, campaign)) == ["我们", "谁都行"]


def test_the_ways_are_her_channels(employee, campaign):
    moments, group = make_channel("朋友圈"), make_channel("微信群")
    make_link(campaign, employee=employee, channel=moments)
    make_link(campaign, employee=employee, channel=group)
    make_link(campaign, employee=employee, channel=make_channel("停用", is_active=False))
    make_link(campaign, employee=make_employee(), channel=make_channel("小红书"))
    make_material(campaign=campaign)
    (offer,) = offers.offers(employee, [campaign])
    assert [way.channel.name for way in offer.ways] == ["朋友圈", "微信群"]
    assert [way.code for way in offer.ways] == [f"{campaign.pk}-{moments.pk}", f"{campaign.pk}-{group.pk}"]


def test_those_of_the_campaign_come_first(employee, campaign):
    make_link(campaign, employee=employee, channel=make_channel("朋友圈"))
    campaign.channels.add(make_channel("小红书"), make_channel("停用", is_active=False))
    make_material(campaign=campaign)
    (offer,) = offers.offers(employee, [campaign])
    assert [way.channel.name for way in offer.ways] == ["小红书"]


def test_without_a_channel_there_is_one_way(employee, campaign):
    make_material(campaign=campaign)
    (offer,) = offers.offers(employee, [campaign])
    assert [way.code for way in offer.ways] == [f"{campaign.pk}-0"]


def test_for_all_means_each_of_her_campaigns(employee, campaign):
    other = make_campaign()
    make_material()
    (offer,) = offers.offers(employee, [campaign, other])
    assert [way.campaign for way in offer.ways] == [campaign, other]


def test_what_is_sent_stands_behind_and_what_does_not_fit_last(employee, campaign):
    fresh, sent, unfitting = (make_material(title, campaign) for title in ("新", "发了", "不合适"))
    answer(make_link(campaign, employee=employee, material=sent), PassedOn.SENT)
    answer(make_link(campaign, employee=employee, material=unfitting), PassedOn.UNFITTING, days=3)
    answer(make_link(campaign, employee=make_employee(), material=fresh), PassedOn.UNFITTING)
    found = offers.offers(employee, [campaign])
    assert [(offer.material.title, offer.sent_today, offer.put_aside) for offer in found] == [
        ("新", False, False), ("发了", True, False), ("不合适", False, True),
    ]  # fmt: skip


def test_yesterdays_answer_is_not_todays(employee, campaign):
    material = make_material(campaign=campaign)
    link = make_link(campaign, employee=employee, material=material)
    answer(link, PassedOn.UNFITTING, days=2)
    answer(link, PassedOn.SENT, days=1)
    (offer,) = offers.offers(employee, [campaign])
    assert (offer.sent_today, offer.put_aside, [way.outcome for way in offer.ways]) == (False, False, [""])


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries(django_assert_num_queries, employee, campaign, number):
    for _number in range(number):
        link = make_link(campaign, employee=employee, channel=make_channel(), material=make_material(campaign=campaign))
        answer(link, PassedOn.SENT)
    with django_assert_num_queries(4):
        offers.offers(employee, [campaign])
