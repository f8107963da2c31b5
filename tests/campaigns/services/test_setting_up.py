"""A campaign as its form says it, as far as its state allows."""

from datetime import timedelta

import pytest

from campaigns.choices import AssignmentState, Basis, CampaignState, Landing
from campaigns.models import Assignment, Campaign, Link, OrderWork, PayRule
from campaigns.services import setting_up
from campaigns.services.assigning import Targets
from campaigns.services.setting_up import Pay, People
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import JobRun
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order, make_product

pytestmark = pytest.mark.django_db
DRAFT, SCHEDULED, RUNNING, ENDED, SETTLED = CampaignState


def new(by, **fields):
    values = {"name": "秋冬舒缓季", "landing": Landing.URL, "target_url": "https://shop.example.com/"}
    return setting_up.save(Campaign(), values=values, by=by, **fields)


def working_on(campaign):
    return {row.employee_id: row.state for row in Assignment.objects.filter(campaign=campaign)}


def test_a_draft_with_everything(owner, employee, manager):
    product, channel = make_product(price_fen=29_800), make_channel("朋友圈")
    campaign = new(
        owner, products=[product], channels=[channel], pay=Pay(rate_bp=500),
        people=People([employee], targets=Targets(leads=5)),
    )  # fmt: skip
    assert (campaign.state, campaign.created_by, list(campaign.products.all())) == (DRAFT, owner, [product])
    assert (list(campaign.channels.all()), working_on(campaign)) == ([channel], {employee.pk: "assigned"})
    assert PayRule.objects.get(campaign=campaign).rate_bp == 500
    assert (Link.objects.count(), campaign.history.count()) == (0, 1)


def test_of_a_draft_who_is_no_longer_chosen_is_taken_off(owner, employee, manager):
    campaign = new(owner, people=People([employee, manager], targets=Targets(leads=5)))
    setting_up.save(campaign, values={}, people=People([manager], targets=Targets(leads=7)), by=owner)
    assert working_on(campaign) == {employee.pk: AssignmentState.WITHDRAWN, manager.pk: AssignmentState.ASSIGNED}
    assert Assignment.objects.get(employee=manager).target_leads == 7
    setting_up.save(campaign, values={}, people=People(), by=owner)
    assert set(working_on(campaign).values()) == {AssignmentState.WITHDRAWN}


def test_what_differs_is_kept_where_the_form_did_not_touch_it(owner, employee, manager):
    campaign = new(owner, people=People([employee, manager], targets=Targets(leads=5)))
    Assignment.objects.filter(employee=manager).update(target_leads=8)
    again = People([employee, manager], targets=Targets(leads=5), for_all=False)
    setting_up.save(campaign, values={}, people=again, by=owner)
    assert sorted(Assignment.objects.values_list("target_leads", flat=True)) == [5, 8]


def test_no_pay_ends_the_rule(owner):
    campaign = new(owner, pay=Pay(fixed_fen=1_200))
    setting_up.save(campaign, values={"pay_basis": Basis.SERVED}, pay=Pay(fixed_fen=1_200), by=owner)
    assert PayRule.objects.get(campaign=campaign, is_active=True).basis == Basis.SERVED
    setting_up.save(campaign, values={}, pay=Pay(), by=owner)
    assert PayRule.objects.filter(is_active=True).count() == 0


FIXED = {"pay_model": "first", "pay_basis": "served", "pay_wins": "served", "view_days": 3, "kind": "coupon", "primary_metric": "leads"}


@pytest.mark.parametrize("state", [SCHEDULED, RUNNING, ENDED, SETTLED])
@pytest.mark.parametrize("name", FIXED)
def test_how_it_pays_and_is_judged_is_frozen(owner, state, name):
    campaign = make_campaign(state=state)
    with pytest.raises(Refused) as no:
        setting_up.save(campaign, values={name: FIXED[name], "note": "x"}, by=owner)
    campaign.refresh_from_db()
    assert (no.value.code, campaign.note) == ("campaign.frozen", "")


