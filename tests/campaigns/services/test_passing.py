"""Passing on makes one link of one's own, and afterwards it is told once a day what became of it."""

from datetime import timedelta

import pytest
import time_machine

from campaigns.choices import CampaignState, PassedOn
from campaigns.models import Link, PassOn, Persona
from campaigns.services import passing
from scrm.kit import clock
from scrm.kit.errors import Refused
from tests.factories.campaigns import make_campaign, make_link, make_material
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign("立冬焕肤")


def refused(how, **what):
    with pytest.raises(Refused) as no:
        how(**what)
    return no.value.code


def test_her_own_link_and_the_same_the_second_time(employee, campaign):
    material, moments = make_material(campaign=campaign), make_channel("朋友圈")
    made = [passing.pass_on(material=material, campaign=campaign, channel=moments, by=employee) for _time in range(2)]
    assert made[0] == made[1] == Link.objects.get()
    assert (made[0].employee, made[0].material, made[0].channel, made[0].campaign) == (employee, material, moments, campaign)


def test_a_material_for_all_goes_into_the_campaign_that_was_chosen(employee, campaign):
    link = passing.pass_on(material=make_material(), campaign=campaign, channel=None, by=employee)
    assert (link.campaign, link.channel) == (campaign, None)


@pytest.mark.parametrize("state", [state for state in CampaignState if state != CampaignState.RUNNING])
def test_only_while_the_campaign_runs(employee, state):
    campaign = make_campaign(state=state)
    material = make_material(campaign=campaign)
    code = refused(passing.pass_on, material=material, campaign=campaign, channel=None, by=employee)
    assert (code, Link.objects.count()) == ("passing.not_running", 0)
    assert refused(passing.invite, customer=make_customer("王小娟"), campaign=campaign, by=employee) == "passing.not_running"


def test_only_what_is_offered_to_her(employee, campaign):
    persona = Persona.objects.create(name="专家")
    persona.speakers.add(make_employee())
    for material in (
        make_material(campaign=make_campaign()), make_material(campaign=campaign, is_active=False),
        make_material(campaign=campaign, persona=persona),
    ):  # fmt: skip
        what = {"material": material, "campaign": campaign, "channel": None, "by": employee}
        assert refused(passing.pass_on, **what) == "passing.not_offered"
    assert Link.objects.count() == 0


def test_a_customer_recommends(employee, campaign):
    her = make_customer("王小娟")
    link = passing.invite(customer=her, campaign=campaign, by=employee)
    assert (link.customer, link.employee, link) == (her, None, passing.invite(customer=her, campaign=campaign, by=employee))


def test_said_again_it_is_corrected_and_the_next_day_is_another(employee, campaign):
    link = make_link(campaign, employee=employee, material=make_material(campaign=campaign))
    passing.tell(link, outcome=PassedOn.NOT_SENT, by=employee)
    passing.tell(link, outcome=PassedOn.SENT, by=employee)
    today = clock.today()
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        passing.tell(link, outcome=PassedOn.UNFITTING, by=employee)
    assert list(PassOn.objects.order_by("day").values_list("day", "outcome")) == [
        (today, "sent"), (today + timedelta(days=1), "unfitting"),
    ]  # fmt: skip


def test_nobody_tells_for_others(employee, owner, campaign):
    link = make_link(campaign, employee=employee, material=make_material(campaign=campaign))
    bare = make_link(campaign, employee=employee)
    with pytest.raises(Refused) as no:
        passing.tell(link, outcome=PassedOn.SENT, by=owner)
    assert no.value.code == "passing.not_yours"
    with pytest.raises(Refused) as no:
        passing.tell(bare, outcome=PassedOn.SENT, by=employee)
    assert no.value.code == "passing.not_yours"
    with pytest.raises(Refused) as no:
        passing.tell(link, outcome="perhaps", by=employee)
    assert (no.value.code, PassOn.objects.count()) == ("passing.outcome", 0)
