"""A template is seen while it is made; numbers are there only for who wants places of her own."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from campaigns.models import Poster

ADD = "/admin/campaigns/poster/add/"


def shown(desk: Page) -> Any:
    live = desk.locator("#poster-live")
    expect(live).to_have_attribute("src", re.compile("^data:image/jpeg"))
    return live.get_attribute("src")


def test_the_picture_follows_the_form(desk: Page) -> None:
    desk.goto(ADD)
    first = shown(desk)
    desk.fill("[name=name]", "主海报")
    desk.fill("[name=title]", "立冬焕肤")
    expect(desk.locator("#poster-live")).not_to_have_attribute("src", first)
    desk.locator("[name=layout][value=own]").check()
    places = desk.locator(".poster-place")
    expect(places.first).to_be_visible()
    desk.fill("[name=qr_x]", "950")
    expect(desk.locator("#poster-said")).not_to_be_empty()
    desk.locator("[name=layout][value=left]").check()
    expect(places.first).to_be_hidden()
    expect(desk.locator("#poster-said")).to_be_empty()
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/poster/")
    assert Poster.objects.get().slots["layout"] == "left"
