"""Orders in a browser: entered by hand with suggestions and a picture, approved, given back; a phone's width."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from customers.models import Customer, Order
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.e2e.conftest import log_in
from tests.factories.customers import make_customer
from tests.factories.orders import credit, make_line, make_order, make_product
from tests.factories.staff import PASSWORD, make_employee

LIST = "/admin/customers/order/"


@pytest.fixture(autouse=True)
def private_files(settings: object, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"  # type: ignore[attr-defined]


@pytest.fixture
def juan(boss: Employee) -> Customer:
    me = make_employee("小许", Role.EMPLOYEE, password=PASSWORD, phone="13800000004", department=boss.department)
    return make_customer("王小娟", "13800000021", owner=me)


def slip() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (400, 600), "red").save(out, "PNG")
    return {"name": "小票.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_entered_by_a_consultant_and_approved_by_the_owner(page: Page, boss: Employee, juan: Customer) -> None:
    make_product("补水面膜", code="M1", price_fen=9950)
    log_in(page, "13800000004")
    page.goto(f"/admin/customers/customer/{juan.pk}/change/")
    page.click("#enter-link")
    page.fill("[name=lines-0-name]", "补水面膜")
    expect(page.locator("[name=lines-0-price]")).to_have_value("99.50")
    page.fill("[name=lines-0-quantity]", "2")
    page.click("#lines [data-add]")
    page.fill("[name=lines-1-name]", "肩颈")
    page.fill("[name=lines-1-price]", "101")
    expect(page.locator("#due")).to_contain_text("¥300.00")
    page.click("#served [data-add]")
    page.fill("[name=served-0-share]", "60")
    page.select_option("[name=served-1-employee]", label=boss.name)
    page.fill("[name=served-1-share]", "40")
    page.set_input_files("[name=proof]", [slip()])
    expect(page.locator("[data-chosen]")).to_have_text("小票.png")
    page.click(".person-submit button")
    expect(page.locator("#approval")).to_contain_text("等待审批")
    assert page.evaluate("document.querySelector('.order-proof').decode().then(() => true)") is True
    order = Order.objects.get()
    assert (order.paid_fen, sorted(order.credits.values_list("share_bp", flat=True))) == (30000, [4000, 6000])
    page.context.clear_cookies()
    log_in(page, boss.phone)
    page.click("#todo-orders")
    page.click("#result_list .field-shown_number a")
    page.click("button[value=approve]")
    expect(page.locator("#approval")).to_contain_text("审批通过")
    assert list(Order.objects.counting()) == [order]


def test_given_back_in_three_steps(desk: Page, juan: Customer) -> None:
    order = make_order(juan, paid_fen=10000)
    desk.goto(f"{LIST}{order.pk}/change/")
    desk.click("#refund-link")
    desk.fill("[name=amount]", "25.5")
    desk.click("#refund-form [type=submit]")
    expect(desk.locator("#sure")).to_have_text("退款 ¥25.50？")
    desk.click("button[value=do]")
    expect(desk.locator("#refunds")).to_contain_text("¥25.50")
    assert Order.objects.get().refunded_fen == 2550


@pytest.mark.parametrize("path", ["", "change/", "refund/", "enter"])
def test_nothing_is_wider_than_a_phone(desk: Page, boss: Employee, juan: Customer, path: str) -> None:
    Customer.objects.update(name="欧阳" * 20)
    order = make_order(juan, number="N" * 80, source="平台" * 20, paid_fen=10**12, refunded_fen=10**11, note="x" * 300)
    make_line(order, make_product("面膜" * 60), amount_fen=10**12, quantity=10**9)
    credit(order, boss)
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto(f"{LIST}enter/{juan.pk}/" if path == "enter" else LIST + (f"{order.pk}/{path}" if path else ""))
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    wide = desk.evaluate(
        "[...document.querySelectorAll('#content *')].filter("
        "it => it.getBoundingClientRect().right > 391 && getComputedStyle(it).position !== 'absolute'"
        " && !it.closest('.select2-hidden-accessible')).map(it => it.outerHTML.slice(0, 120))"
    )
    assert wide == []
