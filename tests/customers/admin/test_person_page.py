"""The page of one person: what it tells whom, and its buttons."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from customers.models import Customer, CustomField, ImportBatch
from customers.services import people
from customers.services.importing import conflicts
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.staff.roles import declared
from tests.factories.customers import (
    identify,
    make_batch,
    make_channel,
    make_customer,
    make_opening,
    make_row,
    make_tag,
    tag,
)
from tests.factories.orders import make_line, make_order, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


def url(person, door="change"):
    return f"/admin/customers/customer/{person.pk}/{door}/"


def text_of(response, part="content-main"):
    """The words of one section, white space folded."""
    page = response.content.decode()
    start = page.index(f'id="{part}"')
    end = page.find("</section>", start) if part != "content-main" else len(page)
    return " ".join(re.sub(r"<[^>]+>", " ", page[start:end].partition(">")[2]).split())


@pytest.fixture
def juan(shop, employee, operator):
    batch = make_batch("会员.xlsx", created_by=operator)
    person = make_customer(
        "王小娟",
        "13800000021",
        owner=employee,
        store=shop.binjiang,
        source=make_channel("老客介绍"),
        imported_in=batch,
        gender="female",
        birth_year=1990,
        birth_md=501,
        city="杭州",
        occupation="老师",
        known_since=date(2021, 3, 8),
        note="老公 139-0000 1111",
        legacy={"会员等级": "金卡", "紧急联系人": "13700001111"},
    )
    identify(person, "phone", "13900002222", batch=batch, source="import")
    identify(person, "legacy:收银", "VIP000123", verified=True)
    identify(person, "sheet_row", "ab" * 32)
    make_opening(
        person,
        "收银",
        spend_fen=345670,
        orders=12,
        last_order_on=date(2025, 9, 30),
        level="金卡",
        batch=batch,
    )
    make_opening(person, "美团", spend_fen=10050, orders=1)
    make_row(batch, person, 17)
    tag(person, make_tag("敏感肌", "需求"), employee=employee)
    tag(person, make_tag("VIP", "基本"), set_by="import", batch=batch)
    return person


@time_machine.travel("2026-11-21T10:00:00+08:00", tick=False)
def test_it_says_who_she_is_and_where_each_thing_came_from(client, owner, juan):
    client.force_login(owner)
    response = client.get(url(juan))
    assert response.status_code == 200
    top = text_of(response)
    assert top.startswith(
        "王小娟 36 years old · female · 杭州 · 老师 · 敏感肌 · VIP Phone 138****0021 Show number Owner 小许 Store 滨江店"
    )
    assert "Channel of origin 老客介绍 Member since 2021-03-08" in top
    assert text_of(response, "figures") == (
        "¥3,557.20 Spent so far including opening figures ¥3,557.20 "
        "13 Orders so far including opening figures 13 2025-09-30 Last order 金卡 Level before"
    )
    batch = juan.imported_in
    assert text_of(response, "openings") == (
        f"Opening figures 收银 ¥3,456.70 · 12 orders · last on 2025-09-30 · 金卡 import #{batch.pk} 会员.xlsx "
        "美团 ¥100.50 · 1 orders"
    )
    assert text_of(response, "details") == (
        "Details and own fields Gender female Birthday 1990-05-01 City 杭州 Occupation 老师 Note 老公 139****1111"
    )
    assert text_of(response, "legacy") == "Columns kept from sheets 会员等级 金卡 紧急联系人 137****1111"
    assert text_of(response, "identities").split(" · ")[0].startswith("Identities Phone 138****0021 main")
    assert f"Phone 139****2222 import #{batch.pk} 会员.xlsx" in text_of(response, "identities")
    assert "Card number (收银) VIP000123 verified" in text_of(response, "identities")
    assert "abab" not in response.content.decode()
    assert "敏感肌 小许" in text_of(response, "tags")
    assert f"VIP import #{batch.pk} 会员.xlsx" in text_of(response, "tags")
    assert text_of(response, "imports").startswith(
        f"Rows of imports import #{batch.pk} 会员.xlsx row 17 · created"
    )


def test_a_consultant_reads_no_number_but_by_a_tap(client, employee, juan):
    CustomField.objects.create(key="f_1", label="家属电话")
    Customer.objects.update(custom={"f_1": "妈妈13600003333"}, address="3 幢 １３５００００４４４４")
    client.force_login(employee)
    page = client.get(url(juan)).content.decode()
    assert re.findall(r"1[3-9]\d{9}|139-0000|１３５００００", page) == []
    masks = ("138****0021", "139****1111", "137****1111", "139****2222", "136****3333", "135****4444")
    assert [mask for mask in masks if mask not in page] == []
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("accept", ["text/html", "application/json, text/html"])
def test_the_tap_shows_every_number_and_is_recorded_once(client, employee, juan, accept):
    client.force_login(employee)
    page = client.post(url(juan, "reveal"), headers={"Accept": accept})
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert 'href="tel:13800000021"' in page.content.decode()
    assert "Phone 13900002222" in text_of(page, "identities")
    assert text_of(page, "details").endswith("Note 老公 139-0000 1111")
    assert text_of(page, "legacy") == "Columns kept from sheets 会员等级 金卡 紧急联系人 13700001111"
    assert "data-reveal" not in page.content.decode()
    entries = AuditEntry.objects.values_list("action", "actor", "object_type", "object_id")
    assert list(entries) == [("phone.shown", employee.pk, "customers.customer", str(juan.pk))]


def test_numbers_in_texts_are_masked_for_everybody_until_the_tap(client, owner, juan):
    client.force_login(owner)
    page = client.get(url(juan)).content.decode()
    assert re.findall(r"1[3-9]\d{9}|139-0000", page) == []
    assert AuditEntry.objects.count() == 0


def test_somebody_without_a_phone_whose_note_holds_a_number_has_a_tap_too(client, employee):
    silent = make_customer("李明", owner=employee, note="家里 13700001111")
    plain = make_customer("王明", owner=employee, note="周末")
    client.force_login(employee)
    assert "Show numbers in the texts" in text_of(client.get(url(silent)))
    assert "data-reveal" not in client.get(url(plain)).content.decode()
    assert text_of(client.post(url(silent, "reveal")), "details").endswith("Note 家里 13700001111")
    assert AuditEntry.objects.get().object_id == str(silent.pk)


def test_a_number_that_stands_in_her_history_alone_can_be_shown(client, owner):
    person = make_customer("李明", note="家里 13700001111")
    people.change(person, by=owner, note="")
    client.force_login(owner)
    assert "Note: 家里 137****1111 → —" in text_of(client.get(url(person)), "history")
    assert "Note: 家里 13700001111 → —" in text_of(client.post(url(person, "reveal")), "history")
    assert "Show numbers in the texts" in text_of(client.get(url(person)))


def test_a_number_field_with_a_phone_in_it_is_masked(client, owner, employee, juan):
    CustomField.objects.create(key="f_1", label="备用", kind="number")
    Customer.objects.update(custom={"f_1": 13600003333})
    client.force_login(employee)
    assert text_of(client.get(url(juan)), "details").endswith("备用 136****3333")
    Customer.objects.update(custom={"f_1": 1234567})
    assert text_of(client.get(url(juan)), "details").endswith("备用 1,234,567")


def test_the_daily_limit_is_said_and_the_number_stays(client, employee, juan, settings):
    settings.DAILY_PHONE_LIMIT = 0
    client.force_login(employee)
    answer = client.post(url(juan, "reveal"), headers={"Accept": "application/json, text/html"})
    assert answer.status_code == 429
    assert answer.json() == {"refused": "You have looked at 0 numbers today. Ask your manager for more."}
    response = client.post(url(juan, "reveal"), follow=True)
    assert "You have looked at 0 numbers today." in response.content.decode()
    assert "Phone 138****0021 Show number" in text_of(response)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["phone.refused"]


def test_sensitive_fields_are_dots_without_the_right(client, owner, employee, juan):
    CustomField.objects.create(key="f_1", label="既往病史", sensitive=True)
    CustomField.objects.create(key="f_2", label="肤质")
    CustomField.objects.create(key="f_3", label="已停用", is_active=False)
    Customer.objects.update(custom={"f_1": "哮喘", "f_2": "干性", "f_3": "x"})
    client.force_login(owner)
    assert text_of(client.get(url(juan)), "details").endswith("既往病史 哮喘 肤质 干性")
    client.force_login(employee)
    response = client.get(url(juan))
    assert text_of(response, "details").endswith("既往病史 ••• 肤质 干性")
    assert "哮喘" not in response.content.decode()


def test_income_and_what_a_sheet_tells_of_health_are_dots_too(client, owner, employee, juan):
    """Budget and spending band are what a consultant advises by."""
    Customer.objects.update(income_band="2–3万", spending_band="高", budget="5000", legacy={"过敏史": "青霉素", "暗号": "甲"})
    client.force_login(owner)
    response = client.get(url(juan))
    assert "Income 2–3万 Spending band 高 Budget 5000" in text_of(response, "details")
    assert [part for part in ("过敏史 青霉素", "暗号 甲") if part not in text_of(response, "legacy")] == []
    client.force_login(employee)
    response = client.get(url(juan))
    assert "Income ••• Spending band 高 Budget 5000" in text_of(response, "details")
    assert [part for part in ("过敏史 •••", "暗号 甲") if part not in text_of(response, "legacy")] == []
    assert [word for word in ("2–3万", "青霉素") if word in response.content.decode()] == []


def test_edits_by_hand_are_told_field_by_field(client, owner, manager, employee, juan):
    people.change(juan, by=owner, name="王小绢", note="改 13800009999", owner=manager, phone="13900004444")
    Customer.objects.filter(pk=juan.pk).update(owner=employee)
    client.force_login(owner)
    told = text_of(client.get(url(juan)), "history")
    for change in (
        "Name: 王小娟 → 王小绢",
        "Phone: 138****0021 → 139****4444",
        "Owner: 小许 → 李店长",
        "Note: 老公 139****1111 → 改 138****9999",
    ):
        assert change in told
    assert "钱总" in told
    told = text_of(client.post(url(juan, "reveal")), "history")
    assert "Note: 老公 139-0000 1111 → 改 13800009999" in told
    client.force_login(employee)
    told = text_of(client.get(url(juan)), "history")
    assert "Note: 老公 139****1111 → 改 138****9999" in told


def test_sensitive_values_are_dots_in_the_history_too(client, owner, employee, juan):
    CustomField.objects.create(key="f_1", label="既往病史", sensitive=True)
    people.change(juan, by=owner, custom={"f_1": "哮喘"})
    client.force_login(employee)
    page = client.get(url(juan)).content.decode()
    assert ("既往病史" in page, "哮喘" in page) == (True, False)
    people.change(juan, by=owner, income_band="2–3万")
    response = client.get(url(juan))
    assert ("Income: — → •••" in text_of(response, "history"), "2–3万" in response.content.decode()) == (True, False)


def test_a_bare_person(client, owner):
    person = make_customer()
    client.force_login(owner)
    response = client.get(url(person))
    assert text_of(response).startswith(
        "(no name) Phone none Owner without owner Store — Channel of origin — Member since —"
    )
    assert text_of(response, "details") == "Details and own fields Nothing is known yet."
    assert text_of(response, "tags") == "Tags No tags yet."
    assert text_of(response, "identities") == "Identities Known by name only."
    page = response.content.decode()
    assert [part for part in ("figures", "openings", "legacy") if f'id="{part}"' in page] == []
    assert "data-reveal" not in page


def test_archive_and_bring_back_by_buttons(client, owner, employee, juan):
    client.force_login(employee)
    assert url(juan, "archive") not in client.get(url(juan)).content.decode()
    client.force_login(owner)
    assert url(juan, "archive") in client.get(url(juan)).content.decode()
    client.post(url(juan, "archive"))
    response = client.get(url(juan))
    assert text_of(response).startswith("Archived on ")
    assert (
        url(juan, "edit") in response.content.decode(),
        url(juan, "bring-back") in response.content.decode(),
    ) == (
        False,
        True,
    )
    assert client.get(url(juan, "edit")).status_code == 302
    client.force_login(employee)
    assert client.get(url(juan)).status_code == 404
    client.force_login(owner)
    client.post(url(juan, "bring-back"))
    assert Customer.objects.filter(pk=juan.pk).exists()
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "person.archived",
        "person.brought_back",
    ]


def test_a_merged_person_leads_to_the_one_she_became(client, owner, employee, juan, shop):
    folded = make_customer("王小娟", merged_into=juan)
    client.force_login(employee)
    response = client.get(url(folded))
    assert (response.status_code, response["Location"]) == (302, url(juan))
    stranger = make_customer("李小明", store=shop.xihu)
    assert client.get(url(make_customer("李明", merged_into=stranger))).status_code == 404


def test_an_erased_person_is_gone(client, owner):
    client.force_login(owner)
    assert client.get(url(make_customer("王小娟", erased_at=clock.now()))).status_code == 404


class TestAnotherNameInASheet:
    @pytest.fixture
    def row(self, juan):
        return make_row(make_batch(), juan, 27, outcome="updated", conflict=True, detail={"name": "王丽娟 13911112222", "kept": "王小娟"})

    SAID = "A sheet calls her 王丽娟 139****2222; nobody has said yet which name is hers."

    def test_it_is_said_with_the_door_that_settles_it(self, client, operator, employee, juan, row):
        door = f"/admin/customers/importbatch/{row.batch_id}/rows/?show=conflicts"
        shown = {}
        for who in (operator, employee):
            client.force_login(who)
            page = client.get(url(juan))
            shown[who.role] = (self.SAID in text_of(page), door in page.content.decode(), "13911112222" in page.content.decode())
        assert shown == {"operator": (True, True, False), "employee": (True, False, False)}
        client.force_login(operator)
        assert f'value="{row.number}"' in client.get(door).content.decode()

    @pytest.mark.parametrize("way", ["settled", "renamed", "undone"])
    def test_once_it_is_settled_it_is_gone(self, client, operator, juan, row, way):
        if way == "settled":
            conflicts.settle(row, take=False, by=operator)
        elif way == "renamed":
            people.change(juan, by=operator, name="王 丽娟13911112222")
        else:
            ImportBatch.objects.update(state="undone")
        client.force_login(operator)
        assert "A sheet calls her" not in text_of(client.get(url(juan)))

    def test_two_sheets_that_agree_are_one_line(self, client, operator, juan, row):
        make_row(make_batch(), juan, 3, conflict=True, detail={"name": "王丽娟13911112222", "kept": "王小娟"})
        client.force_login(operator)
        assert text_of(client.get(url(juan))).count("A sheet calls her") == 1


def test_queries_do_not_grow(client, owner, juan, django_assert_num_queries):
    """session, user, rights; person; openings, tags, identities, own fields, import rows; edits: rows, fields,
    channels, stores, owners; orders: figures, the last ones, what was bought, who served;
    who looked after her, who has her in WeChat."""
    client.force_login(owner)
    client.get(url(juan))
    people.change(juan, by=owner, name="一")
    make_line(make_order(juan), make_product())
    with django_assert_num_queries(56):
        client.get(url(juan))
    for number in range(3):
        identify(juan, "phone", f"1360000000{number}")
        tag(juan, make_tag())
        make_opening(juan, f"系统{number}")
        make_row(make_batch(), juan)
        make_line(make_order(juan), make_product())
        people.change(juan, by=owner, name=f"名{number}", source=make_channel())
    with django_assert_num_queries(56):
        client.get(url(juan))


def test_somebody_whom_only_an_import_wrote_has_a_page(client, owner, juan):
    juan.history.all().delete()
    client.force_login(owner)
    response = client.get(url(juan))
    assert response.status_code == 200
    assert text_of(response, "history") == "Edits by hand Nobody has changed anything by hand."


def test_her_orders(client, owner, employee, juan):
    order = make_order(
        juan, number="TB13700002222", paid_fen=100000, refunded_fen=20000, ordered_at=clock.now() - timedelta(days=10)
    )
    make_line(order, make_product("面膜 13600003333"))
    make_line(order)
    make_order(juan, number="H1", paid_fen=5000, approval="pending")
    client.force_login(owner)
    page = client.get(url(juan))
    day = f"{timezone.localtime(order.ordered_at):%Y-%m-%d}"
    assert text_of(page, "orders").startswith(
        f"Orders 面膜 136****3333 and 1 more {day} · TB137****2222 ¥800.00 H1 waits for approval"
    )
    assert text_of(page, "figures").startswith(
        "¥4,357.20 Spent so far including opening figures ¥3,557.20 ¥800.00 Last 12 months "
        f"14 Orders so far including opening figures 13 {day} Last order"
    )
    assert f"/admin/customers/order/?customer={juan.pk}" in page.content.decode()
    client.force_login(employee)
    page = client.get(url(juan)).content.decode()
    assert (f"/admin/customers/order/enter/{juan.pk}/" in page, re.findall(r"1[3-9]\d{9}", page)) == (True, [])


def test_no_orders_for_who_may_not_see_them(client, owner, juan, role_rights):
    make_order(juan, number="TB1", paid_fen=100000)
    role_rights(owner.role, declared(owner.role) - {"customers.view_order"})
    client.force_login(owner)
    page = client.get(url(juan))
    assert ("TB1" in page.content.decode(), 'id="orders"' in page.content.decode()) == (False, False)
    assert text_of(page, "figures").startswith("¥3,557.20 Spent so far")
