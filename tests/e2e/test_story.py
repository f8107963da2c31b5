"""The demo's story, on the desk and on a phone: the owner's home, the sheet that came in, a customer who was not answered,
what campaigns brought, and 许静's phone. The shop is built once; nothing here writes to it but the logins."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign
from customers.models import Customer
from scrm.site.demo import building
from scrm.site.demo.campaigns import soothing, trial
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.site import demo_shop

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = ((1440, 900), (390, 844))
SENTENCE = "431 行: 新增 400, 更新 6, 无变化 3, 表内重复合并 14, 失败 8; 表头等 5 行未计入"


def test_the_first_two_minutes(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"
    demo_shop.build()
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
        from_the_board_to_the_money(page, width)
        what_lost(page, width)
        context.close()
        assert complaints == []


def test_xus_phone(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> None:
    """Her campaign with her links and QR codes, what one order is worth, and her own money to the fen."""
    settings.PRIVATE_DIR = tmp_path / "private"
    demo_shop.build()
    width, height = WIDTHS[-1]
    context = browser.new_context(
        viewport={"width": width, "height": height}, timezone_id="Asia/Shanghai", locale="zh-CN", base_url=live_server.url,
    )  # fmt: skip
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    in_by_the_link(page, live_server.url, Role.EMPLOYEE)
    fits(page, width)
    page.goto("/admin/campaigns/mine/")
    expect(page.locator("#content-main")).to_contain_text("老带新·闺蜜同行")
    fits(page, width)
    page.goto("/admin/performance/")
    expect(page.locator("#content-main")).to_contain_text("¥502.00")
    fits(page, width)
    context.close()
    assert complaints == []


def in_by_the_link(page: Page, address: str, role: Role = Role.OWNER) -> None:
    """As the terminal prints it, one for each role; it works once."""
    links = {Role(person.role): link for person, link in building.role_links(address)}
    connections.close_all()
    assert list(links) == list(Role)
    page.goto(links[role])
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


def from_the_board_to_the_money(page: Page, width: int) -> None:
    """Board A → 许静 ¥11,320 → 12 rows → 冯洁 → how ¥25.60 were taken back."""
    campaign, xu = Campaign.objects.get(name=soothing.PLAN.name), Employee.objects.get(name="许静")
    page.goto(f"/admin/campaigns/board/{campaign.pk}/")
    expect(page.locator("#standing h2")).to_have_text("赚了 ¥6,346.66")
    fits(page, width)
    page.click(f"#employee-{xu.pk} [data-figure=net_fen]")
    expect(page.locator("#result_list tbody tr")).to_have_count(12)
    expect(page.locator("#changelist, #content-main").first).to_contain_text("¥11,320.00")
    fits(page, width)
    row = page.locator("#result_list tbody tr", has_text="冯洁")
    expect(row).to_have_count(1)
    row.locator("[data-taken='2560']").click()
    expect(page.locator("#amount")).to_have_attribute("data-fen", "6400")
    expect(page.locator("#movements [data-fen='-2560']")).to_be_visible()
    expect(page.locator("#left")).to_have_attribute("data-fen", "3840")
    fits(page, width)


def what_lost(page: Page, width: int) -> None:
    """B says 亏了, and where those who did not come are won back."""
    campaign = Campaign.objects.get(name=trial.PLAN.name)
    page.goto(f"/admin/campaigns/board/{campaign.pk}/")
    expect(page.locator("#standing")).to_have_attribute("data-code", "losing")
    expect(page.locator("#standing h2")).to_contain_text("亏了 ¥8,814.56")
    fits(page, width)
    page.click("#no-shows")
    expect(page.locator("[data-figure=missed]")).to_have_text("14")
    expect(page.locator("[data-missed]")).to_have_count(14)
    expect(page.locator("#win-back")).to_be_visible()
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
