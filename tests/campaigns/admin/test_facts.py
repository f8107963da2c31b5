"""The lists behind the figures: what the address asks for, names as each viewer may read them."""

import re
from datetime import date, timedelta

import pytest

from campaigns.models import Participation
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.campaigns import join, make_assignment, make_campaign, make_link
from tests.factories.conversions import bring, convert
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role
BASE = "/admin/campaigns"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def story(shop, employee, agency):
    """Two leads, three orders of two buyers; one buyer is of the other store, by 小许's link."""
    campaign = make_campaign("秋冬")
    make_assignment(campaign, agency)
    channel = make_channel("朋友圈")
    link = make_link(campaign, employee=employee, channel=channel)
    own = make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)
    foreign = make_customer("李小明", "13900000022", owner=make_employee(department=shop.xihu), store=shop.xihu)
    join(campaign, own, link=link, is_new=True)
    join(campaign, foreign, at=clock.now() - timedelta(days=3))
    convert(link, own, 10_000)
    convert(link, own, 5_000, number=2)
    convert(link, foreign, 7_000, at=clock.now() - timedelta(days=9))
    bring(link, own, foreign)
    return campaign, link, own, foreign


def listed(client, noun, query=""):
    return client.get(f"{BASE}/{noun}/{query}").context["cl"].result_count


def test_parameters(client, owner, employee, story):
    campaign, link, _own, _foreign = story
    client.force_login(owner)
    today, week = clock.today().isoformat(), clock.days_ago(7).isoformat()
    asked = {
        ("participation", ""): 2,
        ("participation", f"?campaign={campaign.pk}"): 2,
        ("participation", "?campaign=999999"): 0,
        ("participation", f"?employee={employee.pk}"): 1,
        ("participation", "?employee=0"): 1,
        ("participation", f"?channel={link.channel_id}"): 1,
        ("participation", "?channel=0"): 1,
        ("participation", "?new=1"): 1,
        ("participation", f"?first={today}&last={today}"): 1,
        ("participation", f"?last={clock.days_ago(1).isoformat()}"): 1,
        ("participation", "?arrived=1"): 0,
        ("conversion", ""): 3,
        ("conversion", "?number=1"): 2,
        ("conversion", "?number=2"): 1,
        ("conversion", f"?employee={employee.pk}&model=last&first={week}"): 2,
        ("conversion", "?employee=0"): 0,
        ("credit", ""): 3,
        ("credit", "?model=first"): 3,
        ("credit", f"?employee={employee.pk}&channel={link.channel_id}&model=decay&campaign={campaign.pk}"): 3,
        ("credit", "?channel=0"): 0,
        ("referral", f"?campaign={campaign.pk}&employee={employee.pk}"): 1,
        ("referral", "?employee=0"): 0,
    }
    assert {key: listed(client, *key) for key in asked} == asked


@pytest.mark.parametrize("query", ["?model=best", "?employee=x", "?campaign=-1", "?number=3", "?new=2", "?employee=٣"])
def test_what_makes_no_sense_is_said(client, owner, story, query):
    client.force_login(owner)
    answer = client.get(f"{BASE}/conversion/{query}" if "new" not in query else f"{BASE}/participation/{query}")
    assert (answer.status_code, answer["Location"].endswith("?e=1")) == (302, True)


def test_no_day_shows_nothing_and_says_so(client, owner, story):
    client.force_login(owner)
    page = client.get(f"{BASE}/credit/?first=yesterday")
    assert page.context["cl"].result_count == 0
    assert "Enter a date, for example 2024-05-01." in page.content.decode()


def test_the_sum_of_one_campaign(client, owner, story):
    campaign = story[0]
    client.force_login(owner)

    def whole(path):
        found = re.search(r'id="whole">.*?<b>(.*?)</b>', client.get(f"{BASE}/{path}").content.decode())
        return found and found[1]

    assert [whole(f"{noun}/?campaign={campaign.pk}") for noun in ("credit", "conversion", "participation")] == ["¥220.00", "¥220.00", None]
    assert whole("credit/") is None


