"""The pool and the hand-over in a browser, on a desk and on a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer, OwnerChange
from customers.services.owning import handing_over
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee
from tests.e2e.conftest import log_in
from tests.factories.customers import make_customer
from tests.factories.staff import PASSWORD, make_employee

POOL = "/admin/customers/pool/"
WIDTHS = [(1440, 900), (390, 800)]


def fits(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") == width)


@pytest.fixture
def store(boss: Employee) -> Department:
    return Department.objects.get(name="滨江店")


@pytest.fixture
def staff(store: Department) -> dict[str, Employee]:
    return {
        name: make_employee(name, Role.EMPLOYEE, department=store, password=PASSWORD) for name in ("许静", "王蕾", "何莹")
    }


def choose(page: Page, name: str, *texts: str) -> None:
    """In a select2 field."""
    for text in texts:
        page.locator(f"[name={name}] + .select2").click()
        page.locator(".select2-results__option", has_text=text).click()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_consultant_takes_from_the_pool(
    page: Page, store: Department, staff: dict[str, Employee], width: int, height: int
) -> None:
    free = [make_customer(name, f"1380000002{n}", store=store) for n, name in enumerate(("王小娟", "李小明", "陈佳怡"))]
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, staff["许静"].phone)
    page.goto(POOL)
    expect(page.locator("#result_list .field-shown_name")).to_have_text(["陈*怡", "李*明", "王*娟"])
    assert fits(page, width)
    assert "李小明" not in page.content()
    boxes = page.locator("input.action-select")
    boxes.nth(0).check()
    boxes.nth(1).check()
    # Somebody else is quicker with one of them.
    Customer.objects.filter(pk=free[1].pk).update(owner=staff["王蕾"])
    page.select_option("select[name=action]", "claim")
    page.click("button[name=index]")
    expect(page.locator("body")).to_contain_text("李*明已被王蕾领走")
    expect(page.locator("#result_list .field-shown_name")).to_have_text(["王*娟"])
    assert list(Customer.objects.filter(owner=staff["许静"])) == [free[2]]
    page.goto(f"/admin/customers/customer/{free[2].pk}/change/")
    expect(page.locator("#owner-changes li")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_head_office_shares_out_evenly(
    desk: Page, store: Department, staff: dict[str, Employee], width: int, height: int
) -> None:
    for number in range(3):
        make_customer(f"客{number}", store=store)
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto(POOL)
    desk.locator("#action-toggle").check() if width > 400 else [
        box.check() for box in desk.locator("input.action-select").all()
    ]
    desk.select_option("select[name=action]", "share_out")
    desk.click("button[name=index]")
    expect(desk.locator("#bulk-count")).to_contain_text("3")
    assert fits(desk, width)
    choose(desk, "among", "许静", "王蕾")
    desk.fill("[name=note]", "新店开业")
    desk.locator(".people-bulk button[type=submit]").click()
    expect(desk.locator("#empty")).to_be_visible()
    got = sorted(Customer.objects.filter(owner=staff[name]).count() for name in ("许静", "王蕾"))
    assert (got, set(OwnerChange.objects.values_list("note", flat=True))) == ([1, 2], {"新店开业"})


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_hand_over_plan_confirm_do(
    desk: Page, store: Department, staff: dict[str, Employee], width: int, height: int
) -> None:
    leaver = staff["何莹"]
    for number in range(5):
        make_customer(f"客{number}", owner=leaver, store=store)
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto(f"/admin/staff/employee/{leaver.pk}/change/")
    desk.locator("[data-held] a").click()
    expect(desk.locator("[data-figure=customers]")).to_have_text("5")
    assert fits(desk, width)
    choose(desk, "among", "许静", "王蕾")
    desk.fill("[name=note]", "离职")
    desk.check("[name=deactivate]")
    desk.click("#next")
    expect(desk.locator("[data-share=许静]")).to_contain_text("3 位客户")
    expect(desk.locator("[data-share=王蕾]")).to_contain_text("2 位客户")
    assert Customer.objects.filter(owner=leaver).count() == 5
    desk.click("#do")
    expect(desk.locator("[data-got=许静]")).to_contain_text("3 位客户")
    expect(desk.locator("#left")).to_be_visible()
    assert fits(desk, width)
    leaver.refresh_from_db()
    assert (leaver.is_active, Customer.objects.filter(owner=leaver).count()) == (False, 0)
    assert AuditEntry.objects.filter(action=handing_over.DONE).count() == 1
    desk.locator("[data-got=许静] a").click()
    expect(desk.locator("#result_list tr.data-row")).to_have_count(3)
    desk.go_back()
    expect(desk).to_have_url(re.compile(r"/handover/done/\d+/$"))


def test_a_plan_that_went_stale_keeps_what_was_chosen(desk: Page, store: Department, staff: dict[str, Any]) -> None:
    leaver = staff["何莹"]
    make_customer("客", owner=leaver, store=store)
    desk.goto(f"/admin/customers/handover/{leaver.pk}/")
    choose(desk, "among", "许静")
    desk.fill("[name=note]", "离职")
    desk.click("#next")
    make_customer("后来", owner=leaver, store=store)
    desk.click("#do")
    expect(desk.locator("#refused")).to_contain_text("请重新核对")
    expect(desk.locator("[data-figure=customers]")).to_have_text("2")
    expect(desk.locator("[name=note]")).to_have_value("离职")
    desk.click("#next")
    desk.click("#do")
    expect(desk.locator("[data-got=许静]")).to_contain_text("2 位客户")
