"""The way in, as a person takes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from scrm.staff.models import Employee
from tests.e2e.conftest import log_in
from tests.factories.staff import PASSWORD


def test_login_by_phone_as_people_type_it(page: Page, boss: Employee) -> None:
    log_in(page, "+86 138 0000 0001")
    expect(page).to_have_url(re.compile("/admin/$"))
    expect(page.locator("#home")).to_be_visible()


def test_a_wrong_password_stays_and_says_so(page: Page, boss: Employee) -> None:
    log_in(page, boss.phone, "wrong")
    expect(page.locator(".errornote p")).to_have_count(3)
    assert page.input_value("[name=username]") == boss.phone


def test_five_failures_end_on_the_page_that_says_until_when(page: Page, boss: Employee) -> None:
    for _ in range(5):
        log_in(page, "138 0000 0001", "wrong")
    expect(page.locator("#locked-out")).to_contain_text(re.compile(r"\d\d:\d\d"))
    # Chromium reports the 429 itself.
    page.complaints[:] = [said for said in page.complaints if "429" not in said]  # type: ignore[attr-defined]


def test_from_a_new_colleague_to_her_first_page(desk: Page, boss: Employee, browser: object) -> None:
    """The owner adds her, copies the link; she opens it on her own machine and chooses a password."""
    desk.goto("/admin/staff/employee/add/")
    desk.fill("[name=name]", "小何")
    desk.fill("[name=phone]", "139 1111 2222")
    desk.select_option("[name=role]", "employee")
    desk.click("button[name=_save]")
    link = desk.input_value("#login-link")
    desk.wait_for_load_state()  # a click before the scripts are there does nothing
    desk.click("[data-copy]")
    expect(desk.locator("[data-copy]")).to_have_text(desk.get_attribute("[data-copy]", "data-copied") or "")
    # The page speaks of PUBLIC_URL; the test's server stands elsewhere.
    path = re.sub(r"^https?://[^/]+", "", link)

    hers = browser.new_context(base_url=desk.url.split("/admin/")[0]).new_page()  # type: ignore[attr-defined]
    hers.goto(path)
    hers.reload()  # as a chat's preview would
    hers.click("#enter-form button[type=submit]")
    hers.fill("[name=new_password1]", PASSWORD)
    hers.fill("[name=new_password2]", PASSWORD)
    hers.click("#password-form button[type=submit]")
    expect(hers).to_have_url(re.compile("/admin/$"))
    assert Employee.objects.get(phone="13911112222").check_password(PASSWORD) is True

    hers.goto(path)
    assert hers.get_attribute("#refusal", "data-code") == "login_link.used"
    hers.context.close()


def test_without_https_the_link_is_selected_for_copying(desk: Page, boss: Employee) -> None:
    """Over plain HTTP a browser has no clipboard to offer, and an old one may refuse the old way too."""
    desk.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', {value: false});document.execCommand = () => false;"
    )
    desk.goto(f"/admin/staff/employee/{boss.pk}/login-link/")
    desk.click("#confirm button[type=submit]")
    desk.click("[data-copy]")
    expect(desk.locator("[data-copy]")).to_have_text(desk.get_attribute("[data-copy]", "data-select") or "")
    field = "document.querySelector('#login-link')"
    assert desk.evaluate(
        f"{field}.value.slice({field}.selectionStart, {field}.selectionEnd)"
    ) == desk.input_value("#login-link")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_of_the_entrance_is_wider_than_the_screen(page: Page, boss: Employee, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("/admin/login/", "/admin/enter/nothing/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.complaints[:] = [said for said in page.complaints if "410" not in said]  # type: ignore[attr-defined]
