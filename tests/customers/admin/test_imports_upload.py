"""The list with the upload on top: what a fresh base says, what is taken, what is refused with which words."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers.choices import BatchState
from customers.models import Customer, ImportBatch
from scrm.kit.models import JobRun
from scrm.staff.models import Employee
from tests.customers.admin import imports_flow as flow
from tests.factories.customers import make_batch

pytestmark = pytest.mark.django_db
HEADER = "姓名,手机号"


def refused(client: Client, content: bytes, name: str = "会员.xlsx") -> str:
    """The sentence of an upload that was not taken; nothing of it is left."""
    answer = client.post(reverse(flow.UPLOAD), {"file": flow.SimpleUploadedFile(name, content)}, follow=True)
    assert answer.redirect_chain == [(reverse(flow.LIST), 302)]
    assert ImportBatch.objects.count() == Customer.objects.count() == JobRun.objects.count() == 0
    kept = [path for path in Path(house.PRIVATE_DIR).rglob("*") if path.is_file()]
    assert kept == []
    [sentence] = flow.told(answer)
    return sentence


# --- the list -------------------------------------------------------------------------------------------------


def test_a_fresh_base_says_what_to_do_and_what_is_taken(desk: Client) -> None:
    page = desk.get(reverse(flow.LIST)).content.decode()
    assert 'id="upload"' in page and 'id="how"' in page
    assert "at most 50 MB and 1,000,000 rows" in page
    assert "Nothing is written before you have seen the preview" in page


def test_a_base_in_use_shows_its_imports(desk: Client, operator: Employee) -> None:
    counters = {
        "rows": 1431, "created": 1400, "updated": 6, "unchanged": 3, "merged": 14, "rejected": 8, "skipped": 5,
    }  # fmt: skip
    done = make_batch("会员.xlsx", counters=counters, created_by=operator)
    make_batch("坏的.xlsx", state=BatchState.REFUSED, refused="There are no data rows below the header.")
    page = desk.get(reverse(flow.LIST))
    text = page.content.decode()
    assert 'id="how"' not in text
    assert flow.url(done) in text
    assert operator.name in text
    assert (
        "1,431 rows: 1,400 new, 6 updated, 3 unchanged, 14 joined within the sheet, 8 failed; "
        "5 rows such as the header are not counted"
    ) in text
    assert "There are no data rows below the header." in text


@pytest.mark.parametrize("state", list(BatchState))
def test_every_state_has_its_word_in_the_list(desk: Client, state: BatchState) -> None:
    make_batch("会员.xlsx", state=state)
    desk.cookies[house.LANGUAGE_COOKIE_NAME] = "zh-hans"
    page = desk.get(reverse(flow.LIST)).content.decode()
    with translation.override("zh-hans"):
        word = str(state.label)
    cell = re.search(r'field-standing.*?<span[^>]*>(.*?)</span>', page, re.S)
    assert cell is not None
    assert re.sub(r"\s+", "", cell[1]) == re.sub(r"\s+", "", word)


def test_the_list_asks_the_same_number_of_queries(
    desk: Client, operator: Employee, django_assert_num_queries: Any
) -> None:
    desk.get(reverse(flow.LIST))  # what is looked up once a process
    queries = 5
    for more in (1, 2):
        for _n in range(more):
            make_batch(created_by=operator, layout={"headers": ["x"] * 50})
        with django_assert_num_queries(queries):
            desk.get(reverse(flow.LIST))


# --- what is taken --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("会员.csv", f"{HEADER}\n张三,13800009001\n".encode()),
        ("会员.txt", f"{HEADER}\n张三,13800009001\n".replace(",", "\t").encode("utf-16")),
        ("会员.csv.gz", gzip.compress(f"{HEADER}\n张三,13800009001\n".encode())),
        ("会员.pdf", f"{HEADER}\n张三,13800009001\n".encode("gb18030")),  # content decides, not the ending
        ("会员", flow.book(["姓名", "手机号"], ["张三", 13800009001])),
    ],
    # Packed bytes carry the time they were packed at: no name for a test that several processes collect.
    ids=["csv", "utf-16", "gz", "gb18030", "book"],
)
def test_every_format_leads_to_the_columns(
    desk: Client, operator: Employee, name: str, content: bytes
) -> None:
    batch = flow.uploaded(desk, content, name)
    page = desk.get(flow.url(batch))
    assert (batch.state, batch.file_name, batch.created_by) == (BatchState.UPLOADED, name, operator)
    assert [choice.target for choice in page.context["choices"]] == ["name", "phone"]


def test_a_path_in_the_file_name_is_left_out(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.csv(HEADER, "张三,13800009001"), "C:\\Users\\店长\\会员.csv")
    assert batch.file_name == "会员.csv"


def test_several_sheets_are_asked_for(desk: Client) -> None:
    one, two = [["姓名", "手机号"], ["张三", "13800009001"]], [["姓名", "手机号"], ["李四", "13800009002"]]
    batch = flow.uploaded(
        desk, flow.book(sheets={"一店": one, "二店": two, "说明": [["请勿修改"]]}), "两店.xlsx"
    )
    page = desk.get(flow.url(batch))
    assert page.context["sheets"] == ["一店", "二店"]
    assert batch.layout == {}
    wrong = desk.post(flow.url(batch, "sheet"), {"sheet": "三店"}, follow=True)
    assert flow.told(wrong) == [
        "There is no visible sheet with data called “三店”. The file has: 一店, 二店, 说明."
    ]
    assert wrong.context["sheets"] == ["一店", "二店"]
    desk.post(flow.url(batch, "sheet"), {"sheet": "二店"})
    page = desk.get(flow.url(batch))
    assert [choice.column.samples for choice in page.context["choices"]] == [["李四"], ["13800009002"]]


# --- what is refused ------------------------------------------------------------------------------------------


def test_no_file_at_all(desk: Client) -> None:
    answer = desk.post(reverse(flow.UPLOAD), {}, follow=True)
    assert flow.told(answer) == ["Choose a file first."]


@pytest.mark.parametrize("name", ["N04_zero_bytes.csv", "N04_bom_only.csv"])
def test_an_empty_file(desk: Client, name: str) -> None:
    sentence = refused(desk, flow.case(f"nasty/{name}"), name)
    assert sentence == f"“{name}” was not taken: The file is empty. Please choose another file."


def test_a_damaged_file(desk: Client) -> None:
    sentence = refused(desk, flow.case("nasty/N01_truncated.xlsx"), "会员.xlsx")
    assert sentence.startswith("“会员.xlsx” was not taken: The file is damaged or incomplete.")


def test_a_file_that_is_no_sheet(desk: Client) -> None:
    sentence = refused(desk, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "照片.xlsx")
    assert "Please save it" in sentence


def test_a_header_without_rows(desk: Client) -> None:
    sentence = refused(desk, flow.case("nasty/N18d_header_only.csv"), "空表.csv")
    assert sentence == "“空表.csv” was not taken: There are no data rows below the header. Put the customers below it, save and upload it again."


def test_an_oversized_file(desk: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_MB = 1
    sentence = refused(desk, b"a,b\n" * 300_000)
    assert sentence == "“会员.xlsx” was not taken: The file is larger than 1 MB."


def test_too_many_columns(desk: Client) -> None:
    wide = flow.csv(
        ",".join(["姓名", "手机号", *(f"列{n}" for n in range(600))]), "张三,13800009001" + ",x" * 600
    )
    assert "beyond column 500" in refused(desk, wide)


def test_too_many_rows(desk: Client, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 10
    rows = [f"客{n},138000{n:05d}" for n in range(20)]
    assert "more than 10 rows" in refused(desk, flow.csv(HEADER, *rows))


def test_a_name_that_would_be_markup(desk: Client) -> None:
    refusal = desk.get(flow.upload(desk, b"", "<img src=x onerror=alert(1)>.xlsx").url).content.decode()
    assert "“&lt;img src=x onerror=alert(1)&gt;.xlsx” was not taken" in refusal
    taken = flow.uploaded(desk, flow.csv(HEADER, "张三,13800009001"), "<img src=x onerror=alert(1)>.csv")
    for page in (desk.get(flow.url(taken)), desk.get(reverse(flow.LIST))):
        assert "<img src=x" not in page.content.decode()
        assert "&lt;img src=x onerror=alert(1)&gt;.csv" in page.content.decode()
