"""Rows behind a figure: filters, pages, sentences, and cells that would like to be markup."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, ImportBatch, ImportRow
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers.admin import imports_flow as flow
from tests.factories.customers import make_batch, make_customer, make_row

pytestmark = pytest.mark.django_db
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ batch.path }}{% url 'admin:index' %}",
    "=cmd|' /C calc'!A0",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "&lt;already escaped&gt;",
)


def test_pages_of_fifty_in_the_order_of_the_sheet(desk: Client) -> None:
    batch = make_batch(counters={"rows": 120, "created": 120})
    ImportRow.objects.bulk_create(
        [ImportRow(batch=batch, number=n, outcome="created") for n in range(121, 1, -1)]
    )
    first = desk.get(flow.url(batch, "rows"))
    assert [told["row"].number for told in first.context["rows"]] == list(range(2, 52))
    assert 'rel="next" href="?show=all&amp;p=2"' in first.content.decode()
    assert flow.behind(desk, batch, "created") == list(range(2, 122))


@pytest.mark.parametrize(("page", "shown"), [("0", 3), ("99", 3), ("abc", 1), ("", 1), ("-1", 3)])
def test_a_page_that_is_none_is_the_nearest(desk: Client, page: str, shown: int) -> None:
    batch = make_batch()
    ImportRow.objects.bulk_create(
        [ImportRow(batch=batch, number=n, outcome="created") for n in range(2, 122)]
    )
    assert desk.get(flow.url(batch, "rows"), {"p": page}).context["page"].number == shown


@pytest.mark.parametrize("show", ["deleted", "skipped", "rows", "<script>", "outcome"])
def test_a_figure_that_is_none(desk: Client, show: str) -> None:
    assert desk.get(flow.url(make_batch(), "rows"), {"show": show}).status_code == 404


def test_only_rows_of_this_import(desk: Client) -> None:
    mine, other = make_batch(), make_batch()
    make_row(mine, make_customer("甲"), 2)
    make_row(other, make_customer("乙"), 3)
    assert flow.behind(desk, mine, "all") == [2]


def test_an_unknown_kind_narrows_nothing(desk: Client) -> None:
    batch = make_batch()
    make_row(batch, None, 2, unknown={"owner": "小何"})
    make_row(batch, None, 3, unknown={"store": "小何"})
    assert flow.behind(desk, batch, "unknown", kind="owner", text="小何") == [2]
    assert flow.behind(desk, batch, "unknown", kind="owner", text="小") == []
    assert flow.behind(desk, batch, "unknown", kind="password", text="小何") == [2, 3]
    assert flow.behind(desk, batch, "unknown", kind="owner", text="") == [2, 3]


def test_a_row_names_its_cell_its_reason_and_its_customer(desk: Client) -> None:
    batch = flow.imported(
        desk, flow.csv("姓名,手机号,生日", "张三,13811110001,1990-13-45", "李四,0571-88880000,")
    )
    rows = {told["row"].number: told for told in desk.get(flow.url(batch, "rows")).context["rows"]}
    assert rows[2]["reason"] == "生日 (C2): “1990-13-45” is a day that does not exist, left empty"
    assert rows[3]["reason"] == "手机号 (B3): “0571-88880000” is a landline, a mobile number is needed"
    assert rows[3]["cells"] == [("姓名", "李四"), ("手机号", "0571-88880000")]
    page = desk.get(flow.url(batch, "rows")).content.decode()
    assert f'/admin/customers/customer/{Customer.objects.get().pk}/change/"' in page


@pytest.mark.parametrize("text", NASTY)
def test_nothing_in_a_sheet_is_markup(desk: Client, text: str) -> None:
    """As header, name, value, file name, sheet name and unknown consultant: on every page of the import."""
    quoted = text.replace('"', '""')
    sheet = flow.csv(
        f'姓名,手机号,"{quoted}",导购,生日',
        f'"{quoted}",13811110001,"{quoted}","{quoted}","{quoted}"',
        f'"另一个名字",13811110001,"{quoted}",,',
        f'"{quoted}","{quoted}",x,,',
    )
    batch = flow.uploaded(desk, sheet, f"{text.replace('/', '')}.csv")
    pages = [desk.get(flow.url(batch))]
    batch = flow.preview(desk, batch, remember_as=text[:60])
    pages.append(desk.get(flow.url(batch)))
    flow.run(desk, batch, consent="yes", ground=text)
    pages += [desk.get(flow.url(batch, name)) for name in ("change", "rows", "undo")]
    pages.append(desk.get("/admin/customers/importmapping/"))
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
    told = {told["row"].number: told for told in pages[3].context["rows"]}
    assert told[4]["cells"][0] == ("姓名", text)


def test_every_naughty_string_is_shown_or_reported(desk: Client) -> None:
    strings = [text for text in json.loads(flow.case("nasty/blns.json")) if text.strip()]
    sheet = flow.book(["姓名", "手机号"], *[[clean(text), f"1381{n:07d}"] for n, text in enumerate(strings)])
    batch = flow.imported(desk, sheet, "naughty.xlsx", require="name")
    assert batch.counters["rows"] == len(strings)
    for show in ("all", "created", "rejected", "warnings", "conflicts"):
        flow.behind(desk, batch, show)
    assert desk.get(flow.url(batch)).status_code == 200


def clean(text: str) -> str:
    """What a workbook can hold: control characters are no XML."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t") or "x"


def test_rows_ask_the_same_number_of_queries(desk: Client, django_assert_num_queries: Any) -> None:
    for more in (1, 3):
        batch = make_batch()
        for n in range(more):
            make_row(batch, make_customer(f"客{n}"), n + 2)
        with django_assert_num_queries(7):
            desk.get(flow.url(batch, "rows"))


def test_a_name_of_a_person_who_is_gone(desk: Client, batch_with_a_gap: ImportBatch) -> None:
    told = desk.get(flow.url(batch_with_a_gap, "rows")).context["rows"]
    assert [row["row"].customer for row in told] == [None]


@pytest.fixture
def batch_with_a_gap(db: None) -> ImportBatch:
    batch = make_batch()
    make_row(batch, None, 2, conflict=True, detail={"name": "甲", "kept": "乙"})
    return batch


def test_numbers_in_the_row_as_it_stood_are_masked_and_downloads_are_logged(desk: Client, operator: Employee) -> None:
    batch = flow.imported(desk, flow.csv("姓名,手机号,性别,备注", "张三,13800009001,外星,家里 13800009002"))
    text = desk.get(flow.url(batch, "rows"), {"show": "warnings"}).content.decode()
    assert "138****9001" in text and "家里 138****9002" in text
    assert "13800009001" not in text and "13800009002" not in text
    for kind, query in (("import-original", {}), ("import-report", {}), ("import-report", {"only": "problems"})):
        assert desk.get(reverse("private_file", args=[kind, batch.pk]), query).status_code == 200
    entries = AuditEntry.objects.filter(action="import.downloaded").order_by("pk")
    assert [(entry.actor, entry.object_id, entry.detail["file"]) for entry in entries] == [
        (operator, str(batch.pk), name) for name in ("original", "report", "problems")
    ]
