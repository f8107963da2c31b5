"""导入 and 导出 of tags, products and channels: whose doors they are, what a sheet goes through."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Product, Tag
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.customers import make_channel, make_tag
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role
NOUNS = ("tag", "product", "channel")
TAGS = "/admin/customers/tag/"


@pytest.fixture(autouse=True)
def english(client: Client, settings: Any, tmp_path: Path) -> None:
    client.cookies["django_language"] = "en"
    settings.PRIVATE_DIR = tmp_path


def csv(*lines: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("标签.csv", "\n".join(lines).encode())}


def said(client: Client, url: str) -> list[str]:
    return [str(message) for message in client.get(url).context["messages"]]


def kept(tmp_path: Path) -> int:
    return len([one for one in tmp_path.rglob("*") if one.is_file()])


@pytest.mark.parametrize("noun", NOUNS)
def test_doors(client, everyone, noun):
    """Import page, an upload, a forged confirmation; export page, the file."""
    base = f"/admin/customers/{noun}/"
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = (
            client.get(f"{base}import/").status_code,
            client.post(f"{base}import/", csv("a")).status_code,
            client.post(f"{base}import/", {"confirmed": "1", "ticket": "x"}).status_code,
            client.get(f"{base}export/").status_code,
            client.post(f"{base}export/", {"format": "csv"}).status_code,
        )
    head = (200, 302, 302, 200, 200)
    assert answers == {
        OWNER: head,
        OPERATOR: head,
        MANAGER: (403, 403, 403, 200, 200),
        EMPLOYEE: (403,) * 5,
        AGENCY: (403,) * 5,
    }
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["sheet.exported"] * 3


@pytest.mark.parametrize("noun", NOUNS)
def test_links_only_for_those_who_may(client, everyone, noun):
    linked = {}
    for role in (OWNER, OPERATOR, MANAGER, EMPLOYEE):
        client.force_login(everyone[role])
        page = client.get(f"/admin/customers/{noun}/?q=x").content.decode()
        linked[role] = ('id="import-link"' in page, f'href="/admin/customers/{noun}/export/?q=x"' in page)
    assert linked == {OWNER: (True, True), OPERATOR: (True, True), MANAGER: (False, True), EMPLOYEE: (False, False)}


@pytest.mark.parametrize("rights", [["view_tag", "add_tag"], ["view_tag", "change_tag"]])
def test_half_a_right_is_none(client, operator, role_rights, rights):
    role_rights(OPERATOR, [f"customers.{right}" for right in rights])
    client.force_login(operator)
    assert client.post(f"{TAGS}import/", csv("tag,tag group", "VIP,基本")).status_code == 403


def test_looked_at_first_then_taken_in(client, operator, tmp_path):
    client.force_login(operator)
    make_tag("VIP")
    page = client.post(f"{TAGS}import/", csv("标签,标签组,备注", "VIP,基本,x", "干皮,需求,y"))
    told = page.context["told"]
    assert (told.created, told.updated, told.unchanged, told.not_read) == (1, 0, 1, ["备注"])
    text = page.content.decode()
    assert ("1 new, 0 changed, 1 as they are." in text, 'id="take-in"' in text, "New tag groups:" in text) == (True, True, True)
    assert (Tag.objects.count(), kept(tmp_path)) == (1, 1)
    confirmed = {"confirmed": "1", "ticket": page.context["ticket"]}
    answer = client.post(f"{TAGS}import/", confirmed)
    assert (answer.status_code, answer.url) == (302, TAGS)
    assert said(client, TAGS) == ["Taken in: 1 new, 0 changed, 1 as they were."]
    assert (sorted(Tag.objects.values_list("name", flat=True)), kept(tmp_path)) == (["VIP", "干皮"], 0)
    assert client.post(f"{TAGS}import/", confirmed).url == f"{TAGS}import/"
    assert said(client, f"{TAGS}import/") == ["This sheet was taken in already, or has waited too long. Upload it again."]


def test_a_ticket_is_ones_own_and_for_one_list(client, operator, owner):
    client.force_login(operator)
    ticket = client.post(f"{TAGS}import/", csv("标签,标签组", "干皮,需求")).context["ticket"]
    client.post("/admin/customers/product/import/", {"confirmed": "1", "ticket": ticket})
    client.force_login(owner)
    client.post(f"{TAGS}import/", {"confirmed": "1", "ticket": ticket})
    client.post(f"{TAGS}import/", {"confirmed": "1", "ticket": ticket[:-2]})
    assert (Tag.objects.count(), Product.objects.count()) == (0, 0)


def test_a_row_that_went_wrong_meanwhile_takes_nothing_in(client, operator):
    client.force_login(operator)
    make_product("同名", code="A")
    page = client.post("/admin/customers/product/import/", csv("商品名称,售价", "同名,9", "新品,1"))
    assert (page.context["told"].created, page.context["told"].updated) == (1, 1)
    make_product("同名", code="B")
    answer = client.post("/admin/customers/product/import/", {"confirmed": "1", "ticket": page.context["ticket"]})
    assert said(client, answer.url) == ["Meanwhile something changed. Nothing was taken in; upload the sheet again."]
    assert (Product.objects.count(), Product.objects.get(code="A").price_fen) == (2, None)


def test_wrong_rows_are_told_and_nothing_can_be_confirmed(client, operator, tmp_path):
    client.force_login(operator)
    page = client.post(f"{TAGS}import/", csv("标签,标签组", "干皮,", "油皮,需求"))
    text = page.content.decode()
    assert ("row 2</b> tag group: The group is missing." in text, 'id="take-in"' in text) == (True, False)
    assert "1 of 2 rows is wrong." in text
    client.post(f"{TAGS}import/", {"confirmed": "1", "ticket": page.context["ticket"]})
    assert (Tag.objects.count(), kept(tmp_path)) == (0, 0)


def test_names_in_a_sheet_are_text(client, operator):
    client.force_login(operator)
    text = client.post(f"{TAGS}import/", csv("标签,标签组,<b>x</b>", "<script>alert(1)</script>,需求,")).content.decode()
    assert ("<script>alert(1)" in text, "<b>x</b>" in text, "&lt;script&gt;" in text) == (False, False, True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file first."),
        (csv("a,b", "1,2"), "The sheet has no column “tag”. Export once to see how it should look."),
        (csv("标签,标签组"), "Below the header there is nothing."),
        (csv("标签,标签组", *[f"{n},组" for n in range(5_001)]), "The sheet has more than 5,000 rows. Split it into several."),
    ],
)
def test_files_that_are_refused_say_why_and_leave_nothing(client, operator, tmp_path, data, sentence):
    client.force_login(operator)
    answer = client.post(f"{TAGS}import/", data)
    assert answer.url == f"{TAGS}import/"
    assert (said(client, answer.url), Tag.objects.count(), kept(tmp_path)) == ([sentence], 0, 0)


def test_exported_is_what_the_filter_shows(client, manager):
    make_tag("VIP", group="基本")
    make_tag("干皮", group="需求")
    client.force_login(manager)
    page = client.get(f"{TAGS}export/?q=干")
    assert (page.context["count"], page.context["rows_said"]) == (1, "1 row")
    answer = client.post(f"{TAGS}export/?q=干", {"format": "csv"})
    assert answer.content.decode("utf-8-sig").splitlines() == ["tag,tag group,in use", "干皮,需求,yes"]
    assert "attachment; filename" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.count, entry.detail) == ("sheet.exported", manager, 1, {"what": "tags", "format": "csv"})


def test_a_strange_format_or_filter(client, manager):
    make_channel("抖音")
    client.force_login(manager)
    assert client.post(f"{TAGS}export/", {"format": "exe"}).status_code == 302
    assert client.get(f"{TAGS}export/?is_active__exact=x&nonsense=1").url == f"{TAGS}?e=1"
    assert AuditEntry.objects.count() == 0


def test_the_log_says_it_in_words(client, owner):
    client.force_login(owner)
    client.post("/admin/customers/product/export/", {"format": "csv"})
    page = client.get("/admin/kit/auditentry/").content.decode()
    assert ("small sheet exported" in page, "<p>contents: products</p>" in page) == (True, True)
