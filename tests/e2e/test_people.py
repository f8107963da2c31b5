"""Customers in a browser: the answer while a number is typed, the number on tap, tags for many, a phone's width."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer, CustomerTag, CustomField
from customers.services import people
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.e2e.conftest import log_in
from tests.factories.customers import identify, make_customer, make_tag
from tests.factories.staff import PASSWORD, make_employee

LIST = "/admin/customers/customer/"


@pytest.fixture
def juan(boss: Employee) -> Customer:
    person = make_customer("王小娟", "13800000021", owner=boss)
    identify(person, "phone", "13900002222")
    return person


def test_a_new_customer_starts_with_the_phone_and_answers_at_once(desk: Page, juan: Customer) -> None:
    desk.goto(f"{LIST}add/")
    number = desk.locator("[name=number]")
    expect(number).to_be_focused()
    number.press_sequentially("138 0000 0021")
    said = desk.locator("[data-known]")
    expect(said).to_contain_text("王*娟 138****0021")
    expect(said.locator("a")).to_have_attribute("href", f"{LIST}{juan.pk}/change/")
    number.fill("139 0000 0022")
    expect(said).to_be_empty()
    desk.fill("[name=name]", "李小明")
    desk.click("[name=_save]")
    expect(desk).to_have_url(re.compile(rf"{LIST}\d+/change/$"))
    expect(desk.locator("#person-name")).to_have_text("李小明")
    assert Customer.objects.get(phone="13900000022").name == "李小明"


def test_a_tap_shows_her_numbers_in_place(desk: Page, juan: Customer) -> None:
    desk.goto(f"{LIST}{juan.pk}/change/")
    phone = desk.locator("#person-phone")
    expect(phone).to_contain_text("138****0021")
    phone.locator("button").click()
    expect(phone.locator("a")).to_have_attribute("href", "tel:13800000021")
    expect(desk.locator("#identities")).to_contain_text("13900002222")
    expect(desk).to_have_url(re.compile(rf"{juan.pk}/change/$"))
    assert AuditEntry.objects.get(action=people.SHOWN).object_id == str(juan.pk)


def test_a_tap_shows_the_numbers_in_her_texts_too(desk: Page, juan: Customer) -> None:
    Customer.objects.update(note="老公 13700001111", legacy={"紧急联系人": "13600002222"})
    desk.goto(f"{LIST}{juan.pk}/change/")
    expect(desk.locator("#details")).to_contain_text("137****1111")
    desk.locator("#person-phone button").click()
    expect(desk.locator("#details")).to_contain_text("13700001111")
    expect(desk.locator("#legacy")).to_contain_text("13600002222")
    assert AuditEntry.objects.filter(action=people.SHOWN).count() == 1


def test_a_refused_tap_leaves_the_masked_number_where_it_was(
    page: Page, boss: Employee, juan: Customer, settings: Any
) -> None:
    settings.DAILY_PHONE_LIMIT = 0
    me = make_employee("小许", Role.EMPLOYEE, password=PASSWORD, phone="13800000004")
    Customer.objects.update(owner=me)
    log_in(page, me.phone)
    page.goto(f"{LIST}{juan.pk}/change/")
    phone = page.locator("#person-phone")
    phone.locator("button").click()
    expect(phone.locator("[data-refused]")).to_be_visible()
    expect(phone).to_contain_text("138****0021")
    page.complaints[:] = [said for said in page.complaints if "429" not in said]  # type: ignore[attr-defined]


def test_tags_for_the_ticked_rows(desk: Page, juan: Customer) -> None:
    make_customer("李小明")
    make_tag("VIP")
    desk.goto(LIST)
    desk.locator("input.action-select").nth(1).check()
    desk.select_option("select[name=action]", "add_tags")
    desk.click("button[name=index]")
    desk.locator(".select2-selection").click()
    desk.locator(".select2-results__option", has_text="VIP").last.click()
    desk.locator(".people-bulk button[type=submit]").click()
    expect(desk.locator("#result_list")).to_contain_text("VIP")
    assert [link.customer for link in CustomerTag.objects.all()] == [juan]


def test_an_own_field_filters(desk: Page, juan: Customer) -> None:
    CustomField.objects.create(key="f_1", label="肤质", kind="choice", choices=["干性", "油性"])
    CustomField.objects.create(key="f_2", label="保额", kind="number")
    Customer.objects.update(custom={"f_1": "干性", "f_2": 35000})
    make_customer("李小明", custom={"f_1": "油性"})
    desk.goto(LIST)
    desk.click(".filter-open-button")
    desk.click("#own-filters summary")
    desk.select_option("[name=own_f_1]", "干性")
    desk.fill("[name=own_f_2_from]", "3.5万")
    desk.click("#filter-form button[type=submit]")
    expect(desk.locator("#result_list .field-shown_name")).to_have_text(["王小娟"])
    desk.click(".filter-open-button")
    expect(desk.locator("select[name=own_f_1]")).to_have_value("干性")


@pytest.mark.parametrize("path", ["", "add/", "change/", "edit/"])
def test_nothing_is_wider_than_a_phone(desk: Page, juan: Customer, path: str) -> None:
    Customer.objects.update(name="欧阳" * 20, note="https://example.com/" + "x" * 300, legacy={"很长的列名" * 9: "值" * 200})
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto(LIST + (f"{juan.pk}/{path}" if path in {"change/", "edit/"} else path))
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    wide = desk.evaluate(
        "[...document.querySelectorAll('#content *')].filter("
        "it => it.getBoundingClientRect().right > 391 && getComputedStyle(it).position !== 'absolute'"
        " && !it.closest('.select2-hidden-accessible, [data-tabs]')).map(it => it.outerHTML.slice(0, 120))"
    )
    assert wide == []
