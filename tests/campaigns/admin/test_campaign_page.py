"""The page of one campaign, as each role may read it."""

import re

import pytest
from django.urls import reverse

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, PayRule
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.campaigns import (
    join,
    make_assignment,
    make_campaign,
    make_cost,
    make_link,
    make_reading,
    make_visitor,
)
from tests.factories.conversions import bring, convert
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_product
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture
def campaign(shop, employee, agency):
    """许 has brought two orders; somebody in the other store one; the agency works on it too."""
    made = make_campaign("秋冬舒缓季", starts_on=clock.days_ago(5), budget_fen=100_000)
    made.products.add(make_product(price_fen=10_000, cost_fen=4_000))
    PayRule.objects.create(campaign=made, rate_bp=500)
    far = make_employee("赵倩", department=shop.xihu)
    channel = make_channel("朋友圈")
    for who in (employee, far, agency):
        make_assignment(made, who, target_orders=4 if who == employee else None)
    hers, theirs = make_link(made, employee=employee, channel=channel), make_link(made, employee=far, channel=channel)
    buyer = make_customer("王小娟", owner=employee, store=shop.binjiang)
    join(made, buyer, link=hers, is_new=True)
    convert(hers, buyer, 10_000)
    convert(hers, buyer, 10_000, number=2)
    convert(theirs, make_customer(store=shop.xihu, owner=far), 30_000)
    bring(hers, buyer, make_customer())
    make_reading(hers, make_visitor())
    make_cost(made, channel, 5_000)
    return made


def page_of(client, campaign, who):
    client.cookies["django_language"] = "en"
    client.force_login(who)
    answer = client.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
    return answer.status_code, answer.content.decode()


