"""Appointments come in and customers go out, in a real browser, at both widths."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from customers.models import Appointment, Customer, Export
from scrm.kit import jobs
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = (
    "预约编号,手机号,服务项目,技师,预约时间,状态\n"
    "Y1,13811110001,补水,阿花,2025-11-03 14:00-15:30,已完成\n"
    "Y2,,补水,阿花,2025-11-04 10:00,待到店\n"
)


@pytest.fixture(autouse=True)
def private_files(tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def work() -> None:
    jobs.drain()
    connections.close_all()


def fits(page: Page) -> None:
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_appointments_uploaded_as_customers_become_appointments(desk: Page, tmp_path: Path) -> None:
    path = tmp_path / "预约.csv"
    path.write_text(ROWS, encoding="utf-8")
    desk.goto("/admin/customers/importbatch/")
    desk.set_input_files("#import-file", path)
    desk.click("#upload button[type=submit]")
    desk.click("#other-kind button")
    expect(desk.locator("[data-column=A] select")).to_have_value("number")
    fits(desk)
    desk.click("#columns button[type=submit]")
    expect(desk.locator("#busy")).to_have_attribute("data-state", "previewing")
    work()
    expect(desk.locator("#preview [data-tile=created]")).to_have_attribute("data-value", "1", timeout=10_000)
    fits(desk)
    desk.click("#start button[type=submit]")
    work()
    expect(desk.locator("#result [data-tile=created]")).to_have_attribute("data-value", "1", timeout=10_000)
    fits(desk)
    assert Appointment.objects.values_list("number", "minutes", "state").get() == ("Y1", 90, "arrived")
    desk.click("#undo a")
    desk.click("#plan button[type=submit]")
    work()
    expect(desk.locator("#undone")).to_be_visible(timeout=10_000)
    assert (Appointment.objects.count(), Customer.everyone.count()) == (0, 0)


def test_ticked_customers_become_a_file(desk: Page, tmp_path: Path) -> None:
    for n in range(3):
        make_customer(f"客{n}", f"1381111000{n}")
    connections.close_all()
    desk.goto("/admin/customers/customer/")
    for n in range(2):
        desk.locator("input[name=_selected_action]").nth(n).check()
    desk.select_option("select[name=action]", "export")
    desk.click("button[name=index] >> visible=true")
    expect(desk.locator("#export-count")).to_have_attribute("data-value", "2")
    fits(desk)
    desk.check("[name=format][value=csv]")
    desk.click(".scrm-button-main")
    expect(desk.locator("#busy")).to_be_visible()
    work()
    link = desk.locator("[data-download]")
    expect(link).to_be_visible(timeout=10_000)
    fits(desk)
    with desk.expect_download() as fetched:
        link.click()
    text = Path(fetched.value.path()).read_text("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["姓名", "客1", "客2"]
    assert Export.objects.get().rows == 2
