"""People are put to work by name or department, each once, with links of their own."""

import pytest

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, Link
from campaigns.services import assigning
from campaigns.services.assigning import Targets
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.campaigns import make_assignment, make_campaign
from tests.factories.customers import make_channel
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db


def assigned(campaign):
    return {row.employee_id: row for row in Assignment.objects.filter(campaign=campaign)}


def test_one_action_makes_tasks_and_links(owner, employee, manager):
    campaign = make_campaign()
    ways = [make_channel("朋友圈"), make_channel("小红书")]
    found = assigning.assign(
        campaign=campaign, employees=[employee, manager], targets=Targets(5, 0, 3, 100_000), channels=ways, by=owner
    )
    assert {(row.employee_id, row.target_leads, row.target_referrals, row.target_orders, row.target_fen) for row in found} == {
        (employee.pk, 5, 0, 3, 100_000), (manager.pk, 5, 0, 3, 100_000),
    }  # fmt: skip
    pairs = {(who.pk, way.pk) for who in (employee, manager) for way in ways}
    assert set(Link.objects.values_list("employee", "channel")) == pairs
    assert AuditEntry.objects.get(action="campaign.assigned").count == 2
    assert set(campaign.channels.all()) == set(ways)


def test_a_department_is_all_who_work_there_and_below(shop, owner, manager, employee):
    annex = make_department("滨江店二楼", shop.binjiang)
    below = make_employee(department=annex)
    make_employee(department=annex, is_active=False)
    make_employee(department=shop.xihu)
    campaign = make_campaign()
    assigning.assign(campaign=campaign, departments=[shop.binjiang], channels=[], by=owner)
    assert set(assigned(campaign)) == {manager.pk, employee.pk, below.pk}
    assert set(Link.objects.values_list("employee", "channel")) == {(pk, None) for pk in (manager.pk, employee.pk, below.pk)}


def test_twice_is_once_and_keeps_what_was_agreed(owner, employee):
    campaign = make_campaign()
    for leads in (5, 9):
        assigning.assign(campaign=campaign, employees=[employee], targets=Targets(leads=leads), channels=[], by=owner)
    assert (assigned(campaign)[employee.pk].target_leads, Link.objects.count()) == (5, 1)
    assert AuditEntry.objects.filter(action="campaign.assigned").count() == 1


def test_who_was_taken_off_comes_back_anew(owner, employee):
    campaign = make_campaign()
    make_assignment(campaign, employee, state=AssignmentState.WITHDRAWN, target_leads=5)
    assigning.assign(campaign=campaign, employees=[employee], targets=Targets(leads=9), by=owner)
    row = assigned(campaign)[employee.pk]
    assert (row.state, row.target_leads, row.started_at) == (AssignmentState.ASSIGNED, 9, None)


def test_without_channels_no_link_is_made_before_it_is_published(owner, employee):
    assigning.assign(campaign=make_campaign(state="draft"), employees=[employee], by=owner)
    assert Link.objects.count() == 0


def test_links_of_nobody(owner):
    campaign = make_campaign()
    assert assigning.assign(campaign=campaign, channels=[make_channel("门店台卡")], nobody=True, by=owner) == []
    assert [link.employee_id for link in Link.objects.all()] == [None]
    assert campaign.nobody_too is True


@pytest.mark.parametrize("case", ["nobody", "empty department", "left", "over", "settled", "manager", "consultant"])
def test_refusals_say_why_and_write_nothing(shop, owner, manager, employee, case):
    gone = make_employee("何莹", is_active=False)
    campaign = make_campaign(state={"over": CampaignState.ENDED, "settled": CampaignState.SETTLED}.get(case, "running"))
    people = {"left": [employee, gone], "nobody": [], "empty department": []}.get(case, [employee])
    places = [shop.xihu] if case == "empty department" else []
    by = {"manager": manager, "consultant": employee}.get(case, owner)
    with pytest.raises(Refused) as no:
        assigning.assign(campaign=campaign, employees=people, departments=places, channels=[], by=by)
    expected = {
        "nobody": "assign.nobody", "empty department": "assign.nobody", "left": "assign.left", "over": "assign.over",
        "settled": "assign.over", "manager": "assign.not_allowed", "consultant": "assign.not_allowed",
    }  # fmt: skip
    assert (no.value.code, Assignment.objects.count(), Link.objects.count()) == (expected[case], 0, 0)


def test_an_operator_with_a_narrow_scope_reaches_her_own_people(shop, employee, agency):
    narrow = make_employee("窄运营", Role.OPERATOR, department=shop.binjiang, scope="department")
    far = make_employee(department=shop.xihu)
    campaign = make_campaign()
    assigning.assign(campaign=campaign, employees=[employee], by=narrow)
    for other in (far, agency):
        with pytest.raises(Refused) as no:
            assigning.assign(campaign=campaign, employees=[other], by=narrow)
        assert no.value.code == "assign.not_yours"
    assigning.assign(campaign=campaign, departments=[shop.company], by=narrow)
    assert set(assigned(campaign)) == {employee.pk, narrow.pk}


def test_an_agency_may_be_put_to_work(owner, agency):
    campaign = make_campaign()
    assigning.assign(campaign=campaign, employees=[agency], channels=[], by=owner)
    assert set(assigned(campaign)) == {agency.pk}


def test_two_of_one_name_are_two(owner):
    one, other = make_employee("张敏"), make_employee("张敏")
    campaign = make_campaign()
    assigning.assign(campaign=campaign, employees=[one, other], channels=[], by=owner)
    assert set(assigned(campaign)) == {one.pk, other.pk}
    assert Link.objects.count() == 2


def test_the_number_of_queries_does_not_grow(owner, django_assert_num_queries):
    people = [make_employee() for _n in range(6)]
    ways = [make_channel("朋友圈"), make_channel("小红书")]
    few, many = make_campaign(), make_campaign()
    with django_assert_num_queries(20):
        assigning.assign(campaign=few, employees=people[:1], channels=ways, by=owner)
    with django_assert_num_queries(20):
        assigning.assign(campaign=many, employees=people, channels=ways, by=owner)
