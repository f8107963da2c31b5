"""The boards: who may open them, that every number opens as many rows, what nobody else may read."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from campaigns.admin.board import picture
from campaigns.choices import CampaignState, Model
from campaigns.models import BoardWork, Campaign
from campaigns.queries.board import reading
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import choose
from campaigns.services import arriving, boarding
from customers.choices import AppointmentState
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.kit.tabular import open_source
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.boards import convert, count_all, sold
from tests.factories.campaigns import (
    join,
    make_assignment,
    make_campaign,
    make_cost,
    make_link,
    make_reading,
    make_visitor,
)
from tests.factories.contacts import make_appointment
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r'<a class="board-number" href="([^"]+)" data-figure="(\w+)" data-value="(-?\d+)"')
SEE = [Role.OWNER, Role.OPERATOR, Role.MANAGER, Role.AGENCY]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def story(shop: Shop, everyone: dict[Role, Employee]) -> Campaign:
    """小许 of 滨江店 and 小赵 of 西湖店, who sells to a customer of 滨江店; a leaflet that is nobody's."""
    campaign = make_campaign("秋冬舒缓季", starts_on=clock.days_ago(9), ends_on=clock.today())
    make_assignment(campaign, everyone[Role.AGENCY])
    friends, red = make_channel("朋友圈"), make_channel("小红书")
    here, there = everyone[Role.EMPLOYEE], make_employee("小赵", department=shop.xihu)
    make_assignment(campaign, here)
    make_assignment(campaign, make_employee("小懒", department=shop.binjiang))
    links = [
        make_link(campaign, employee=here, channel=friends), make_link(campaign, employee=there, channel=red), make_link(campaign),
    ]  # fmt: skip
    for n, link in enumerate(links, start=2):
        for m in range(n):
            visitor = make_visitor()
            at = clock.now() - timedelta(days=m, hours=1)
            make_reading(link, visitor, at=at, first=True)
            make_reading(link, visitor, at=at, unique=False)
            person = make_customer(f"客{n}{m}", store=shop.binjiang)
            join(campaign, person, link=link, at=at, is_new=m == 0)
            make_appointment(person, starts_at=at + timedelta(minutes=30), state=AppointmentState.ARRIVED)
            sold(make_order(person, paid_fen=1_000 * n, ordered_at=at), link)
            sold(make_order(person, paid_fen=500, refunded_fen=100 * m, ordered_at=at), link, number=2)
    # Two links had a part in it; and one that was given back as a whole.
    both = make_order(make_customer("两人"), paid_fen=999, ordered_at=clock.now())
    shares: Any = {model: {links[0]: 500, links[1]: 499} for model in (Model.LINEAR, Model.POSITION, Model.DECAY)}
    convert(both, campaign, **shares, last={links[1]: 999}, first={links[0]: 999})
    sold(make_order(make_customer("退了"), paid_fen=700, refunded_fen=700, ordered_at=clock.now()), links[0])
    make_order(make_customer("路过"), paid_fen=300, ordered_at=clock.now())
    make_cost(campaign, friends, 5_000)
    arriving.look_again(person.pk for person in type(person).everyone.all())
    count_all()
    return campaign


def board(client: Client, viewer: Employee, campaign: Campaign, **query: str) -> str:
    client.force_login(viewer)
    response = client.get(reverse("admin:campaigns_board_one", args=[campaign.pk], query=query))
    assert response.status_code == 200
    return response.content.decode()


def numbers(page: str) -> list[tuple[str, str, int]]:
    return [(unescape(link), figure, int(value)) for link, figure, value in NUMBER.findall(page)]


