"""A sheet of orders, and two records that are one person, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from customers.models import Customer, MergeCandidate, Order
from scrm.kit import jobs
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = (
    "订单号,下单时间,手机号,商品名称,数量,单价\n"
    "D1,2026-05-01 10:00,13811110001,面膜,2,99\n"
    "D1,2026-05-01 10:00,13811110001,精华,1,398\n"
    "D2,2026-05-02 11:00,,面膜,1,99\n"
)


@pytest.fixture
def sheet(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_DIR = tmp_path / "private"
    path = tmp_path / "订单.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def work() -> None:
    jobs.drain()
    connections.close_all()


def test_a_sheet_of_orders_uploaded_as_customers_becomes_orders(desk: Page, sheet: Path) -> None:
    desk.goto("/admin/customers/importbatch/")
    desk.set_input_files("#import-file", sheet)
    desk.click("#upload button[type=submit]")
    desk.click("#other-kind button")
    expect(desk.locator("[data-column=A] select")).to_have_value("number")
    expect(desk.locator("select[name=key]")).to_have_value("phone")
    desk.fill("[name=new_source]", "美团")
    desk.click("#columns button[type=submit]")
    expect(desk.locator("#busy")).to_have_attribute("data-state", "previewing")
    work()
    expect(desk.locator("#preview [data-tile=orders_created]")).to_have_attribute("data-value", "1", timeout=10_000)
    expect(desk.locator("#preview [data-tile=net]")).to_contain_text("¥596.00")
    desk.click("#start button[type=submit]")
    work()
    expect(desk.locator("#result [data-tile=orders_created]")).to_have_attribute("data-value", "1", timeout=10_000)
    assert Order.objects.values_list("source", "number", "paid_fen").get() == ("美团", "D1", 59600)
    desk.click("#result [data-tile=no_customer]")
    expect(desk.locator("#rows > li")).to_have_attribute("data-row", "4")
    desk.go_back()
    for width in (1440, 390):
        desk.set_viewport_size({"width": width, "height": 844})
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.click("#undo a")
    desk.click("#plan button[type=submit]")
    work()
    expect(desk.locator("#undone")).to_be_visible(timeout=10_000)
    assert (Order.objects.count(), Customer.everyone.count()) == (0, 0)


def test_two_records_are_merged_and_taken_apart(desk: Page) -> None:
    one, other = make_customer("王丽娟", "13811110001"), make_customer("Lisa", "13811110002")
    MergeCandidate.objects.create(first=one, second=other)
    connections.close_all()
    desk.goto("/admin/customers/mergecandidate/?pairs=open")
    desk.click("#result_list a >> nth=0")
    desk.check("[name=field_name][value=keep]")
    for width in (1440, 390):
        desk.set_viewport_size({"width": width, "height": 844})
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.click("#do-merge")
    expect(desk.locator("#person-name")).to_have_text("王丽娟")
    assert Customer.objects.count() == 1
    desk.click("[data-tabs] a[href='#identities']")
    desk.click("[data-merge] a")
    desk.click("#confirm button[type=submit]")
    expect(desk.locator("#person-name")).to_have_text("王丽娟")
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Lisa", "王丽娟"]
