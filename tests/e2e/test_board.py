"""The board in a browser: at a desk and on a phone, in the light and in the dark."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from customers.models import Customer
from scrm.kit import clock
from tests.factories.boards import count_all, sold
from tests.factories.campaigns import (
    join,
    make_assignment,
    make_campaign,
    make_cost,
    make_link,
    make_reading,
    make_visitor,
)
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee


@pytest.fixture
def campaign(desk: Page) -> Campaign:
    """Two employees and a third who has not begun, six days."""
    made = make_campaign("秋冬舒缓季", starts_on=clock.days_ago(5), ends_on=clock.today() + timedelta(days=6))
    friends = make_channel("朋友圈")
    for n, name in enumerate(["许静", "王蕾"], start=1):
        employee = make_employee(name)
        make_assignment(made, employee)
        link = make_link(made, employee=employee, channel=friends)
        for back in range(6):
            at = clock.now() - timedelta(days=back, hours=1)
            visitor = make_visitor()
            make_reading(link, visitor, at=at, first=True)
            if back % n == 0:
                person: Customer = make_customer(f"客户{n}{back}")
                join(made, person, link=link, at=at, is_new=True)
                sold(make_order(person, paid_fen=128_000, ordered_at=at), link)
    make_assignment(made, make_employee("赵倩"))
    make_cost(made, friends, 2_000_000)
    count_all()
    return made


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_a_number_opens_its_rows(desk: Page, campaign: Campaign) -> None:
    desk.goto(f"/admin/campaigns/board/{campaign.pk}/")
    assert desk.locator("#standing").get_attribute("data-code") == "missing"
    assert desk.locator("#step-orders").get_attribute("data-value") == "9"
    assert desk.locator("#charts svg").count() == 3
    # One bar a day, drawn as high as it is worth.
    assert desk.locator("#chart-visitors .board-rect").count() == 6
    desk.click("#step-orders a")
    assert "/campaigns/conversion/" in desk.url
    expect(desk.locator("#result_list tr.data-row")).to_have_count(9)


def test_a_day_of_the_chart_is_a_board_of_that_day(desk: Page, campaign: Campaign) -> None:
    desk.goto(f"/admin/campaigns/board/{campaign.pk}/")
    desk.locator("#chart-leads a").last.click()
    today = str(clock.today())
    assert f"first={today}&last={today}" in desk.url
    assert desk.locator("#step-leads").get_attribute("data-value") == "2"
    assert desk.locator("#without").count() == 1
    # Another way to count stands open with own days.
    desk.click("#model-linear")
    assert desk.locator(".board").get_attribute("data-model") == "linear"
    assert desk.locator("#step-leads").get_attribute("data-value") == "2"


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_nothing_has_to_be_pushed_sideways(desk: Page, campaign: Campaign, dark: bool) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    for address in (f"/admin/campaigns/board/{campaign.pk}/?span=30", "/admin/campaigns/board/"):
        desk.goto(address)
        if dark:
            desk.evaluate("document.documentElement.classList.add('dark')")
        assert width(desk) == 390
    desk.goto(f"/admin/campaigns/board/{campaign.pk}/")
    idle = desk.locator(".board-row-blank")
    assert idle.locator("th").is_visible()
    assert not idle.locator("td").first.is_visible()
    numbers = desk.locator("#employees tbody tr").first.locator("td")
    assert numbers.first.bounding_box()["height"] >= 30  # its name stands above it


def test_the_picture_is_there_to_be_pressed(desk: Page, campaign: Campaign) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"/admin/campaigns/board/{campaign.pk}/")
    desk.click("#picture-link")
    desk.wait_for_function("document.querySelector('#picture').complete")
    assert desk.evaluate("document.querySelector('#picture').naturalWidth") == 1080
    assert width(desk) == 390
    desk.click("#back")
    assert desk.locator("#standing").count() == 1