@pytest.mark.parametrize("role", SEE)
@pytest.mark.parametrize("query", [{}, {"model": Model.LINEAR}, {"span": "7", "model": Model.FIRST}])
def test_every_number_opens_as_many_rows(
    client: Client, everyone: dict[Role, Employee], story: Campaign, role: Role, query: dict[str, str]
) -> None:
    found = numbers(board(client, everyone[role], story, **query))
    assert len(found) > (20 if role == Role.MANAGER else 40)
    for link, figure, value in found:
        listed = client.get(link)
        assert listed.status_code == 200, link
        changelist = listed.context["cl"]
        if figure == "net_fen":
            assert changelist.whole == f"¥{value // 100:,}.{value % 100:02d}", link
        elif figure == "cost_fen":
            assert sum(row.amount_fen for row in changelist.queryset) == value, link
        else:
            assert changelist.result_count == value, (link, figure)


def test_a_manager_sees_what_the_links_of_her_people_brought(
    client: Client, everyone: dict[Role, Employee], story: Campaign
) -> None:
    page = board(client, everyone[Role.MANAGER], story)
    assert {name for name in ("小许", "小赵", "小懒") if name in page} == {"小许", "小懒"}
    assert figure(page, "tile", "orders") == 4
    assert figure(page, "tile", "net_fen") == 2 * 2_000 + 500 + 400
    assert "cost_fen" not in page


def figure(page: str, what: str, key: str) -> int:
    found = re.search(rf'id="{what}-{key}" data-value="(-?\d+)"', page)
    assert found is not None, key
    return int(found[1])


def test_the_whole_of_it(client: Client, owner: Employee, story: Campaign) -> None:
    page = board(client, owner, story)
    steps = {key: figure(page, "step", key) for key in ("views", "visitors", "leads", "arrivals", "buyers", "orders", "repeats")}
    assert steps == {"views": 18, "visitors": 9, "leads": 9, "arrivals": 9, "buyers": 10, "orders": 19, "repeats": 9}
    assert figure(page, "tile", "cost_fen") == 5_000
    # 29,000 of first orders, 3,500 of the second ones, 999 of the one that two had a part in.
    assert figure(page, "tile", "net_fen") == 29_000 + 3_500 + 999


def test_an_order_that_two_had_a_part_in_is_one(client: Client, owner: Employee, story: Campaign) -> None:
    page = board(client, owner, story, model=Model.LINEAR)
    assert figure(page, "step", "orders") == 19
    rows = {key: int(value) for key, value in re.findall(r'id="employee-(\d+)".*?data-figure="orders" data-value="(\d+)"', page, re.DOTALL)}
    assert sorted(rows.values()) == [0, 0, 5, 7, 8]


def test_held_against_the_days_before(client: Client, owner: Employee, story: Campaign) -> None:
    today = clock.today()
    page = board(client, owner, story, first=str(today), last=str(today))
    assert 'id="without"' in page
    step = re.search(r'id="step-visitors" data-value="3".*?board-change">([^<]*)<', page, re.DOTALL)
    assert step is not None
    assert step[1] == "0%"


@pytest.mark.parametrize(("role", "status"), [(Role.EMPLOYEE, 403), (Role.AGENCY, 404), (Role.MANAGER, 200)])
def test_doors(client: Client, everyone: dict[Role, Employee], role: Role, status: int) -> None:
    """An agency has its own campaigns and hears of no other."""
    other = make_campaign("别的活动")
    client.force_login(everyone[role])
    for name in ("board_one", "board_picture", "board_png"):
        assert client.get(reverse(f"admin:campaigns_{name}", args=[other.pk])).status_code == status, name
    assert client.get(reverse("admin:campaigns_board")).status_code == (403 if role == Role.EMPLOYEE else 200)


def shop_board(client: Client, viewer: Employee, **query: str) -> str:
    client.force_login(viewer)
    response = client.get(reverse("admin:campaigns_board", query=query))
    assert response.status_code == 200
    return response.content.decode()


