"""From a page on a stranger's phone to the counter of the shop, 390 px wide."""

import re
from typing import Any

import pytest
import segno
from playwright.sync_api import Page, expect

from campaigns.models import LandingPage, Participation
from customers.choices import TaskState
from customers.models import Customer, Task
from loyalty.choices import GrantState
from loyalty.models import CouponGrant
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee
from tests import cast
from tests.e2e.conftest import log_in
from tests.factories.campaigns import make_campaign, make_link, make_page
from tests.factories.loyalty import make_coupon
from tests.factories.staff import PASSWORD

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def consultant(boss: Employee) -> Employee:
    shop = cast.Shop(*(Department.objects.get(name=name) for name in ("锦绣商贸", "滨江店", "西湖店", "线上部")))
    person = cast.hire(shop, Role.EMPLOYEE)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_page_coupon_counter(page: Page, consultant: Employee) -> None:
    page.set_viewport_size(PHONE)
    made = make_page(
        make_campaign("春季体验"), coupon=make_coupon("新客券", min_spend_fen=20_000), ask_time=True, price_fen=9_900,
        consents=["care", "promotion"],
        questions=[{"key": "skin", "label": "肤质", "choices": ["干", "油"], "required": True}],
    )  # fmt: skip
    link = make_link(made.campaign, employee=consultant)
    page.goto(f"/p/{link.code}/")
    assert fits(page)
    page.locator(".lp-button").click()
    expect(page.locator(".lp-wrong")).to_have_count(3)
    page.fill("[name=name]", "王小娟")
    page.fill("[name=phone]", "138 0000 0021")
    page.locator(".lp-choice", has_text="干").click()
    page.locator("[name=day]").select_option(index=2)
    page.locator("[name=yes-care]").check()
    page.locator(".lp-button").click()
    expect(page.locator("#coupon")).to_contain_text("新客券")
    expect(page.locator("#coupon")).to_contain_text("¥200")
    expect(page.locator("#host")).to_contain_text("小许")
    short = page.locator("#short-code").inner_text().strip()
    assert re.fullmatch(r"\d{4} \d{4}", short)
    assert fits(page)
    assert Participation.objects.get().answers == {"skin": "干"}
    assert Task.objects.get(key__startswith="lead:").state == TaskState.OPEN

    page.context.clear_cookies()
    log_in(page, consultant.phone)
    page.goto("/admin/counter/")
    page.wait_for_load_state()
    page.fill("#code", short)
    page.press("#code", "Enter")
    expect(page.locator("#whom")).to_contain_text("王小娟")
    assert fits(page)
    page.click("#use")
    expect(page.locator("#use")).to_have_count(0)
    expect(page.locator("#enter-order")).to_be_visible()
    grant = CouponGrant.objects.get()
    assert (grant.state, grant.used_by, grant.customer.owner) == (GrantState.USED, consultant, consultant)
    assert fits(page)


def test_a_page_is_made_in_minutes(desk: Page, boss: Employee) -> None:
    campaign = make_campaign("夏季领券")
    coupon = make_coupon("夏季券")
    make_link(campaign)
    desk.goto(f"/admin/campaigns/landingpage/add/?campaign={campaign.pk}")
    desk.wait_for_load_state()
    desk.locator("button[value=coupon]").click()
    desk.fill("[name=title]", "全城最好的护理")
    desk.select_option("[name=coupon]", str(coupon.pk))
    desk.locator("button[value=preview]").click()
    expect(desk.locator("#preview h1")).to_have_text("全城最好的护理")
    expect(desk.locator("#warnings")).to_contain_text("最好")
    assert LandingPage.objects.count() == 0
    desk.fill("[name=title]", "夏季护理券")
    desk.locator("button[value=save]").click()
    expect(desk.locator("#open-page")).to_be_visible()
    made = LandingPage.objects.get()
    assert (made.title, made.coupon, made.template) == ("夏季护理券", coupon, "coupon")
    expect(desk.locator("#warnings")).to_have_count(0)
    for size in ({"width": 1440, "height": 900}, PHONE):
        desk.set_viewport_size(size)  # type: ignore[arg-type]
        assert fits(desk)


def test_my_own_qr_code(desk: Page, boss: Employee, tmp_path: Any) -> None:
    file = tmp_path / "wechat.png"
    segno.make("https://u.wechat.com/example").save(str(file), scale=8)
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.goto("/admin/me/")
    desk.wait_for_load_state()
    desk.set_input_files("[name=picture]", str(file))
    expect(desk.locator("[data-chosen]")).to_have_text("wechat.png")
    desk.locator("#wechat-qr button.scrm-button-main").click()
    expect(desk.locator(".me-qr")).to_be_visible()
    assert desk.evaluate("document.querySelector('.me-qr').naturalWidth") > 0
    boss.refresh_from_db()
    assert boss.wechat_qr.endswith(".jpg")
    assert Customer.objects.count() == 0
    assert fits(desk)
