"""A day in the shop, as the consultant and the manager take it: on a desk and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from customers.choices import TaskReason
from customers.models import Appointment, Feedback, FollowUp, Task
from scrm.kit import clock
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee
from tests import cast
from tests.e2e.conftest import log_in
from tests.factories.contacts import make_appointment, make_task
from tests.factories.customers import make_customer
from tests.factories.staff import PASSWORD

WIDTHS = [(1440, 900), (390, 844)]


@pytest.fixture
def team(boss: Employee) -> dict[str, Employee]:
    shop = cast.Shop(*(Department.objects.get(name=name) for name in ("锦绣商贸", "滨江店", "西湖店", "线上部")))
    found = {}
    for role in (Role.MANAGER, Role.EMPLOYEE):
        person = cast.hire(shop, role)
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
        found[role.value] = person
    return found


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_bad_feeling_goes_its_way(page: Page, team: dict[str, Employee], width: int, height: int) -> None:
    """Written down by the consultant in one tap, answered by the manager, and the owner's list is empty again."""
    page.set_viewport_size({"width": width, "height": height})
    me, manager = team["employee"], team["manager"]
    juan = make_customer("王小娟", "13800000021", owner=me, store=me.department)
    log_in(page, me.phone)
    page.goto(f"/admin/customers/customer/{juan.pk}/change/")
    page.wait_for_load_state()
    page.click("#follow-up-link")
    page.fill("[name=content]", "做完脸红，问了两天没人回")
    page.locator(".feelings label.chip").nth(0).click()
    page.locator("label.chip", has_text="客户主动").click()
    page.click("form[data-once] button[type=submit]")
    expect(page.locator("#timeline")).to_contain_text("问了两天没人回")
    assert Feedback.objects.get().score == -2
    assert FollowUp.objects.get().began == "customer"

    page.context.clear_cookies()
    log_in(page, manager.phone)
    expect(page.locator("#todo-feelings")).to_have_attribute("data-value", "1")
    page.goto("/admin/customers/task/")
    page.locator(".task-bad_feeling .scrm-button-main").click()
    page.fill("[name=words]", "已致电道歉，约周六复查")
    page.click("form[data-once] button[type=submit]")
    expect(page.locator("#today-sum")).to_have_attribute("data-done", "1")
    assert Feedback.objects.unanswered().count() == 0
    page.goto("/admin/")
    expect(page.locator("#todo-feelings")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_day_of_a_consultant(page: Page, team: dict[str, Employee], width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    me = team["employee"]
    juan = make_customer("王小娟", "13800000021", owner=me, store=me.department)
    make_task(juan, me, reason=TaskReason.BIRTHDAY)
    visit = make_appointment(juan, starts_at=clock.now() - timedelta(minutes=5), employee=me, store=me.department)
    log_in(page, me.phone)
    page.goto("/admin/customers/task/")
    page.wait_for_load_state()
    page.click("[data-copy-words]")
    expect(page.locator("[data-copy-words]")).to_have_text("已复制")
    page.locator(".task-birthday button[value=sent]").click()
    expect(page.locator("#today-sum")).to_have_attribute("data-done", "1")
    if clock.today() == clock.now().astimezone().date():  # five minutes ago was today
        page.locator(f"#visit-{visit.pk} button").click()
        expect(page.locator(f"#visit-{visit.pk} .scrm-tag")).to_have_text("已到店")
    assert Task.objects.get().state == "done"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_booked_from_the_day(page: Page, team: dict[str, Employee], width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    me = team["employee"]
    juan = make_customer("王小娟", "13800000021", owner=me, store=me.department)
    log_in(page, me.phone)
    page.goto("/admin/customers/appointment/")
    page.wait_for_load_state()
    page.locator("#book-link").click()
    page.fill("#find", "王小")
    page.press("#find", "Enter")
    page.locator("#found a.scrm-button").click()
    page.wait_for_load_state()
    page.click("[data-days='1']")
    page.click("form[data-once] button[type=submit]")
    expect(page.locator("#timeline")).to_contain_text("预约：已预约")
    assert Appointment.objects.get().customer == juan
    page.goto(f"/admin/customers/appointment/?day={(clock.today() + timedelta(days=1)).isoformat()}")
    expect(page.locator(".visit")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_tabs_show_one_part_at_a_time(desk: Page, boss: Employee) -> None:
    juan = make_customer("王小娟", "13800000021")
    desk.goto(f"/admin/customers/customer/{juan.pk}/change/")
    desk.wait_for_load_state()
    expect(desk.locator("#timeline")).to_be_visible()
    expect(desk.locator("#identities")).to_be_hidden()
    desk.click("[data-tabs] a[href='#identities']")
    expect(desk.locator("#identities")).to_be_visible()
    expect(desk.locator("#timeline")).to_be_hidden()
    desk.goto(f"/admin/customers/customer/{juan.pk}/change/#history")
    desk.reload()
    expect(desk.locator("#history")).to_be_visible()


def test_the_days_arrows_stand_on_both_sides_of_the_day_on_a_phone(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto("/admin/customers/appointment/?day=2026-03-10")
    expect(desk.locator(".day-pick select")).to_be_visible()
    arrows = [box for box in (link.bounding_box() for link in desk.locator(".day-bar > a[aria-label]").all()) if box]
    day = desk.locator(".day-pick [name=day]").bounding_box()
    assert day is not None
    assert [box["x"] < day["x"] for box in arrows] == [True, False]
    assert arrows[0]["y"] == arrows[1]["y"]
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