def test_all_campaigns_and_what_no_link_brought(client: Client, owner: Employee, story: Campaign, shop: Shop) -> None:
    other = make_link(make_campaign("别的活动"), employee=make_employee(department=shop.xihu))
    sold(make_order(make_customer("别人"), paid_fen=1_234, ordered_at=clock.now()), other)
    make_cost(None, make_channel("公用"), 77)
    count_all()
    page = shop_board(client, owner, span="30")
    assert figure(page, "rest", "net") == 300
    assert figure(page, "rest", "orders") == 1
    assert figure(page, "tile", "net_fen") == 29_000 + 3_500 + 999 + 1_234
    assert figure(page, "tile", "cost_fen") == 5_000 + 77
    found = numbers(page)
    assert [one for one in found if "attributed" in one[0]]
    for link, key, value in found:
        changelist = client.get(link).context["cl"]
        if key == "cost_fen":
            assert sum(row.amount_fen for row in changelist.queryset) == value, link
        elif key != "net_fen":
            assert changelist.result_count == value, (link, key)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENCY])
def test_what_no_link_brought_is_for_whoever_sees_everything(
    client: Client, everyone: dict[Role, Employee], story: Campaign, role: Role
) -> None:
    page = shop_board(client, everyone[role])
    assert 'id="rest"' not in page
    assert "cost_fen" not in page


def test_an_agency_sees_its_campaigns_alone(client: Client, agency: Employee, story: Campaign) -> None:
    make_campaign("别的活动")
    page = shop_board(client, agency)
    assert "秋冬舒缓季" in page
    assert "别的活动" not in page


@pytest.mark.parametrize(("role", "queries"), [(Role.OWNER, 28), (Role.MANAGER, 15), (Role.AGENCY, 13)])
def test_the_shop_costs_the_same_for_three_campaigns_as_for_one(
    client: Client, everyone: dict[Role, Employee], shop: Shop, role: Role, queries: int, django_assert_num_queries: Any
) -> None:
    client.force_login(everyone[role])
    for many in (1, 2):
        for _n in range(many):
            link = make_link(make_campaign(budget_fen=100), employee=make_employee(department=shop.binjiang))
            make_assignment(link.campaign, everyone[Role.AGENCY])
            sold(make_order(make_customer(), ordered_at=clock.now()), link)
        count_all()
        client.get(reverse("admin:campaigns_board"))
        with django_assert_num_queries(queries):
            client.get(reverse("admin:campaigns_board"))


def test_a_campaign_without_anything(client: Client, owner: Employee) -> None:
    page = board(client, owner, make_campaign(state=CampaignState.DRAFT))
    assert figure(page, "tile", "orders") == 0
    assert numbers(page) == []


def test_an_agency_reads_no_name_of_a_customer(client: Client, agency: Employee, story: Campaign) -> None:
    links = {link for link, key, _value in numbers(board(client, agency, story)) if key == "leads"}
    assert links
    page = client.get(links.pop()).content.decode()
    assert "客20" not in page
    assert "客*" in page


def test_the_funnel_says_of_what_its_per_cent_are(client: Client, owner: Employee, story: Campaign) -> None:
    client.cookies["django_language"] = "en"
    lines = re.findall(r'board-sub">(Per cent.*?)</p>', board(client, owner, story))
    assert lines == ["Per cent are of the step before; those of repeat orders are of the buyers."]


def test_the_sheet(client: Client, manager: Employee, story: Campaign) -> None:
    client.force_login(manager)
    response = client.get(reverse("admin:campaigns_board_xlsx", args=[story.pk]))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/vnd.openxmlformats")
    entry = AuditEntry.objects.get(action="board.exported")
    assert (entry.actor, entry.object_id) == (manager, str(story.pk))


