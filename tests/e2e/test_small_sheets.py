"""A sheet of tags goes out, comes back, and brings new ones, on a phone too."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.customers import make_tag


@pytest.mark.parametrize("width", [1440, 390])
def test_out_and_in_again(desk: Page, tmp_path: Path, width: int) -> None:
    make_tag("VIP", group="基本")
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto("/admin/customers/tag/")
    desk.click("#export-link")
    desk.check("[value=csv]")
    with desk.expect_download() as started:
        desk.click("#export")
    path = tmp_path / "tags.csv"
    started.value.save_as(path)
    desk.goto("/admin/customers/tag/")
    desk.click("#import-link")
    desk.set_input_files("#sheet-file", path)
    desk.click("#upload")
    told = desk.locator("#sheet-told")
    expect(told).to_have_attribute("data-unchanged", "1")
    expect(desk.locator("#take-in")).to_have_count(0)
    path.write_bytes(path.read_bytes() + "干皮,需求,是\r\n".encode())
    desk.click("#another")
    desk.set_input_files("#sheet-file", path)
    desk.click("#upload")
    expect(told).to_have_attribute("data-created", "1")
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.click("#take-in")
    expect(desk.locator("text=干皮").first).to_be_visible()
