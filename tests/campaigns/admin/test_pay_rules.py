"""Rules of commission and of campaigns among the settings."""

import re

import pytest

from campaigns.choices import CampaignState
from campaigns.models import PayRule, Rules
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_campaign
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
LIST = "/admin/campaigns/payrule/"


@pytest.fixture(autouse=True)
def as_owner(client, owner):
    client.cookies["django_language"] = "en"
    client.force_login(owner)


def in_force():
    rows = PayRule.objects.filter(is_active=True).order_by("pk")
    return list(rows.values_list("campaign", "product", "basis", "rate_bp", "fixed_fen", "tiers", "second_bp", "version"))


def test_a_rule_of_a_product_and_its_next_version(client, owner):
    product = make_product("修护精华")
    client.post(f"{LIST}add/", {"product": product.pk, "basis": "credit", "rate": "5", "from_1": "100", "rate_1": "8", "second": "1"})
    tiers = [{"from_bp": 10_000, "rate_bp": 800}]
    assert in_force() == [(None, product.pk, "credit", 500, None, tiers, 100, 1)]
    answer = client.get(f"{LIST}{PayRule.objects.get().pk}/change/")
    page = client.get(answer.url).content.decode()
    assert re.findall(r'name="(rate|from_1|rate_1|second)"[^>]*value="([^"]+)"', page.replace("\n", " ")) or "value=" in page
    client.post(f"{LIST}add/", {"product": product.pk, "basis": "credit", "fixed_sum": "12"})
    assert in_force() == [(None, product.pk, "credit", None, 1_200, [], None, 2)]
    assert AuditEntry.objects.filter(action="pay.set").count() == 2
    assert client.get(LIST).status_code == 200


def test_who_served_any_order(client):
    client.post(f"{LIST}add/", {"basis": "served", "rate": "2"})
    assert in_force() == [(None, None, "served", 200, None, [], None, 1)]


def test_a_draft_gets_tiers(client):
    campaign = make_campaign(state=CampaignState.DRAFT)
    client.post(f"{LIST}add/", {"campaign": campaign.pk, "basis": "credit", "rate": "5", "from_1": "100", "rate_1": "8"})
    assert in_force()[0][:4] == (campaign.pk, None, "credit", 500)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"basis": "credit", "rate": "5"}, "A rule for every order pays who served."),
        ({"basis": "served"}, "Enter a rate or a fixed sum, one of the two."),
        ({"basis": "served", "rate": "5", "fixed_sum": "5"}, "Enter a rate or a fixed sum, one of the two."),
        ({"basis": "served", "rate": "101"}, "Write a per cent from 0 to 100, with two decimals at most."),
        ({"basis": "served", "rate": "5", "from_1": "100"}, "Each tier says from which attainment on which rate is paid"),
    ],
)
def test_what_makes_no_sense_is_said(client, fields, wrong):
    answer = client.post(f"{LIST}add/", fields)
    assert (answer.status_code, wrong in answer.content.decode(), in_force()) == (200, True, [])


def test_a_running_campaign_is_not_offered(client):
    campaign = make_campaign()
    answer = client.post(f"{LIST}add/", {"campaign": campaign.pk, "basis": "credit", "rate": "5"})
    assert (answer.status_code, in_force()) == (200, [])


def test_ended(client):
    client.post(f"{LIST}add/", {"basis": "served", "rate": "2"})
    rule = PayRule.objects.get()
    assert client.get(f"{LIST}{rule.pk}/end/").status_code == 200
    client.post(f"{LIST}{rule.pk}/end/")
    assert in_force() == []
    assert client.get(f"{LIST}{rule.pk}/end/").status_code == 404


def test_the_shops_rules(client):
    page = client.get("/admin/campaigns/rules/", follow=True)
    assert page.status_code == 200
    posted = {
        "bind_mode": "every", "protected_days": "15", "month_target_fen": "120000", "margin_bp": "45.5", "counter_days": "0",
        "online_days": "7",
    }  # fmt: skip
    client.post("/admin/campaigns/rules/", posted)
    rules = Rules.objects.get()
    assert (rules.bind_mode, rules.protected_days, rules.month_target_fen, rules.margin_bp) == ("every", 15, 12_000_000, 4_550)
    entry = AuditEntry.objects.get(action="setting.changed")
    assert set(entry.detail["fields"]) == {"bind_mode", "protected_days", "month_target_fen", "margin_bp"}
    client.post("/admin/campaigns/rules/", posted)
    assert AuditEntry.objects.filter(action="setting.changed").count() == 1
