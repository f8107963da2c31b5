"""推广 on a phone: copy the link, look at the poster, pass words on and say what became of them."""

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Link, PassOn
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests import cast
from tests.e2e.conftest import log_in
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_material, make_poster
from tests.factories.customers import make_channel
from tests.factories.staff import PASSWORD

MINE = "/admin/campaigns/mine/"
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def consultant(transactional_db: None) -> Employee:
    person = cast.hire(cast.open_shop(), Role.EMPLOYEE)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


@pytest.fixture
def phone(page: Page, consultant: Employee) -> Page:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    log_in(page, consultant.phone)
    return page


@pytest.fixture
def link(consultant: Employee) -> Link:
    campaign = make_campaign("立冬焕肤体验日")
    make_assignment(campaign, consultant, target_leads=10, target_orders=4)
    make_poster("主海报", campaign, words="到店即享 99 元深层补水护理一次")
    make_material("朋友圈文案", campaign, body="立冬了，给皮肤放个假。\n本周到店体验 99 元。")
    return make_link(campaign, employee=consultant, channel=make_channel("朋友圈"))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") == PHONE["width"])


def drawn(page: Page) -> int:
    script = "async (picture) => { await picture.decode(); return picture.naturalWidth }"
    return int(page.locator("#picture").evaluate(script))


def test_copy_the_link_and_look_at_the_poster(phone: Page, link: Link) -> None:
    phone.goto(MINE)
    assert fits(phone)
    row = phone.locator(f"#link-{link.pk}")
    copy = row.locator("[data-copy-words]")
    said = copy.get_attribute("data-copied")
    copy.click()
    expect(copy).to_have_text(str(said))
    row.locator(".mine-open").click()
    phone.wait_for_url(f"**{MINE}links/{link.pk}/")
    assert (drawn(phone), fits(phone), phone.locator(".mine-picture").count()) == (1080, True, 1)
    phone.locator(".chips a").last.click()
    phone.wait_for_url("**show=qr")
    assert drawn(phone) > 300


def test_words_go_out_with_a_link_and_it_is_told(phone: Page, link: Link) -> None:
    phone.goto(MINE)
    phone.locator(".mine-offer button").first.click()
    phone.wait_for_url("**/links/*/")
    made = Link.objects.exclude(pk=link.pk).get()
    assert phone.locator("#words").inner_text().splitlines() == ["立冬了，给皮肤放个假。", "本周到店体验 99 元。", made.address]
    phone.locator("#copy-words").click()
    phone.locator(".mine-told button").first.click()
    phone.wait_for_url(f"**{MINE}")
    assert PassOn.objects.get().link == made
    expect(phone.locator(".mine-offer .mine-sent")).to_have_count(1)


def test_it_is_at_the_thumb(phone: Page, link: Link) -> None:
    phone.goto(MINE)
    bar = phone.locator(".bottom-bar")
    expect(bar.locator("[aria-current=page]")).to_have_attribute("href", MINE)
    where = [one.get_attribute("href") for one in bar.locator("a").all()]
    assert where == ["/admin/customers/task/", "/admin/customers/customer/", MINE, "/admin/performance/", "/admin/me/"]
    assert fits(phone)