@pytest.mark.parametrize(("state", "may"), [(DRAFT, True), (SCHEDULED, True), (RUNNING, False), (ENDED, False)])
def test_the_first_day_is_history_once_it_runs(owner, state, may):
    campaign = make_campaign(state=state, starts_on=clock.today())
    values = {"starts_on": clock.today() + timedelta(days=1)}
    if may:
        assert setting_up.save(campaign, values=values, by=owner).starts_on == values["starts_on"]
    else:
        with pytest.raises(Refused):
            setting_up.save(campaign, values=values, by=owner)


@pytest.mark.parametrize("state", [ENDED, SETTLED])
def test_what_is_over_is_only_commented_on(owner, employee, state):
    campaign = make_campaign(state=state)
    saved = setting_up.save(campaign, values={"note": "好评多"}, people=People([employee]), channels=[make_channel()], by=owner)
    assert (saved.note, Assignment.objects.count(), saved.channels.count()) == ("好评多", 0, 0)
    for values in ({"name": "别的"}, {"ends_on": clock.today()}, {"target_url": "https://other.example.com/"}):
        with pytest.raises(Refused):
            setting_up.save(campaign, values=values, by=owner)


def test_people_and_channels_come_to_a_running_one_with_links(owner, employee, manager):
    old, new_way = make_channel("朋友圈"), make_channel("小红书")
    campaign = make_campaign()
    campaign.channels.add(old)
    make_assignment(campaign, employee)
    make_link(campaign, employee=employee, channel=old)
    setting_up.save(campaign, values={}, people=People([manager]), channels=[new_way], by=owner)
    assert working_on(campaign) == {employee.pk: "assigned", manager.pk: "assigned"}
    pairs = {(who.pk, way.pk) for who in (employee, manager) for way in (old, new_way)}
    assert set(Link.objects.values_list("employee", "channel")) == pairs


def test_only_with_the_right(manager, employee):
    for who in (manager, employee):
        with pytest.raises(Refused) as no:
            new(who)
        assert no.value.code == "campaign.not_allowed"
    assert Campaign.objects.count() == 0


@pytest.mark.parametrize(("state", "jobs"), [(DRAFT, 0), (SCHEDULED, 1), (RUNNING, 1)])
def test_touches_are_judged_again_when_its_days_change(owner, state, jobs):
    campaign = make_campaign(state=state, starts_on=clock.days_ago(3))
    make_reading(make_link(campaign), make_visitor())
    setting_up.save(campaign, values={"ends_on": clock.today(), "note": "短"}, by=owner)
    setting_up.save(campaign, values={"note": "长"}, by=owner)
    assert [run.args for run in JobRun.objects.filter(name="campaigns.tasks.read_again")] == [[campaign.pk]] * jobs


def test_orders_are_credited_again_when_a_window_changes(owner):
    campaign = make_campaign(state=DRAFT)
    customer = make_customer()
    make_reading(make_link(campaign), make_visitor(customer), at=clock.now() - timedelta(days=9))
    order = make_order(customer, ordered_at=clock.now())
    setting_up.save(campaign, values={"note": "…"}, by=owner)
    assert not OrderWork.objects.exists()
    setting_up.save(campaign, values={"view_days": 10}, by=owner)
    assert OrderWork.objects.get().order == order


@pytest.mark.parametrize("state", [SCHEDULED, RUNNING])
@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"target_url": ""}, ["landing.url"]),
        ({"ends_on": clock.days_ago(1)}, ["dates.past"]),
        ({"landing": Landing.PAGE}, ["landing.page"]),
    ],
)
def test_what_is_out_keeps_a_place_to_lead_to(owner, state, values, missing):
    campaign = make_campaign(
        state=state, starts_on=clock.days_ago(3), landing=Landing.URL, target_url="https://shop.example.com/"
    )
    with pytest.raises(Refused) as no:
        setting_up.save(campaign, values={**values, "note": "x"}, by=owner)
    campaign.refresh_from_db()
    assert (no.value.detail["missing"], campaign.note, campaign.target_url) == (missing, "", "https://shop.example.com/")


def test_scheduled_it_keeps_a_first_day(owner):
    campaign = make_campaign(state=SCHEDULED, starts_on=clock.today())
    with pytest.raises(Refused) as no:
        setting_up.save(campaign, values={"starts_on": None}, by=owner)
    assert no.value.detail["missing"] == ["dates.first"]
