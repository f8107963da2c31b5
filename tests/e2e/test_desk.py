"""The shell around every page: sidebar, account menu, language, darkness, search."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer, Identity
from customers.naming import fold_name
from scrm.kit import audit
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.e2e.conftest import log_in
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import PASSWORD, make_department, make_employee

PAGES = {
    "owner": [
        "/admin/",
        "/admin/customers/task/",
        "/admin/customers/customer/",
        "/admin/customers/pool/",
        "/admin/customers/mergecandidate/",
        "/admin/customers/tag/",
        "/admin/customers/followup/",
        "/admin/customers/appointment/",
        "/admin/customers/importbatch/",
        "/admin/customers/order/",
        "/admin/customers/product/",
        "/admin/campaigns/campaign/",
        "/admin/campaigns/link/",
        "/admin/campaigns/poster/",
        "/admin/counter/",
        "/admin/loyalty/coupon/",
        "/admin/campaigns/board/",
        "/admin/performance/",
        "/admin/settings/",
    ],
    "employee": [
        "/admin/",
        "/admin/customers/task/",
        "/admin/customers/customer/",
        "/admin/customers/pool/",
        "/admin/customers/tag/",
        "/admin/customers/followup/",
        "/admin/customers/appointment/",
        "/admin/customers/order/",
        "/admin/customers/product/",
        "/admin/campaigns/campaign/",
        "/admin/campaigns/link/",
        "/admin/campaigns/mine/",
        "/admin/campaigns/poster/",
        "/admin/counter/",
        "/admin/loyalty/coupon/",
        "/admin/performance/",
    ],
    "agency": [
        "/admin/",
        "/admin/campaigns/campaign/",
        "/admin/campaigns/mine/",
        "/admin/campaigns/poster/",
        "/admin/campaigns/board/",
    ],
}


def links(page: Page) -> list[str]:
    found = page.locator("#nav-sidebar-apps a")
    return [found.nth(number).get_attribute("href") or "" for number in range(found.count())]


@pytest.mark.parametrize("role", list(PAGES))
def test_the_sidebar_holds_what_the_role_may_open_and_all_of_it_opens(
    page: Page, transactional_db: None, role: str
) -> None:
    me = make_employee("me", Role(role), password=PASSWORD)
    log_in(page, me.phone)
    assert links(page) == PAGES[role]
    for link in PAGES[role]:
        response = page.goto(link)
        assert response is not None
        assert (link, response.status) == (link, 200)
        expect(page.locator(f'#nav-sidebar-apps a[href="{link}"]')).to_have_class(re.compile(r"\bactive\b"))


def test_every_line_of_the_settings_opens_and_leads_back(page: Page, transactional_db: None) -> None:
    me = make_employee("me", Role.OWNER, password=PASSWORD)
    log_in(page, me.phone)
    page.goto("/admin/settings/")
    lines = page.locator("#settings a")
    found = [lines.nth(number).get_attribute("href") or "" for number in range(lines.count())]
    assert found == [
        "/admin/staff/employee/", "/admin/customers/handover/", "/admin/staff/department/", "/admin/customers/channel/",
        "/admin/campaigns/campaigncost/", "/admin/campaigns/rules/", "/admin/campaigns/payrule/",
        "/admin/customers/customfield/", "/admin/customers/touchpoint/", "/admin/looks/", "/admin/kit/auditentry/",
        "/admin/status/",
    ]  # fmt: skip
    for link in found:
        response = page.goto(link)
        assert response is not None
        assert (link, response.status) == (link, 200)
        expect(page.locator('#nav-sidebar-apps a[href="/admin/settings/"]')).to_have_class(re.compile(r"\bactive\b"))


def test_the_language_is_the_shops_until_someone_chooses(desk: Page) -> None:
    html = desk.locator("html")
    expect(html).to_have_attribute("lang", "zh-hans")  # whatever the browser asks for
    desk.click("text=钱总")
    desk.click("form[action='/language/'] button:has-text('English')")
    expect(html).to_have_attribute("lang", "en")
    expect(desk).to_have_url(re.compile("/admin/$"))
    desk.goto("/admin/staff/employee/")
    expect(html).to_have_attribute("lang", "en")
    desk.click("text=钱总 >> nth=0")
    desk.click("form[action='/language/'] button:has-text('简体中文')")
    expect(html).to_have_attribute("lang", "zh-hans")
    expect(desk).to_have_url(re.compile("/admin/staff/employee/$"))


def test_dark_and_light(desk: Page) -> None:
    desk.click("text=钱总")
    desk.click("a:has-text('dark_mode')")
    expect(desk.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    desk.reload()
    expect(desk.locator("html")).to_have_class(re.compile(r"\bdark\b"))


def test_search_finds_a_person_and_opens_her(desk: Page, boss: Employee) -> None:
    person = Customer.objects.create(name="王小娟", name_key=fold_name("王小娟"), phone="13911110021")
    Identity.objects.create(customer=person, kind="phone", value="13911110021", tail="0021")
    desk.reload()
    desk.keyboard.press("Control+k")
    box = desk.locator("#search-input-command")
    box.press_sequentially("1391111")
    hit = desk.locator("#command-results-list a")
    expect(hit).to_have_count(1)
    expect(hit).to_contain_text("139****0021")
    assert "13911110021" not in desk.content()
    box.press("ArrowDown")
    box.press("Enter")
    expect(desk).to_have_url(re.compile(f"/admin/customers/customer/{person.pk}/"))


def test_logging_out_ends_at_the_login(desk: Page) -> None:
    desk.click("text=钱总")
    desk.click("#logout-form button")
    expect(desk.locator("#login-form")).to_be_visible()
    desk.goto("/admin/")
    expect(desk.locator("#login-form")).to_be_visible()


def test_on_a_phone_no_page_is_wider_than_the_screen(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES["owner"]:
        desk.goto(path)
        assert (path, desk.evaluate("document.documentElement.scrollWidth")) == (path, 390)
    desk.goto("/admin/staff/employee/")
    assert desk.evaluate("getComputedStyle(document.querySelector('td')).wordBreak") == "keep-all"


LISTS = ("staff/employee", "kit/auditentry", "customers/channel", "staff/department", "customers/customer")


@pytest.mark.parametrize("path", LISTS)
def test_a_phone_shows_lists_as_cards_and_never_a_sideways_table(desk: Page, path: str) -> None:
    make_department("某某市某某区某某路旗舰体验中心" * 2)
    make_employee("欧阳" * 10)
    channel = make_channel("朋友介绍" * 12)
    audit.record("field.changed", by=None, on=channel, fields=["name", "is_active"], rows=123456)
    make_customer("欧阳" * 20, "13800000021", source=channel)
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto(f"/admin/{path}/")
    expect(desk.locator("#result_list .card-title").first).to_be_visible()
    expect(desk.locator("#result_list thead")).to_be_hidden()
    sizes = "box => [box.scrollWidth <= box.clientWidth, document.documentElement.scrollWidth]"
    assert desk.locator("#result_list").locator("..").evaluate(sizes) == [True, 390]


def test_a_card_names_what_it_shows(desk: Page) -> None:
    make_channel("抖音")
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto("/admin/customers/channel/")
    card = desk.locator("#result_list tr.data-row")
    expect(card.locator(".field-people")).to_have_attribute("data-label", re.compile("customers|客户", re.I))
    expect(card.locator(".field-parent")).to_be_hidden()  # part of nothing
