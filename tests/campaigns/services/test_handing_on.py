"""A colleague leaves: what is left of her tasks goes along in the hand-over, her links and credit stay hers."""

import pytest

from campaigns.admin import leaving as page
from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, Credit, Link
from campaigns.services import handing_on
from customers.queries import handovers
from customers.services.owning import handing_over
from customers.services.owning.handing_over import Way
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.site.admin import audit_words
from scrm.staff import leaving
from tests.factories.campaigns import make_assignment, make_campaign, make_link
from tests.factories.conversions import convert
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
WITHDRAWN, ASSIGNED = AssignmentState.WITHDRAWN, AssignmentState.ASSIGNED


@pytest.fixture
def leaver(shop):
    return make_employee("何莹", department=shop.binjiang)


@pytest.fixture
def mate(shop):
    return make_employee("许静", department=shop.binjiang)


def hand_over(leaver, *to, by):
    plan = handing_over.plan(leaver, by=by)
    handing_over.carry_out(plan, Way(even=[one.pk for one in to]), by=by, stamp=plan.stamp)
    return AuditEntry.objects.get(action=handing_over.DONE)


def state_of(campaign, employee):
    row = Assignment.objects.filter(campaign=campaign, employee=employee).first()
    return row and (row.state, row.target_orders, row.target_fen)


def test_open_tasks_go_along_with_what_is_left_of_them(owner, leaver, mate):
    channel, campaign = make_channel("朋友圈"), make_campaign()
    make_assignment(campaign, leaver, target_orders=3, target_fen=50_000, state=AssignmentState.STARTED)
    link = make_link(campaign, employee=leaver, channel=channel)
    convert(link, make_customer(), 20_000)
    entry = hand_over(leaver, mate, by=owner)
    assert state_of(campaign, mate) == (ASSIGNED, 2, 30_000)
    assert state_of(campaign, leaver) == (WITHDRAWN, 3, 50_000)
    assert set(Link.objects.values_list("employee", "channel")) == {(leaver.pk, channel.pk), (mate.pk, channel.pk)}
    assert set(Credit.objects.values_list("employee", flat=True)) == {leaver.pk}
    assert entry.detail["_others"] == {"assignments": 1}
    assert handovers.told(entry).got[0].others == [handing_on.words(1)]
    assert handing_on.words(1) in audit_words.moved(entry)


def test_whoever_works_on_it_already_gets_the_rest_on_top(owner, leaver, mate):
    campaign = make_campaign()
    make_assignment(campaign, leaver, target_orders=3)
    make_assignment(campaign, mate, target_orders=2, target_fen=100, state=AssignmentState.STARTED)
    hand_over(leaver, mate, by=owner)
    assert state_of(campaign, mate) == (AssignmentState.STARTED, 5, 100)


def test_who_was_taken_off_comes_back(owner, leaver, mate):
    campaign = make_campaign()
    make_assignment(campaign, leaver, target_orders=3)
    make_assignment(campaign, mate, state=WITHDRAWN)
    hand_over(leaver, mate, by=owner)
    assert state_of(campaign, mate) == (ASSIGNED, 3, None)


def test_evenly_among_several(owner, leaver, mate, employee):
    campaigns = [make_campaign() for _n in range(4)]
    for campaign in campaigns:
        make_assignment(campaign, leaver)
    entry = hand_over(leaver, mate, employee, by=owner)
    assert sorted(more.get("assignments", 0) for *_rest, more in entry.detail["_got"]) == [2, 2]
    assert Assignment.objects.standing().count() == 4


@pytest.mark.parametrize("state", [CampaignState.ENDED, CampaignState.SETTLED])
def test_what_is_over_stays_hers(owner, leaver, mate, state):
    campaign = make_campaign(state=state)
    make_assignment(campaign, leaver)
    with pytest.raises(Refused) as no:
        hand_over(leaver, mate, by=owner)
    assert (no.value.code, state_of(campaign, leaver)[0]) == ("handover.nothing", ASSIGNED)


def test_what_is_done_stays_hers(owner, leaver):
    make_assignment(make_campaign(), leaver, state=AssignmentState.DONE)
    assert (handing_on.stands(leaver.pk), page.campaigns_of(owner, leaver)) == ([], None)


def test_a_plan_is_stale_when_a_task_comes(owner, leaver, mate):
    make_assignment(make_campaign(), leaver)
    plan = handing_over.plan(leaver, by=owner)
    assert (plan.anything, plan.others, plan.other_words) == (True, {"assignments": 1}, [handing_on.words(1)])
    make_assignment(make_campaign(), leaver)
    with pytest.raises(Refused) as no:
        handing_over.carry_out(plan, Way(even=[mate.pk]), by=owner, stamp=plan.stamp)
    assert no.value.code == "handover.stale"


def test_her_page_says_it(owner, manager, employee, leaver):
    make_assignment(make_campaign(), leaver)
    assert [one.link for one in leaving.held(owner, leaver)] == [f"/admin/customers/handover/{leaver.pk}/"]
    assert page.campaigns_of(employee, leaver) is None
    assert page.campaigns_of(manager, leaver) is not None
