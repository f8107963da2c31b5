"""Consent, erasure and the watermark in a browser, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers.models import Consent, Customer, FollowUp
from scrm.staff.models import Employee
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

LIST = "/admin/customers/customer/"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def juan(boss: Employee) -> Customer:
    person = make_customer("王小娟", "13800000021", owner=boss)
    make_order(person)
    FollowUp.objects.create(customer=person, author=boss, content="怕冷")
    return person


def fits(page: Page) -> bool:
    """Nothing has to be pushed sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", SIZES)
def test_she_agrees_and_takes_it_back(desk: Page, juan: Customer, size: str) -> None:
    width, height = SIZES[size]
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto(f"{LIST}{juan.pk}/change/#contact")
    wechat = desk.locator("#contact [data-purpose=promotion] [data-medium=wecom]")
    expect(wechat).to_have_attribute("data-may", "0")
    desk.locator("#consent-link").click()
    expect(desk.locator("[name=purposes]:checked")).to_have_count(0)
    assert fits(desk)
    give = desk.locator("#consent-give")
    give.locator("[value=promotion]").check()
    give.locator("button").click()
    expect(give.locator(".consent-error")).to_be_visible()
    expect(give.locator("[value=promotion]")).to_be_checked()
    give.locator("[name=ground]").fill("到店签字")
    give.locator("button").click()
    expect(desk).to_have_url(re.compile(rf"{LIST}{juan.pk}/change/#contact$"))
    expect(wechat).to_have_attribute("data-may", "1")
    desk.locator("#consent-link").click()
    back = desk.locator("#consent-withdraw")
    back.locator("[value=promotion]").check()
    back.locator("button").click()
    expect(desk.locator("[data-bar=no_marketing]")).to_be_visible()
    expect(wechat).to_have_attribute("data-may", "0")
    assert list(Consent.objects.order_by("pk").values_list("given", flat=True)) == [True, False]


@pytest.mark.parametrize("size", SIZES)
def test_her_personal_data_is_erased(desk: Page, juan: Customer, size: str) -> None:
    width, height = SIZES[size]
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto(f"{LIST}{juan.pk}/change/#identities")
    desk.locator("#erase-link").click()
    expect(desk.locator("#goes [data-erase=identities]")).to_have_attribute("data-value", "1")
    expect(desk.locator("#stays [data-stays=orders]")).to_have_attribute("data-value", "1")
    assert fits(desk)
    desk.click("#do-erase")
    expect(desk.locator("#erase-plan")).to_be_visible()
    assert Customer.objects.get().name == "王小娟"
    desk.check("#sure")
    desk.click("#do-erase")
    expect(desk).to_have_url(re.compile(rf"{LIST}$"))
    assert (Customer.objects.count(), FollowUp.objects.get().content) == (0, "")


def test_the_watermark_says_who_looks_and_is_in_nobodys_way(desk: Page, boss: Employee, juan: Customer) -> None:
    desk.goto(LIST)
    mark = desk.locator("#watermark")
    assert re.fullmatch(rf"{boss.name} {boss.phone[-4:]} · \d{{4}}-\d\d-\d\d \d\d:\d\d", mark.get_attribute("data-said") or "")
    style = mark.evaluate("e => { const s = getComputedStyle(e); return [s.pointerEvents, s.position, s.userSelect] }")
    assert style == ["none", "fixed", "none"]
    desk.emulate_media(media="print")
    assert mark.evaluate("e => getComputedStyle(e).backgroundImage").startswith('url("data:image/svg+xml')
    desk.emulate_media(media="screen")
    desk.locator("#result_list a").first.click()
    expect(desk.locator("#person-name")).to_have_text("王小娟")


def test_nobody_is_named_before_the_login(page: Page, boss: Employee) -> None:
    page.goto("/admin/login/")
    expect(page.locator("#watermark")).to_have_count(0)
