"""Two colleagues of one name: wherever both are shown the last digits of a phone tell them apart; nobody else has any."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from campaigns.admin.board import choosing, picture
from campaigns.choices import CampaignState
from campaigns.models import Campaign
from campaigns.queries.board import reading
from campaigns.queries.board.scoping import Sight
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.boards import count_all
from tests.factories.campaigns import join, make_assignment, make_campaign, make_link
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
XU = ["许静 0004", "许静 0005"]


@pytest.fixture
def campaign(client: Client, shop: Shop, owner: Employee) -> Campaign:
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    made = make_campaign("秋冬舒缓季")
    people = [make_employee(name, phone=f"1380000000{n}", department=shop.binjiang) for n, name in enumerate(["许静", "许静", "陈晨"], 4)]
    for one in people:
        make_assignment(made, one)
        join(made, make_customer(), link=make_link(made, employee=one))
    count_all()
    return made


def door(client: Client, campaign: Campaign, name: str) -> Any:
    return client.get(reverse(f"admin:campaigns_{name}", args=[campaign.pk]))


def told(page: Any) -> list[str]:
    """Every mention of the three, in order."""
    return re.findall(r"(?:许静|陈晨)(?: \d{4})?", unescape(page.content.decode()))


def test_in_the_tree_of_employees(client: Client, campaign: Campaign) -> None:
    page = door(client, campaign, "campaign_edit")
    spans = re.findall(r'name="employees".*?<span>(.*?)</span>', page.content.decode())
    assert [name for name in spans if name[:2] in ("许静", "陈晨")] == [*XU, "陈晨"]


def test_on_the_pages_of_the_campaign(client: Client, campaign: Campaign) -> None:
    page = door(client, campaign, "campaign_change")
    assert [line["name"] for line in page.context["lines"]] == [*XU, "陈晨"]
    assert page.context["not_started"] == [*XU, "陈晨"]
    assert [row["name"] for row in door(client, campaign, "campaign_targets").context["rows"]] == [*XU, "陈晨"]
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.DRAFT)
    assert door(client, campaign, "campaign_publish").context["people"] == [*XU, "陈晨"]


def test_on_the_board_its_sheet_and_its_picture(client: Client, campaign: Campaign, owner: Employee) -> None:
    page = door(client, campaign, "board_one")
    assert [row.label for row in page.context["employees"]] == [*XU, "陈晨"]
    book = CalamineWorkbook.from_filelike(BytesIO(door(client, campaign, "board_xlsx").content))
    assert [row[0] for row in book.get_sheet_by_index(1).to_python()[1:]] == [*XU, "陈晨"]
    chosen = choosing.choose({}, campaign=campaign)
    report = picture.report(reading.one_board(campaign, sight=Sight(owner), span=chosen.span, model=chosen.model))
    assert [bar.label for bar in report.people] == [*XU, "陈晨"]


def test_in_the_list_of_links_and_its_filter(client: Client, campaign: Campaign) -> None:
    page = client.get(reverse("admin:campaigns_link_changelist"))
    assert [link.promoter for link in page.context["cl"].result_list] == ["陈晨", *reversed(XU)]
    [spec] = [spec for spec in page.context["cl"].filter_specs if spec.parameter_name == "employee"]
    assert [label for _pk, label in spec.lookup_choices if label[:2] in ("许静", "陈晨")] == [*XU, "陈晨"]


def test_one_alone_has_no_digits(client: Client, campaign: Campaign) -> None:
    campaign.assignments.filter(employee__phone="13800000005").delete()
    assert set(told(door(client, campaign, "campaign_targets"))) == {"许静", "陈晨"}
