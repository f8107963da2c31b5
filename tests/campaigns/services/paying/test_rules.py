"""Rules of commission: versions, one in force, frozen with the campaign."""

import pytest

from campaigns.choices import Basis, CampaignState
from campaigns.models import PayRule
from campaigns.queries import readiness
from campaigns.services.paying import rules
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_campaign
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
TIERS = [{"from_bp": 10_000, "rate_bp": 800}, {"from_bp": 5_000, "rate_bp": 600}]


def draft():
    return make_campaign(state=CampaignState.DRAFT)


def test_a_new_version_switches_the_old_one_off(owner):
    campaign = draft()
    first = rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=500, by=owner)
    second = rules.set_rule(campaign=campaign, basis=Basis.CREDIT, fixed_fen=1_200, by=owner)
    first.refresh_from_db()
    assert (first.version, first.is_active, first.rate_bp) == (1, False, 500)
    assert (second.version, second.is_active, second.fixed_fen, second.rate_bp) == (2, True, 1_200, None)
    assert rules.of_campaign(campaign) == second
    assert [entry.detail["version"] for entry in AuditEntry.objects.filter(action="pay.set").order_by("pk")] == [1, 2]


def test_what_is_so_already_makes_no_version(owner):
    campaign = draft()
    made = [rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=500, tiers=TIERS, by=owner) for _n in range(2)]
    assert (made[0], PayRule.objects.count()) == (made[1], 1)
    assert made[0].tiers == [{"from_bp": 5_000, "rate_bp": 600}, {"from_bp": 10_000, "rate_bp": 800}]


def test_a_campaign_has_one_rule_a_product_one_of_each_basis(owner):
    campaign, product = draft(), make_product()
    for basis in Basis:
        rules.set_rule(campaign=campaign, basis=basis, rate_bp=500, by=owner)
        rules.set_rule(product=product, basis=basis, rate_bp=500, by=owner)
    rules.set_rule(basis=Basis.SERVED, rate_bp=100, by=owner)
    in_force = PayRule.objects.filter(is_active=True)
    assert sorted(in_force.values_list("campaign", "product", "basis"), key=str) == sorted(
        [
            (campaign.pk, None, "served"), (None, product.pk, "credit"), (None, product.pk, "served"), (None, None, "served"),
        ],
        key=str,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "pay.one"),
        ({"rate_bp": 500, "fixed_fen": 100}, "pay.one"),
        ({"rate_bp": 0}, "pay.rate"),
        ({"rate_bp": 10_001}, "pay.rate"),
        ({"rate_bp": -1}, "pay.rate"),
        ({"fixed_fen": 0}, "pay.fixed"),
        ({"fixed_fen": -1}, "pay.fixed"),
        ({"fixed_fen": 100, "second_bp": 100}, "pay.second"),
        ({"rate_bp": 500, "second_bp": 0}, "pay.rate"),
        ({"fixed_fen": 100, "tiers": TIERS}, "pay.tiers"),
        ({"rate_bp": 500, "tiers": [{"from_bp": 0, "rate_bp": 1}]}, "pay.tiers"),
        ({"rate_bp": 500, "tiers": [{"from_bp": 10_000}]}, "pay.tiers"),
        ({"rate_bp": 500, "tiers": [TIERS[0], TIERS[0]]}, "pay.tiers"),
        ({"rate_bp": 500, "tiers": [{"from_bp": "x", "rate_bp": 1}]}, "pay.tiers"),
    ],
)
def test_what_makes_no_sense_is_refused(owner, values, code):
    with pytest.raises(Refused) as no:
        rules.set_rule(campaign=draft(), basis=Basis.CREDIT, by=owner, **values)
    assert (no.value.code, PayRule.objects.count()) == (code, 0)


def test_whose_a_rule_may_be(owner):
    for values, code in (
        ({"campaign": draft(), "product": make_product(), "basis": Basis.CREDIT}, "pay.both"),
        ({"basis": Basis.CREDIT}, "pay.served_only"),
    ):
        with pytest.raises(Refused) as no:
            rules.set_rule(rate_bp=500, by=owner, **values)
        assert no.value.code == code


@pytest.mark.parametrize("state", [state for state in CampaignState if state != CampaignState.DRAFT])
def test_frozen_after_scheduling(owner, state):
    campaign = make_campaign(state=state)
    PayRule.objects.create(campaign=campaign, rate_bp=500)
    for act in (
        lambda: rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=900, by=owner),
        lambda: rules.drop_rule(campaign=campaign, by=owner),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "pay.frozen"
    assert list(PayRule.objects.values_list("rate_bp", "is_active")) == [(500, True)]


def test_setting_a_rule_takes_the_no_back(owner):
    campaign = draft()
    type(campaign).objects.filter(pk=campaign.pk).update(no_pay=True)
    rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=500, by=owner)
    campaign.refresh_from_db()
    assert campaign.no_pay is False


def test_dropping_ends_it(owner):
    campaign = draft()
    rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=500, by=owner)
    assert (rules.drop_rule(campaign=campaign, by=owner), rules.of_campaign(campaign)) == (1, None)
    assert rules.drop_rule(campaign=campaign, by=owner) == 0
    assert rules.set_rule(campaign=campaign, basis=Basis.CREDIT, rate_bp=500, by=owner).version == 2


def test_only_with_the_right(manager, employee):
    for who in (manager, employee):
        with pytest.raises(Refused) as no:
            rules.set_rule(campaign=draft(), basis=Basis.CREDIT, rate_bp=500, by=who)
        assert no.value.code == "pay.not_allowed"


def test_the_campaign_says_what_its_rule_pays_on(owner):
    campaign = draft()
    rules.set_rule(campaign=campaign, basis=Basis.SERVED, rate_bp=500, by=owner)
    campaign.refresh_from_db()
    assert campaign.pay_basis == Basis.SERVED


@pytest.mark.parametrize(("basis", "paid"), [(Basis.SERVED, True), (Basis.CREDIT, False)])
def test_the_rule_for_any_order_pays_where_who_served_is_paid(owner, basis, paid):
    campaign = make_campaign(state=CampaignState.DRAFT, pay_basis=basis)
    rules.set_rule(basis=Basis.SERVED, rate_bp=200, by=owner)
    assert readiness.has_pay(campaign) is paid