@pytest.mark.parametrize(("ends", "last"), [(0, "until now"), (3, date), (None, "until now")])
def test_the_sheet_says_its_days_and_the_return_as_a_number(
    client: Client, owner: Employee, tmp_path: Path, ends: int | None, last: Any
) -> None:
    day = None if ends is None else clock.days_ago(ends)
    campaign = make_campaign("秋冬", starts_on=clock.days_ago(9), ends_on=day)
    link = make_link(campaign, employee=owner, channel=make_channel())
    sold(make_order(make_customer(), paid_fen=26_400, ordered_at=clock.now() - timedelta(days=4)), link)
    make_cost(campaign, link.channel, 10_000, day=clock.days_ago(4))
    count_all()
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    response = client.get(reverse("admin:campaigns_board_xlsx", args=[campaign.pk]))
    file = tmp_path / "board.xlsx"
    file.write_bytes(response.content)
    with open_source(file, name="board.xlsx") as source:
        rows = {cells[0]: cells[1:] for _number, cells in source.rows(source.sheets[0]) if cells and cells[0]}
    told = board(client, owner, campaign)
    assert rows["Days"][:2] == [clock.days_ago(9), day if last is date else last]
    assert f"{rows['Return on cost'][0]:+.0%}" in told
    styles = ZipFile(file).read("xl/styles.xml").decode()
    assert re.findall(r'formatCode="([^"]*%[^"]*)"', styles) == ["+0%;-0%;0%"]


def test_a_sheet_is_for_who_may_export(client: Client, agency: Employee, story: Campaign) -> None:
    assert "xlsx" not in board(client, agency, story)
    assert client.get(reverse("admin:campaigns_board_xlsx", args=[story.pk])).status_code == 403
    assert not AuditEntry.objects.filter(action="board.exported").exists()


@pytest.mark.parametrize(("role", "queries"), [(Role.OWNER, 33), (Role.MANAGER, 23), (Role.AGENCY, 18)])
def test_queries_do_not_grow(
    client: Client, everyone: dict[Role, Employee], shop: Shop, role: Role, queries: int, django_assert_num_queries: Any
) -> None:
    campaign = make_campaign(starts_on=clock.days_ago(5))
    make_assignment(campaign, everyone[Role.AGENCY])
    address = reverse("admin:campaigns_board_one", args=[campaign.pk], query={"span": "30"})
    client.force_login(everyone[role])
    for _times in (1, 3):
        link = make_link(campaign, employee=make_employee(department=shop.binjiang), channel=make_channel(f"渠道{_times}"))
        make_reading(link, make_visitor(), first=True)
        sold(make_order(make_customer(), ordered_at=clock.now()), link)
        make_cost(campaign, link.channel, 100)
        count_all()
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_the_picture_for_the_group_says_nothing_of_money_earned_or_lost(owner: Employee, story: Campaign) -> None:
    """And its days are the campaign's, however late a fact came."""
    told = reading.one_board(story, sight=Sight(owner), span=choose({}, campaign=story))
    drawn = picture.report(told)
    assert told.standing.code != told.plain.code == "counting"
    assert (drawn.sentence, drawn.tone) == ("19 orders so far, 1 day left", told.plain.tone)
    assert drawn.under == f"{story.starts_on} – {story.ends_on} · running"
    today = choose({"span": "today"}, campaign=story)
    one_day = picture.report(reading.one_board(story, sight=Sight(owner), span=today))
    assert one_day.under == f"{clock.today()} · running"


def test_whoever_opens_a_board_counts_what_came_a_moment_ago(client: Client, owner: Employee, story: Campaign) -> None:
    link = story.links.filter(employee__isnull=False).first()
    join(story, make_customer("刚来"), link=link, at=clock.now(), is_new=True)
    boarding.changed([(story.pk, clock.today())])
    assert BoardWork.objects.count() == 1
    page = board(client, owner, story)
    assert (figure(page, "step", "leads"), BoardWork.objects.count()) == (10, 0)


def test_much_of_it_is_left_to_the_job(client: Client, owner: Employee, story: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boarding, "FEW", 1)
    boarding.changed([(story.pk, clock.days_ago(n)) for n in range(2)])
    board(client, owner, story)
    assert BoardWork.objects.count() == 2
