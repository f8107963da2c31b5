"""On a phone the four pages of the day are at the thumb on every page, and the bar covers no button and no row."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scrm.staff.models import Employee
from tests.factories.contacts import make_touchpoint
from tests.factories.customers import make_customer

PEOPLE, ENTER = "/admin/customers/customer/", "/admin/customers/customer/add/"
HOME, CHANNEL, ORDERS = "/admin/", "/admin/customers/channel/add/", "/admin/customers/order/"
PHONE = {"width": 390, "height": 800}


def box(one: Locator) -> dict[str, Any]:
    found = one.bounding_box()
    assert found is not None
    return dict(found)


def on_top(page: Page, one: Locator) -> bool:
    """A finger on its middle hits it, and nothing that lies above it."""
    at = box(one)
    script = "([x, y, it]) => it.contains(document.elementFromPoint(x, y))"
    return bool(page.evaluate(script, [at["x"] + at["width"] / 2, at["y"] + at["height"] / 2, one.element_handle()]))


def to_the_end(page: Page) -> None:
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")


@pytest.fixture
def bar(desk: Page, boss: Employee) -> Locator:
    for n in range(12):
        make_customer(f"客户{n}", f"138000010{n:02}", owner=boss)
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return desk.locator(".bottom-bar")


@pytest.mark.parametrize("path", [HOME, PEOPLE, ENTER, CHANNEL, ORDERS, "/admin/customers/task/", "/admin/settings/"])
def test_it_is_at_the_bottom_of_every_page(desk: Page, bar: Locator, path: str) -> None:
    desk.goto(path)
    expect(bar.locator("a")).to_have_count(4)
    at = box(bar)
    assert (at["x"], at["width"], at["y"] + at["height"]) == (0, PHONE["width"], PHONE["height"])
    assert [on_top(desk, link) for link in bar.locator("a").all()] == [True] * 4
    assert desk.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_desk_has_the_sidebar_instead(desk: Page, bar: Locator) -> None:
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto(PEOPLE)
    expect(bar).to_be_hidden()


def test_it_says_where_one_is_and_leads_there(desk: Page, bar: Locator) -> None:
    desk.goto(ENTER)
    here = bar.locator("[aria-current=page]")
    expect(here).to_have_attribute("href", PEOPLE)
    here.click()
    desk.wait_for_url(f"**{PEOPLE}")


def test_it_hides_neither_the_last_row_nor_the_pages_of_a_list(desk: Page, bar: Locator) -> None:
    desk.goto(PEOPLE)
    to_the_end(desk)
    last, pages = desk.locator("#result_list tbody tr").last, desk.get_by_text("12 条结果")
    assert box(last)["y"] + box(last)["height"] < box(bar)["y"]
    assert box(pages)["y"] + box(pages)["height"] < box(bar)["y"]


def test_acts_on_ticked_rows_stand_on_it(desk: Page, bar: Locator) -> None:
    desk.goto(PEOPLE)
    desk.locator("input.action-select").first.check()
    acts = desk.locator("#changelist-actions-wrapper")
    expect(acts).to_be_visible()
    assert box(acts)["y"] + box(acts)["height"] <= box(bar)["y"]
    assert [on_top(desk, one) for one in (acts.locator("select"), bar.locator("a").first)] == [True, True]


@pytest.mark.parametrize("path", [ENTER, CHANNEL, "touchpoint"])
def test_forms_can_be_saved(desk: Page, bar: Locator, path: str) -> None:
    if path == "touchpoint":
        path = f"/admin/customers/touchpoint/{make_touchpoint().pk}/change/"
    desk.goto(path)
    to_the_end(desk)
    save = desk.locator("[name=_save]")
    assert box(save)["y"] + box(save)["height"] <= box(bar)["y"]
    assert on_top(desk, save)


def test_a_popup_has_none(desk: Page, bar: Locator) -> None:
    desk.goto(f"{CHANNEL}?_popup=1")
    expect(bar).to_have_count(0)


def test_nobody_who_is_not_logged_in_sees_it(desk: Page, bar: Locator) -> None:
    desk.context.clear_cookies()
    desk.goto("/admin/login/")
    expect(bar).to_have_count(0)
