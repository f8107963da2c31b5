"""Campaigns on the first page: each role finds its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.choices import AssignmentState, CampaignState, Verdict
from campaigns.models import Campaign
from scrm.kit import audit, clock
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.boards import count_all, sold
from tests.factories.campaigns import (
    make_assignment,
    make_campaign,
    make_cost,
    make_link,
    make_material,
    make_reading,
    make_visitor,
)
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaigns(shop: Shop, employee: Employee) -> dict[str, Campaign]:
    """One that earned, one that lost, one that runs, one that was over long ago; who has not begun is 小许 and a colleague
    elsewhere."""
    ended: dict[str, Any] = {"state": CampaignState.ENDED, "starts_on": clock.days_ago(40), "ends_on": clock.days_ago(10)}
    found = {
        "earned": make_campaign("赚的", **ended),
        "lost": make_campaign("亏的", **ended),
        "running": make_campaign("在做的"),
        "old": make_campaign("去年的", **(ended | {"ends_on": clock.days_ago(200), "starts_on": clock.days_ago(230)})),
    }
    sold(make_order(make_customer("甲"), paid_fen=5_000), make_link(found["earned"]))
    make_cost(found["lost"], make_channel("小红书"), 9_000)
    make_assignment(found["running"], employee)
    make_assignment(found["running"], make_employee("小赵", department=shop.xihu))
    make_assignment(found["running"], make_employee("小勤", department=shop.binjiang), state=AssignmentState.STARTED)
    make_assignment(found["lost"], employee)
    count_all()
    return found


def home(client: Client, me: Employee) -> Any:
    client.force_login(me)
    return client.get(reverse("admin:index")).context


def test_the_owner_sees_what_earned_and_what_lost_first(client: Client, owner: Employee, campaigns: dict[str, Campaign]) -> None:
    shown = home(client, owner)
    assert [figure.label for figure in shown["campaigns"]] == ["亏的", "在做的", "赚的"]
    assert [figure.key for figure in shown["urgent"]] == [f"losing-campaign-{campaigns['lost'].pk}", "unowned"]
    assert client.get(shown["urgent"][0].link).status_code == 200


def test_what_was_decided_is_no_longer_urgent(client: Client, owner: Employee, campaigns: dict[str, Campaign]) -> None:
    Campaign.objects.filter(pk=campaigns["lost"].pk).update(verdict=Verdict.STOP)
    assert [figure.key for figure in home(client, owner)["urgent"]] == ["unowned"]


def test_the_operator_sees_what_runs(client: Client, operator: Employee, campaigns: dict[str, Campaign]) -> None:
    shown = home(client, operator)
    assert [figure.label for figure in shown["campaigns"]] == ["在做的"]
    assert not [figure for figure in shown["todos"] if figure.key.startswith("losing")]


def test_a_manager_sees_who_of_her_people_has_not_begun(
    client: Client, manager: Employee, campaigns: dict[str, Campaign]
) -> None:
    shown = home(client, manager)
    assert [(figure.label, figure.shown) for figure in shown["not_begun"]] == [("小许", "在做的")]
    assert shown["campaigns"] == []


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.AGENCY])
def test_nothing_for_the_others(client: Client, everyone: dict[Role, Employee], campaigns: dict[str, Campaign], role: Role) -> None:
    shown = home(client, everyone[role])
    assert (shown["campaigns"], shown["not_begun"]) == ([], [])


@pytest.mark.parametrize("wrong", [0, 3])
def test_the_owner_is_told_whether_the_figures_are_right(client: Client, owner: Employee, campaigns: object, wrong: int) -> None:
    client.force_login(owner)
    address = reverse("admin:index")
    assert "figures-checked" not in client.get(address).content.decode()
    audit.record("figures.verified", count=120, wrong=wrong)
    assert f'id="figures-checked" data-wrong="{wrong}"' in client.get(address).content.decode()


def test_a_consultant_sees_what_her_links_brought_and_what_she_may_pass_on(
    client: Client, employee: Employee, manager: Employee, campaigns: dict[str, Campaign]
) -> None:
    link = make_link(campaigns["running"], employee=employee, channel=make_channel("朋友圈"))
    for hours in (24, 25, 0):
        make_reading(link, make_visitor(), at=clock.start_of(clock.today()) + timedelta(hours=23 - hours))
    make_material("真心话")
    make_material("别的活动的", campaign=campaigns["lost"])
    client.cookies["django_language"] = "en"
    shown = home(client, employee)["promotion"]
    page = reverse("admin:campaigns_mine")
    assert [(figure.key, figure.value, figure.shown, figure.link) for figure in shown] == [
        ("links-yesterday", 2, "2 visits", page), ("to-pass-on", 1, "1 text or picture", f"{page}#offers"),
    ]  # fmt: skip
    assert client.get(page).context["visits"].yesterday == 2
    assert home(client, manager)["promotion"] == []


def test_nothing_to_pass_on_while_nothing_runs(client: Client, employee: Employee) -> None:
    assert home(client, employee)["promotion"] == []
