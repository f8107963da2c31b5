"""A link in a browser: made, copied, followed on a phone, and its touches in the list."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from campaigns.choices import Landing
from campaigns.models import Link, Touch
from campaigns.services import reading
from scrm.staff.models import Employee
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.customers import make_channel, make_customer

WIDTHS = [(1440, 900), (390, 800)]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.53"


def shoot(page: Page, name: str) -> None:
    """SHOTS=folder keeps what was seen."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") == width)


def test_followed_by_a_phone(browser: Browser, live_server: Any, boss: Employee) -> None:
    """The mini-program's page and the one for a lost code, as whoever scans it sees them."""
    link = make_link(make_campaign("双11护理季", landing=Landing.MINI_PROGRAM), employee=boss)
    context = browser.new_context(viewport={"width": 390, "height": 800}, base_url=live_server.url, user_agent=PHONE)
    page = context.new_page()
    answer = page.goto(f"/l/{link.code}?s")
    assert answer is not None and answer.status == 200
    expect(page.locator("h1")).to_have_text("双11护理季")
    assert fits(page, 390)
    shoot(page, "mini")
    page.goto(f"/l/{link.code}")
    answer = page.goto("/l/2222222")
    assert answer is not None and answer.status == 404
    assert fits(page, 390)
    shoot(page, "nowhere")
    assert page.locator("a").count() == 0
    touches = list(Touch.objects.order_by("id"))
    assert [touch.kind for touch in touches] == ["scan", "view"]
    assert len({touch.visitor_key for touch in touches}) == 1
    [cookie] = [one for one in context.cookies() if one["name"] == "scrm_v"]
    assert cookie["value"] == touches[0].visitor_key.hex
    context.close()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_lists(desk: Page, boss: Employee, width: int, height: int) -> None:
    page = desk
    page.set_viewport_size({"width": width, "height": height})
    campaign = make_campaign("双11护理季", landing=Landing.URL, target_url="https://shop.example.com/item")
    link = make_link(campaign, employee=boss, channel=make_channel("朋友圈"))
    make_link(campaign, customer=make_customer("王小娟", "13800000021"))
    for agent in (PHONE, PHONE, "curl/8.1"):
        page.request.get(f"/l/{link.code}", headers={"user-agent": agent}, max_redirects=0)
    reading.step()
    page.goto("/admin/campaigns/link/")
    assert fits(page, width)
    shoot(page, f"links{width}")
    row = page.locator("tr.data-row", has_text="朋友圈")
    row.locator("[data-copy-words]").click()
    expect(row.locator("[data-copy-words]")).to_have_text("已复制")
    row.locator(".field-ever a").first.click()
    expect(page).to_have_url(re.compile("counted=yes"))
    expect(page.locator("tr.data-row")).to_have_count(2)
    page.goto("/admin/campaigns/touch/")
    assert fits(page, width)
    shoot(page, f"touches{width}")
    page.goto(f"/admin/campaigns/link/{link.pk}/change/")
    assert fits(page, width)
    shoot(page, f"link{width}")


def test_made_for_a_window(desk: Page) -> None:
    campaign = make_campaign("双11护理季")
    desk.goto("/admin/campaigns/link/add/")
    desk.select_option("[name=campaign]", str(campaign.pk))
    shoot(desk, "add")
    desk.click("[name=_save]")
    link = Link.objects.get()
    expect(desk).to_have_url(re.compile(rf"/link/{link.pk}/change/"))
    assert desk.locator("img.link-picture").evaluate("image => image.naturalWidth") > 100
    connection.close()
