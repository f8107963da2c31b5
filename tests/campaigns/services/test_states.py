"""States of a campaign move by one table; what is missing is said; the clock begins and ends them in the shop's zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from campaigns import tasks
from campaigns.choices import CampaignState, Landing
from campaigns.models import LandingPage, Link
from campaigns.services import states
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_assignment, make_campaign, make_link
from tests.factories.customers import make_channel

pytestmark = pytest.mark.django_db
DRAFT, SCHEDULED, RUNNING, ENDED, SETTLED = CampaignState
SHANGHAI = ZoneInfo("Asia/Shanghai")


def ready(state=DRAFT, **fields):
    fields = {
        "landing": Landing.URL, "target_url": "https://shop.example.com/", "starts_on": clock.today() + timedelta(days=3),
        "nobody_too": True, "no_pay": True, **fields,
    }  # fmt: skip
    return make_campaign(state=state, **fields)


def test_the_table_and_nothing_else(owner):
    moved = set()
    for start in CampaignState:
        for to in CampaignState:
            campaign = ready(start, starts_on=clock.today())
            try:
                states.move(campaign, to=to, by=owner)
            except Refused as no:
                assert no.code == "campaign.state"
                campaign.refresh_from_db()
                assert campaign.state == start
            else:
                moved.add((start, to))
    assert moved == {(start, to) for start, after in states.NEXT.items() for to in after}


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"starts_on": None}, ["dates.first"]),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 2)}, ["dates.past"]),
        ({"target_url": ""}, ["landing.url"]),
        ({"target_url": "http://shop.example.com"}, ["landing.url"]),
        ({"target_url": "https://127.0.0.1:8000/l/abc"}, ["landing.loop"]),
        ({"landing": Landing.MINI_PROGRAM, "mini_path": "/pages/x"}, ["landing.path"]),
        ({"landing": Landing.PAGE}, ["landing.page"]),
        ({"primary_metric": ""}, ["metric"]),
        ({"nobody_too": False}, ["people"]),
        ({"no_pay": False}, ["pay"]),
        ({"starts_on": None, "nobody_too": False}, ["dates.first", "people"]),
    ],
)
@time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=SHANGHAI), tick=False)
def test_what_is_missing_is_said(owner, fields, missing):
    campaign = ready(**fields)
    with pytest.raises(Refused) as no:
        states.publish(campaign, by=owner)
    assert (no.value.code, no.value.detail["missing"]) == ("campaign.not_ready", missing)
    campaign.refresh_from_db()
    assert (campaign.state, Link.objects.count(), AuditEntry.objects.count()) == (DRAFT, 0, 0)


def test_a_campaign_without_employees_gets_a_clear_answer(owner):
    campaign = ready(nobody_too=False)
    with pytest.raises(Refused, match=r"\w"):
        states.publish(campaign, by=owner)
    make_link(campaign)
    assert states.publish(campaign, by=owner).state == SCHEDULED


def test_its_own_page_is_enough(owner):
    campaign = ready(landing=Landing.PAGE)
    LandingPage.objects.create(campaign=campaign, title="秋冬舒缓季")
    assert states.publish(campaign, by=owner).state == SCHEDULED


def test_no_pay_is_asked_once(owner):
    campaign = ready(no_pay=False)
    with pytest.raises(Refused) as no:
        states.publish(campaign, by=owner)
    assert no.value.detail["missing"] == ["pay"]
    states.publish(campaign, by=owner, no_pay=True)
    assert (campaign.state, campaign.no_pay) == (SCHEDULED, True)
    states.move(campaign, to=DRAFT, by=owner)
    assert states.publish(campaign, by=owner).state == SCHEDULED


def test_publishing_makes_every_link(owner, employee, manager):
    channels = [make_channel("朋友圈"), make_channel("小红书")]
    campaign = ready()
    campaign.channels.set(channels)
    for person in (employee, manager):
        make_assignment(campaign, person)
    make_assignment(campaign, owner, state="withdrawn")
    states.publish(campaign, by=owner)
    found = set(Link.objects.values_list("employee", "channel"))
    assert found == {(who, channel.pk) for who in (employee.pk, manager.pk, None) for channel in channels}
    states.move(campaign, to=DRAFT, by=owner)
    states.publish(campaign, by=owner)
    assert Link.objects.count() == 6


def test_it_begins_at_once_where_its_first_day_has_come(owner):
    campaign = states.publish(ready(starts_on=clock.today()), by=owner)
    assert campaign.state == RUNNING
    assert list(AuditEntry.objects.order_by("pk").exclude(action="link.made").values_list("action", flat=True)) == [
        "campaign.scheduled", "campaign.started",
    ]  # fmt: skip


def test_not_before_its_first_day(owner):
    with pytest.raises(Refused) as no:
        states.move(ready(SCHEDULED), to=RUNNING, by=owner)
    assert no.value.code == "campaign.too_early"


def test_ended_by_hand_it_ends_today(owner):
    open_end, later, past = (
        ready(RUNNING, starts_on=date(2026, 1, 1), ends_on=ends)
        for ends in (None, clock.today() + timedelta(days=5), clock.days_ago(1))
    )
    ends = [states.move(campaign, to=ENDED, by=owner).ends_on for campaign in (open_end, later, past)]
    assert ends == [clock.today(), clock.today(), clock.days_ago(1)]


def test_only_with_the_right(manager, employee, agency):
    campaign = ready()
    for who in (manager, employee, agency):
        with pytest.raises(Refused) as no:
            states.publish(campaign, by=who)
        assert no.value.code == "campaign.not_yours_to_move"
        assert states.doors(campaign, who) == []


@pytest.mark.parametrize(
    ("at", "states_then"),
    [
        (datetime(2026, 5, 9, 23, 59, tzinfo=SHANGHAI), (SCHEDULED, RUNNING)),
        (datetime(2026, 5, 10, 0, 0, tzinfo=SHANGHAI), (RUNNING, RUNNING)),
        (datetime(2026, 5, 10, 23, 59, tzinfo=SHANGHAI), (RUNNING, RUNNING)),
        (datetime(2026, 5, 11, 0, 0, tzinfo=SHANGHAI), (RUNNING, ENDED)),
    ],
)
def test_the_clock_begins_and_ends_in_the_shops_zone(at, states_then):
    begins = ready(SCHEDULED, starts_on=date(2026, 5, 10))
    ends = ready(RUNNING, starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 10))
    with time_machine.travel(at, tick=False):
        tasks.move_campaigns()
        begins.refresh_from_db()
        ends.refresh_from_db()
        assert (begins.state, ends.state, ends.ends_on) == (*states_then, date(2026, 5, 10))
        assert states.move_due() == 0


def test_what_was_slept_through_is_begun_and_ended():
    campaign = ready(SCHEDULED, starts_on=clock.days_ago(9), ends_on=clock.days_ago(2))
    assert states.move_due() == 2
    campaign.refresh_from_db()
    assert campaign.state == ENDED
    assert list(AuditEntry.objects.values_list("actor", flat=True)) == [None, None]


def test_drafts_and_open_ends_are_left_alone():
    ready(DRAFT, starts_on=clock.days_ago(9), ends_on=clock.days_ago(2))
    ready(RUNNING, starts_on=clock.days_ago(9))
    assert states.move_due() == 0


def test_doors_are_what_can_be_done(owner):
    found = {state: states.doors(ready(state), owner) for state in CampaignState}
    assert found == {DRAFT: [SCHEDULED], SCHEDULED: [DRAFT], RUNNING: [ENDED], ENDED: [SETTLED], SETTLED: []}
    assert states.doors(ready(SCHEDULED, starts_on=clock.today()), owner) == [DRAFT, RUNNING]