def rows(page):
    """{employee: (leads, brought, orders, net, place)}"""
    found = {}
    for name, row in re.findall(r'<tr data-employee="([^"]+)"[^>]*>(.*?)</tr>', page, re.S):
        cells = [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        found[name] = tuple(cells[2:7])
    return found


def test_each_reads_her_own(client, campaign, everyone):
    found = {role: rows(page_of(client, campaign, who)[1]) for role, who in everyone.items()}
    hers, theirs, agencys = ("1", "1", "2/4·50%", "¥200.00", "2"), ("0", "0", "1", "¥300.00", "1"), ("0", "0", "0", "¥0.00", "3")
    everybody = {"赵倩": theirs, "小许": hers, "外包阿强": agencys}
    assert found == {
        OWNER: everybody, OPERATOR: everybody, MANAGER: {"小许": hers}, EMPLOYEE: {"小许": hers}, AGENCY: {"外包阿强": agencys},
    }  # fmt: skip


def test_money_is_head_offices(client, campaign, everyone):
    seen = {}
    for role, who in everyone.items():
        _status, page = page_of(client, campaign, who)
        seen[role] = ('id="status"' in page, 'id="returns"' in page, 'id="even"' in page, "¥50.00" in page, "¥1,000.00" in page)
    assert seen == {OWNER: (True,) * 5, OPERATOR: (True,) * 5, MANAGER: (False,) * 5, EMPLOYEE: (False,) * 5, AGENCY: (False,) * 5}


def test_what_one_order_is_worth_is_everybodys(client, campaign, everyone):
    # 5 % of what it sells at, as on each one's own page
    assert {"One order is worth about ¥5.00." in page_of(client, campaign, who)[1] for who in everyone.values()} == {True}


def test_the_sentence(client, campaign, owner):
    # 1,000 to be earned back; an order brings 166.67 × 60 % − 8.33 = 91.67: 11 of them, 3 came.
    page = page_of(client, campaign, owner)[1]
    assert re.search(r'id="status">(.*?)</p>', page)[1] == "8 more orders until it pays for itself"
    campaign.ends_on = clock.today()
    campaign.save()
    assert re.search(r'id="status">(.*?)</p>', page_of(client, campaign, owner)[1])[1] == "8 more orders until it pays for itself, 1 day left"
    campaign.state = CampaignState.ENDED
    campaign.save()
    # 50.00 were spent: an order pays for that.
    assert re.search(r'id="status">(.*?)</p>', page_of(client, campaign, owner)[1])[1] == "Earned ¥250.00"


def numbers(page):
    """{figure: (what it says, where it leads)} of the sums."""
    return {
        name: (re.sub(r"<[^>]+>", "", cell), (re.findall(r'href="([^"]+)"', cell) or [""])[0].replace("&amp;", "&"))
        for name, cell in re.findall(r'<dd data-figure="([^"]+)">(.*?)</dd>', page, re.S)
    }


def counted(client, url):
    return client.get(url).context["cl"].result_count


@pytest.mark.parametrize("role", list(Role))
def test_every_number_opens_as_many_rows(client, campaign, everyone, role):
    _status, page = page_of(client, campaign, everyone[role])
    found = numbers(page)
    assert {name for name, (_value, url) in found.items() if url} == {"touches", "leads", "referrals", "orders", "net_fen"}
    for name in ("touches", "leads", "referrals", "orders"):
        value, url = found[name]
        assert (role, name, counted(client, url)) == (role, name, int(value))
    value, url = found["net_fen"]
    assert client.get(url).context["cl"].whole == value
    cells = re.findall(r'<a class="scrm-link" href="(/admin/campaigns/(?:part|ref|conv)[^"]+)">(\d+)</a>', page)
    assert len(cells) >= 3
    assert [counted(client, url.replace("&amp;", "&")) for url, _value in cells] == [int(value) for _url, value in cells]


def test_who_has_not_begun(client, campaign, owner, employee):
    Assignment.objects.filter(employee=employee).update(state=AssignmentState.STARTED, started_at=clock.now())
    page = page_of(client, campaign, owner)[1]
    assert re.search(r'id="not-started">(.*?)</p>', page)[1] == "Not begun yet: 外包阿强、赵倩"


def test_who_was_taken_off_stays_with_what_she_brought(client, campaign, owner, employee, agency):
    Assignment.objects.filter(employee__in=[employee, agency]).update(state=AssignmentState.WITHDRAWN)
    assert rows(page_of(client, campaign, owner)[1]) == {
        "赵倩": ("0", "0", "1", "¥300.00", "1"), "小许": ("1", "1", "2/4·50%", "¥200.00", ""),
    }  # fmt: skip


def test_her_own_taps(client, campaign, employee):
    row = Assignment.objects.get(employee=employee)
    page = page_of(client, campaign, employee)[1]
    doors = re.findall(rf"/admin/campaigns/assignment/{row.pk}/move/(\w+)/", page)
    assert doors == ["accepted", "started"]
    client.post(reverse("admin:campaigns_assignment_move", args=[row.pk, "accepted"]))
    row.refresh_from_db()
    assert row.state == AssignmentState.ACCEPTED


def test_buttons_by_role(client, campaign, everyone):
    seen = {
        role: (re.findall(r'data-door="(\w+)"', page), 'id="edit-link"' in page, 'id="cost-link"' in page)
        for role, who in everyone.items()
        if (page := page_of(client, campaign, who)[1])
    }
    none = ([], False, False)
    assert seen == {
        OWNER: (["ended"], True, True), OPERATOR: (["ended"], True, True), MANAGER: none, EMPLOYEE: none, AGENCY: none,
    }  # fmt: skip


def test_an_agency_sees_no_other_campaign(client, agency):
    assert page_of(client, make_campaign(), agency)[0] == 404


def test_a_constant_number_of_queries(client, campaign, owner, django_assert_num_queries):
    client.force_login(owner)
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    client.get(url)
    with django_assert_num_queries(45):
        client.get(url)
    for _n in range(2):
        who = make_employee()
        make_assignment(campaign, who)
        convert(make_link(campaign, employee=who, channel=make_channel()), make_customer())
    with django_assert_num_queries(45):
        client.get(url)
