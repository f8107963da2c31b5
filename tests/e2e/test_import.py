"""A shop's first sheet, as its owner brings it in: by mouse in a real browser, on the desk and on a phone."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from customers.models import Customer, CustomField
from scrm.kit import jobs

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [
    ["会员登记表"],
    ["姓名", "手机号", "肤质", "导购"],
    ["张三", "13811110001", "油性", "小何"],
    ["李四", 13811110002, "干性", ""],
    ["王五", "0571-88880000", "", ""],
]


@pytest.fixture
def sheet(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_DIR = tmp_path / "private"
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    path = tmp_path / "会员.xlsx"
    book.save(path)
    return path


def work() -> None:
    """The worker's part, done here: the page in the browser asks each second and moves on by itself."""
    jobs.drain()
    connections.close_all()


def choose(page: Page, sheet: Path) -> None:
    page.goto("/admin/customers/importbatch/")
    expect(page.locator("#upload button[type=submit]")).to_be_disabled()
    page.set_input_files("#import-file", sheet)
    expect(page.locator("[data-chosen]")).to_have_text("会员.xlsx")
    page.click("#upload button[type=submit]")


def test_a_sheet_becomes_customers(desk: Page, sheet: Path) -> None:
    choose(desk, sheet)
    expect(desk.locator("[data-step=columns]")).to_have_attribute("aria-current", "step")
    expect(desk.locator("[data-column=B] select[name^=target]")).to_have_value("phone")

    # A field of its own: its name, kind and mark of sensitivity show only once it is asked for.
    skin = desk.locator("[data-column=C]")
    expect(skin.locator("[name=label_2]")).to_be_hidden()
    skin.locator("[name=target_2]").select_option("new")
    expect(skin.locator("[name=label_2]")).to_have_value("肤质")
    skin.locator("[name=kind_2]").select_option("choice")
    skin.locator("[name=sensitive_2]").check()
    desk.click("#columns button[type=submit]")

    expect(desk.locator("#busy")).to_have_attribute("data-state", "previewing")
    work()
    expect(desk.locator("[data-tile=created]")).to_have_attribute("data-value", "2", timeout=10_000)
    expect(desk.locator("[data-tile=rejected]")).to_have_attribute("data-value", "1")
    assert Customer.objects.count() == 0

    expect(desk.locator("[name=ground]")).to_be_hidden()
    desk.check("[name=consent][value=yes]")
    desk.fill("[name=ground]", "入会表签字")
    desk.click("#start button[type=submit]")
    expect(desk.locator("#busy")).to_have_attribute("data-state", "queued")
    work()
    expect(desk.locator("#result [data-tile=created]")).to_have_attribute("data-value", "2", timeout=10_000)
    assert Customer.objects.count() == 2
    assert CustomField.objects.get().choices == ["油性", "干性"]

    desk.click("#result [data-tile=rejected]")
    expect(desk.locator("#rows > li")).to_have_count(1)
    expect(desk.locator("#rows > li")).to_have_attribute("data-row", "5")
    desk.go_back()
    with desk.expect_download() as download:
        desk.click("#sheet-back a >> nth=0")
    assert download.value.suggested_filename == "会员-导入结果.xlsx"

    desk.click("#undo a")
    desk.click("#plan button[type=submit]")
    expect(desk.locator("#busy")).to_have_attribute("data-state", "undoing")
    work()
    expect(desk.locator("#undone")).to_be_visible(timeout=10_000)
    assert Customer.everyone.count() == 0


def test_a_file_is_dropped_and_one_too_large_is_said_before_it_is_sent(desk: Page, sheet: Path) -> None:
    desk.goto("/admin/customers/importbatch/")
    drop = """([name, size]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(size)], name));
      document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
    }"""
    desk.evaluate(drop, ["名单.csv", 10])
    expect(desk.locator("[data-chosen]")).to_have_text("名单.csv")
    expect(desk.locator("#upload button[type=submit]")).to_be_enabled()
    desk.evaluate(drop, ["太大.xlsx", 51 * 1024 * 1024])
    expect(desk.locator("[data-chosen]")).to_contain_text("50 MB")
    expect(desk.locator("#upload button[type=submit]")).to_be_disabled()


def test_on_a_phone_nothing_has_to_be_pushed_sideways(desk: Page, sheet: Path) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    choose(desk, sheet)
    pages = [desk.url]
    desk.click("#columns button[type=submit]")
    expect(desk.locator("#busy")).to_be_visible()
    work()
    expect(desk.locator("#preview")).to_be_visible(timeout=10_000)
    fits(desk)
    desk.check("[name=consent][value=unknown]")
    desk.click("#start button[type=submit]")
    expect(desk.locator("#busy")).to_be_visible()
    fits(desk)
    work()
    expect(desk.locator("#result")).to_be_visible(timeout=10_000)
    base = pages[0].removesuffix("change/")
    for address in (base + "change/", base + "rows/", base + "undo/", "/admin/customers/importbatch/"):
        desk.goto(address)
        fits(desk)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_scripts_a_plain_form_does_it(
    browser: Any, desk: Page, sheet: Path, live_server: Any
) -> None:
    context = browser.new_context(
        java_script_enabled=False, base_url=live_server.url, storage_state=desk.context.storage_state()
    )
    page = context.new_page()
    page.goto("/admin/customers/importbatch/")
    page.set_input_files("#import-file", sheet)
    page.click("#upload button[type=submit]")
    page.click("#columns button[type=submit]")
    work()
    expect(page.locator("[data-tile=created]")).to_have_attribute("data-value", "2", timeout=10_000)
    context.close()
