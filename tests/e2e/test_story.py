"""The first two minutes of the demo's story, on the desk and on a phone: the owner's home, the sheet that came in, and a
customer who was not answered. The shop is built once; nothing here writes to it but the logins."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from customers.models import Customer
from scrm.site.demo import building
from scrm.staff.choices import Role

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = ((1440, 900), (390, 844))
SENTENCE = "431 行: 新增 400, 更新 6, 无变化 3, 表内重复合并 14, 失败 8; 表头等 5 行未计入"


def test_the_first_two_minutes(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"
    building.build()
    ting = Customer.objects.get(phone="13800000024").pk
    for width, height in WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="Asia/Shanghai", locale="zh-CN",
            base_url=live_server.url,
        )  # fmt: skip
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said, told=complaints: told.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error, told=complaints: told.append(str(error)))
        in_by_the_link(page, live_server.url)
        the_owners_home(page, width)
        the_sheet_that_came_in(page, width)
        her_timeline(page, width, ting)
        context.close()
        assert complaints == []


def in_by_the_link(page: Page, address: str) -> None:
    """As the terminal prints it, one for each role; it works once."""
    links = {Role(person.role): link for person, link in building.role_links(address)}
    connections.close_all()
    assert list(links) == list(Role)
    page.goto(links[Role.OWNER])
    page.click("#enter-form button[type=submit]")
    page.wait_for_load_state()
    if page.locator("#password-form").count():
        page.goto("/admin/")
    expect(page.locator("#home")).to_be_visible()


def the_owners_home(page: Page, width: int) -> None:
    fits(page, width)
    assert value(page, "#figure-customers") == "3000"
    # Only 孙婷 waits for an answer; the 312 nobody has spoken to for long open as that many.
    assert value(page, "#urgent #todo-feelings") == "1"
    assert value(page, "#figure-quiet") == "312"
    page.click("#figure-quiet")
    expect(page.locator("#changelist")).to_contain_text("312")
    page.goto("/admin/")


def the_sheet_that_came_in(page: Page, width: int) -> None:
    """The sentence, the own sheet back, and row 27."""
    page.locator("#last-import a").first.click()
    expect(page.locator("#sentence")).to_have_text(SENTENCE)
    fits(page, width)
    with page.expect_download() as download:
        page.click("#sheet-back a >> nth=0")
    assert download.value.suggested_filename == "西湖店会员表2023-导入结果.xlsx"
    assert "错误原因" in headers_of(download.value.path())
    page.click("#names a >> nth=0")
    row = page.locator("#rows > [data-row='27']")
    expect(row).to_contain_text("王丽娟")
    expect(row).to_contain_text("Lisa🌙")
    # What settles it stands beside it.
    expect(row.locator("button[name=take]")).to_be_visible()
    fits(page, width)
    row.locator("a", has_text="Lisa🌙").first.click()
    expect(page.locator("#person-name")).to_have_text("Lisa🌙")
    fits(page, width)


def her_timeline(page: Page, width: int, ting: int) -> None:
    """孙婷: what was the cause, what is paused, who is to rescue it."""
    page.goto(f"/admin/customers/customer/{ting}/change/")
    expect(page.locator("#person-name")).to_have_text("孙婷")
    alarm = page.locator("[data-bar=complaint]")
    expect(alarm).to_be_visible()
    expect(alarm).to_contain_text("营销")
    told = page.locator("#lines").inner_text()
    story = ("修护精华老客 8 折", "问了两天没人回", "做完脸有点红")
    assert sorted(story, key=told.index) == list(story)
    fits(page, width)
    page.goto("/admin/customers/task/?who=team")
    task = page.locator(".task-bad_feeling")
    expect(task).to_have_count(1)
    expect(task).to_contain_text("孙婷")
    expect(task).to_contain_text("周敏")
    fits(page, width)


def value(page: Page, selector: str) -> str | None:
    return page.locator(selector).get_attribute("data-value")


def headers_of(path: Any) -> list[str]:
    from scrm.kit.tabular import open_source

    copy = Path(path).with_suffix(".xlsx")
    Path(path).rename(copy)
    with open_source(copy) as source:
        return [str(cell) for _number, row in source.rows(source.sheets[0]) for cell in row][:200]


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == width
