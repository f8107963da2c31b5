"""来访记录: every touch with what it counts as; read only, and of one's own links only."""

import re
from html import unescape
from uuid import uuid4

import pytest

from campaigns.services import reading
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.campaigns import make_campaign, make_link, make_touch, make_visitor
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
LIST = "/admin/campaigns/touch/"
PERSON = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def column(body, name):
    return [unescape(re.sub(r"<[^>]+>", "", part)).strip() for part in re.findall(rf'field-{name}[^>]*>(.*?)</t[dh]>', body, re.DOTALL)]


@pytest.fixture
def came(shop, employee):
    """By 小许's link: a known person twice, a robot. By another's: one. Not read yet: one."""
    link = make_link(make_campaign("双11"), employee=employee, code="2222222")
    juan = make_visitor(make_customer("王小娟", owner=employee))
    now = clock.now()
    for agent in (PERSON, PERSON, "curl/8"):
        make_touch(link, juan, at=now, agent=agent)
    make_touch(make_link(employee=make_employee("小何", department=shop.xihu)), uuid4(), at=now, agent=PERSON)
    reading.step()
    make_touch(link, juan, agent=PERSON)
    return link


def test_what_stands_there(client, owner, came):
    client.force_login(owner)
    body = client.get(LIST).content.decode()
    assert column(body, "counts") == [
        "not read yet", "unique, first of the campaign", "not counted: robot", "again within the hour",
        "unique, first of the campaign",
    ]  # fmt: skip
    assert column(body, "who")[1:] == [column(body, "who")[1], "王小娟", "王小娟", "王小娟"]
    assert column(body, "who")[1].startswith("#")
    assert column(body, "browser") == ["WeChat", "WeChat", "robot", "WeChat", "WeChat"]


def test_the_whole_line_of_a_browser_is_for_head_office(client, owner, employee, came):
    told = {}
    for who in (owner, employee):
        client.force_login(who)
        body = client.get(LIST).content.decode()
        told[who] = (set(column(body, "browser")), PERSON in body)
    assert told == {owner: ({"WeChat", "robot"}, True), employee: ({"WeChat", "robot"}, False)}


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("counted=yes", 3), ("counted=unique", 2), ("counted=first", 2), ("counted=bot", 1), ("counted=flood", 0), ("counted=x", 0),
        ("kind=view", 5), ("kind=scan", 0), ("from=2000-01-01&to=2000-01-02", 0), ("from=2000-01-01", 4), ("link=0", 0),
    ],
)  # fmt: skip
def test_filters(client, owner, came, query, rows):
    client.force_login(owner)
    assert client.get(f"{LIST}?{query}").context["cl"].result_count == rows


def test_of_one_link_and_campaign(client, owner, came):
    client.force_login(owner)
    for query in (f"link={came.pk}", f"campaign={came.campaign_id}"):
        assert client.get(f"{LIST}?{query}").context["cl"].result_count == 3


def test_each_role_sees_its_own(client, everyone, came):
    seen = {}
    for role, user in everyone.items():
        client.force_login(user)
        seen[role] = client.get(LIST).context["cl"].result_count
    assert seen == {OWNER: 5, OPERATOR: 5, MANAGER: 3, EMPLOYEE: 3, AGENCY: 0}


def test_a_stranger_is_not_named(client, shop, manager, came):
    """By her consultant's link came a customer of another store."""
    visitor = make_visitor(make_customer("别店客户", store=shop.xihu))
    make_touch(came, visitor, agent=PERSON)
    reading.step()
    client.force_login(manager)
    body = client.get(LIST).content.decode()
    assert ("别店客户" in body, f"#{visitor.pk}" in body) == (False, True)


def test_nobody_writes_here(client, owner, came):
    client.force_login(owner)
    touch = came.touches.first()
    doors = ["add/", f"{touch.pk}/change/", f"{touch.pk}/delete/", f"{touch.pk}/history/"]
    assert [client.get(LIST + door).status_code for door in doors] == [403, 404, 403, 404]


@pytest.mark.parametrize("more", [0, 4])
def test_constant_in_queries(client, owner, came, more, django_assert_num_queries):
    for _n in range(more):
        make_touch(make_link(), make_visitor(make_customer("客")), agent=PERSON)
    reading.step()
    client.force_login(owner)
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)