def names(client, noun, who):
    client.force_login(who)
    page = client.get(f"{BASE}/{noun}/").content.decode()
    cells = re.findall(r'order-buyer">(.*?)</span>', page)
    return [re.sub(r"<[^>]+>", "", cell).split() for cell in cells], set(re.findall(r"/admin/customers/customer/(\d+)/", page))


def test_names_as_each_may_read_them(client, everyone, story):
    """小许 sees the stranger's row because of her link: 李*明; the agency everybody so."""
    _campaign, _link, own, foreign = story
    whole, strange = ["王小娟", "138****0021"], ["李小明", "139****0022"]
    masked = ["李*明", "139****0022"]
    both = {str(own.pk), str(foreign.pk)}
    found = {role: names(client, "referral", who) for role, who in everyone.items()}
    assert found == {
        OWNER: ([whole, strange], both),
        OPERATOR: ([whole, strange], both),
        MANAGER: ([whole, masked], {str(own.pk)}),
        EMPLOYEE: ([whole, masked], {str(own.pk)}),
        AGENCY: ([["王*娟", "138****0021"], masked], set()),
    }
    for who in everyone.values():
        for noun in ("participation", "conversion", "credit", "referral"):
            client.force_login(who)
            page = client.get(f"{BASE}/{noun}/").content.decode()
            assert ("13800000021" in page, "13900000022" in page) == (False, False)


def test_orders_open_only_for_those_who_may(client, everyone, story):
    own = story[2]
    found = {}
    for role, who in everyone.items():
        client.force_login(who)
        page = client.get(f"{BASE}/conversion/").content.decode()
        found[role] = len(set(re.findall(r"/admin/customers/order/(\d+)/", page)))
    assert own.orders.count() == 2
    assert found == {OWNER: 3, OPERATOR: 3, MANAGER: 2, EMPLOYEE: 2, AGENCY: 0}


def test_of_links_that_the_viewer_sees(client, manager, employee, shop, story):
    """What boards count: not the customers of her store who came by a link of the other store."""
    campaign = story[0]
    far = make_link(campaign, employee=make_employee(department=shop.xihu))
    near = make_customer(store=shop.binjiang)
    join(campaign, near, link=far)
    convert(far, near)
    client.force_login(manager)
    for noun, all_rows, seen in (("participation", 2, 1), ("conversion", 4, 3), ("credit", 3, 3)):
        counts = (noun, listed(client, noun), listed(client, noun, "?links=seen"))
        assert counts == (noun, all_rows, seen)


def test_the_days_of_a_row_are_written_alike(client, owner, story):
    Participation.objects.update(arrived_on=date(2026, 5, 3))
    client.force_login(owner)
    page = client.get(f"{BASE}/participation/").content.decode()
    assert re.findall(r'field-shown_arrived[^>]*>\s*([^<\s]+)', page) == ["2026-05-03"] * 2


def test_a_number_in_a_wish_is_masked(client, manager, employee, agency, story):
    Participation.objects.update(wished="周六 13812345678")
    for who, shown in ((manager, True), (employee, False), (agency, False)):
        client.force_login(who)
        page = client.get(f"{BASE}/participation/").content.decode()
        assert ("13812345678" in page, "138****5678" in page) == (shown, not shown)


@pytest.mark.parametrize(("noun", "queries"), [("participation", 8), ("conversion", 10), ("credit", 10), ("referral", 9)])
def test_a_constant_number_of_queries(client, owner, employee, story, noun, queries, django_assert_num_queries):
    campaign, link, _own, _foreign = story
    client.force_login(owner)
    client.get(f"{BASE}/{noun}/")
    for _n in range(2):
        with django_assert_num_queries(queries):
            client.get(f"{BASE}/{noun}/")
        person = make_customer()
        join(campaign, person, link=link)
        convert(link, person)
        bring(link, person, make_customer())
