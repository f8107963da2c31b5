"""An upload on its way: remarks on the file at every step, in the reader's language; and an upload given up."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as house
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from customers.choices import BatchState
from customers.models import Customer, CustomField, ImportBatch, ImportMapping
from customers.services.importing import forgetting
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers.admin import imports_flow as flow
from tests.factories.customers import identify, make_batch, make_customer

pytestmark = pytest.mark.django_db
ROWS = [["姓名", "手机号"], ["张三", "13800009001"], ["李四", "12345"]]


def with_hidden_sheet() -> bytes:
    made = load_workbook(BytesIO(flow.book(sheets={"会员": ROWS, "旧表": ROWS})))
    made["旧表"].sheet_state = "hidden"
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def kept_files() -> list[str]:
    return [path.name for path in Path(house.PRIVATE_DIR).rglob("*") if path.is_file()]


def test_a_remark_on_the_file_stands_on_every_step(desk: Client) -> None:
    batch = flow.uploaded(desk, with_hidden_sheet(), "会员.xlsx")
    sentence = "Hidden sheets were not read: 旧表."
    assert desk.get(flow.url(batch)).context["notes"] == [sentence]
    batch = flow.preview(desk, batch)
    assert desk.get(flow.url(batch)).context["notes"] == [sentence]
    batch = flow.run(desk, batch)
    page = desk.get(flow.url(batch))
    assert page.context["notes"] == [sentence]
    assert f"<li>{sentence}</li>" in page.content.decode()
    ImportBatch.objects.update(created_at="2020-01-01T00:00:00Z")
    assert forgetting.forget_uploads() == 1
    assert desk.get(flow.url(batch)).context["notes"] == [sentence]


def test_a_file_without_oddities_has_no_remarks(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.book(*ROWS), "会员.xlsx")
    assert 'id="notes"' not in desk.get(flow.url(batch)).content.decode()


def test_that_there_is_no_header_is_said_once(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.csv("张三,13800009001", "李四,13800009002", "王五,13800009003"))
    assert batch.preview["notes"] == [{"code": "layout.no_header"}]
    assert desk.get(flow.url(batch)).context["notes"] == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "手机号 (B3): “12345” is no mobile number"),
        ("zh-hans", "手机号（B3）：“12345”不是手机号"),
    ],
)
def test_reasons_of_a_preview_are_in_the_language_of_who_reads_them(
    desk: Client, language: str, sentence: str
) -> None:
    other = {"en": "zh-hans", "zh-hans": "en"}[language]
    with translation.override(other):
        batch = flow.preview(desk, flow.uploaded(desk, flow.book(*ROWS), "会员.xlsx"))
    desk.cookies[house.LANGUAGE_COOKIE_NAME] = language
    assert desk.get(flow.url(batch)).context["problems"] == [{"row": 3, "bad": True, "reason": sentence}]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Several sheets look like customers: 一月、二月. Choose one."),
        ("zh-hans", "有几张工作表都像客户表：一月、二月。请选一张。"),
    ],
)
def test_why_a_sheet_must_be_chosen_is_too(desk: Client, language: str, sentence: str) -> None:
    batch = flow.uploaded(desk, flow.book(sheets={"一月": ROWS, "二月": ROWS}), "会员.xlsx")
    desk.cookies[house.LANGUAGE_COOKIE_NAME] = language
    assert desk.get(flow.url(batch)).context["why"] == sentence


# --- given up -------------------------------------------------------------------------------------------------


def discard(client: Client, batch: ImportBatch) -> list[str]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return flow.told(client.post(flow.url(batch, "discard"), follow=True))


def test_an_upload_before_its_columns_are_settled_is_discarded(desk: Client, operator: Employee) -> None:
    batch = flow.uploaded(desk, flow.book(*ROWS), "错的.xlsx")
    assert 'id="discard"' in desk.get(flow.url(batch)).content.decode()
    assert len(kept_files()) == 1
    assert discard(desk, batch) == ["“错的.xlsx” was discarded; nothing of it was taken in."]
    batch.refresh_from_db()
    assert (batch.state, batch.path, kept_files()) == (BatchState.CANCELLED, "", [])
    entry = AuditEntry.objects.get(action="import.discarded")
    assert (entry.actor, Customer.objects.count()) == (operator, 0)
    page = desk.get(flow.url(batch)).content.decode()
    assert 'id="ended"' in page and "The uploaded file is no longer kept. Upload it again." in page


def test_a_previewed_upload_and_one_that_waits_for_its_sheet_are_discarded(desk: Client) -> None:
    previewed = flow.preview(desk, flow.uploaded(desk, flow.book(*ROWS)))
    waiting = flow.uploaded(desk, flow.book(sheets={"一月": ROWS, "二月": ROWS}))
    for batch in (previewed, waiting):
        assert 'id="discard"' in desk.get(flow.url(batch)).content.decode()
        discard(desk, batch)
        batch.refresh_from_db()
        assert batch.state == BatchState.CANCELLED
    assert kept_files() == []


@pytest.mark.parametrize(
    "state", [BatchState.PREVIEWING, BatchState.QUEUED, BatchState.RUNNING, BatchState.DONE, BatchState.CANCELLED]
)
def test_what_runs_or_has_run_is_not_discarded(desk: Client, state: BatchState) -> None:
    batch = make_batch(state=state, path="imports/x")
    assert discard(desk, batch) == ["The import has moved on meanwhile. Look at its page again."]
    batch.refresh_from_db()
    assert (batch.state, batch.path) == (state, "imports/x")


def test_a_run_that_was_refused_after_it_started_keeps_its_file(desk: Client) -> None:
    batch = make_batch(state=BatchState.REFUSED, path="imports/x", started_at="2026-01-01T00:00:00Z")
    discard(desk, batch)
    batch.refresh_from_db()
    assert (batch.state, batch.path) == (BatchState.REFUSED, "imports/x")


def test_only_who_may_import_may_discard(desk: Client, client: Client, manager: Employee) -> None:
    batch = flow.uploaded(desk, flow.book(*ROWS))
    client.force_login(manager)
    assert client.post(flow.url(batch, "discard")).status_code == 403
    assert client.get(reverse(flow.LIST)).status_code == 403
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_many_unknown_names_are_shown_by_their_rows_and_the_rest_counted(desk: Client) -> None:
    lines = [f"客{n},139{n:08d},顾问{n % 40}" for n in range(60)]
    batch = flow.imported(desk, flow.csv("姓名,手机号,归属顾问", *lines))
    page = desk.get(flow.url(batch))
    assert [len(page.context["unknown"]), page.context["more_unknown"]] == [30, 10]
    assert [name.rows for name in page.context["unknown"]][:21] == [2] * 20 + [1]
    assert "and 10 more names that fewer rows write" in page.content.decode()


def test_the_very_file_once_more_is_said_before_it_runs(desk: Client) -> None:
    content = flow.book(*ROWS)
    first = flow.imported(desk, content, "会员.xlsx")
    again = flow.uploaded(desk, content, "会员.xlsx")
    [note] = desk.get(flow.url(again)).context["notes"]
    assert note.startswith("This very file was imported before, on ") and note.endswith(f"(#{first.pk} 会员.xlsx).")
    again = flow.preview(desk, again)
    assert len(desk.get(flow.url(again)).context["notes"]) == 1
    assert desk.get(flow.url(flow.run(desk, again))).context["notes"] == []
    ImportBatch.objects.filter(pk__in=[first.pk, again.pk]).update(state=BatchState.UNDONE)
    assert desk.get(flow.url(flow.uploaded(desk, content, "会员.xlsx"))).context["notes"] == []


def test_the_button_says_how_many_rows_come_in(desk: Client) -> None:
    batch = flow.preview(desk, flow.uploaded(desk, flow.book(*ROWS), "会员.xlsx"))
    page = desk.get(flow.url(batch))
    assert (page.context["taken"], page.context["preview"]["rows"]) == (1, 2)
    assert "Import 1 row" in page.content.decode()


def test_the_sheet_that_says_two_people_are_one_names_both(desk: Client) -> None:
    one, other = make_customer("王丽娟", "13800009101"), make_customer("", "13800009102")
    identify(other, "wechat_id", "lisa_88")
    batch = flow.imported(desk, flow.csv("姓名,手机号,微信号", "王丽娟,13800009101,lisa_88"))
    page = desk.get(flow.url(batch))
    assert page.context["pairs"] == [{"people": [one, other], "evidence": "WeChat ID lisa_88"}]
    text = page.content.decode().split('id="pairs"')[1].split("</ul>")[0]
    assert "王丽娟 138****9101" in text and "(no name) 138****9102" in text


def test_an_import_that_stopped_says_what_it_did_not_reach(desk: Client) -> None:
    counters = {"rows": 3000, "created": 1000, "rejected": 1, "skipped": 1}
    batch = make_batch(state=BatchState.CANCELLED, counters=counters, started_at="2026-01-01T00:00:00Z", cursor=1001)
    assert "; 1,999 rows not reached" in desk.get(flow.url(batch)).content.decode()
    assert "; 1,999 rows not reached" in desk.get(reverse(flow.LIST)).content.decode()


def test_names_are_kept_with_one_button(desk: Client) -> None:
    for n in (1, 2):
        make_customer(f"王{n}", f"1380000910{n}")
    lines = [f"李{n},1380000910{n}" for n in (1, 2)]
    batch = flow.imported(desk, flow.csv("姓名,手机号", *lines))
    assert 'id="keep-all"' in desk.get(flow.url(batch)).content.decode()
    answer = desk.post(flow.url(batch, "name"), {"keep_all": "1"}, follow=True)
    assert flow.told(answer) == ["2 names were kept as they are here."]
    assert 'id="names"' not in answer.content.decode()
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["王1", "王2"]


def test_fields_made_for_an_upload_go_with_it(desk: Client, operator: Employee) -> None:
    batch = flow.uploaded(desk, flow.csv("姓名,手机号,险种", "张三,13800009001,重疾"))
    made = {"target_2": "new", "label_2": "险种", "kind_2": "text"}
    batch = flow.preview(desk, batch, **made)
    field = CustomField.objects.get()
    assert batch.mapping == {"targets": ["name", "phone", f"custom:{field.key}"], "made": [field.key]}
    discard(desk, batch)
    assert CustomField.objects.count() == 0
    entry = AuditEntry.objects.get(action="field.dropped")
    assert (entry.actor, entry.object_id) == (operator, str(field.pk))


def test_a_field_that_the_second_choice_of_columns_leaves_out_goes(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.csv("姓名,手机号,险种", "张三,13800009001,重疾"))
    batch = flow.preview(desk, batch, target_2="new", label_2="险种", kind_2="text")
    batch = flow.preview(desk, batch)
    assert [field.label for field in CustomField.objects.all()] == ["险种"]
    batch = flow.preview(desk, batch, target_2="note")
    assert (CustomField.objects.count(), batch.mapping) == (0, {"targets": ["name", "phone", "note"], "made": []})


def test_a_field_that_an_earlier_import_filled_stays(desk: Client) -> None:
    content = flow.csv("姓名,手机号,险种", "张三,13800009001,重疾")
    flow.imported(desk, content, target_2="new", label_2="险种", kind_2="text", remember_as="老表")
    again = flow.preview(desk, flow.uploaded(desk, content))
    assert again.mapping["targets"][2] == f"custom:{CustomField.objects.get().key}"
    discard(desk, again)
    assert Customer.objects.get().custom == {CustomField.objects.get().key: "重疾"}


def test_a_discarded_upload_stands_at_no_step(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.book(*ROWS))
    discard(desk, batch)
    page = desk.get(flow.url(batch))
    assert (page.context["steps"], 'class="imp-steps"' in page.content.decode()) == ([], False)


def test_choosing_no_sheet_says_so(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.book(sheets={"一月": ROWS, "二月": ROWS}))
    page = desk.post(flow.url(batch, "sheet"), follow=True)
    assert flow.told(page) == ["Choose a sheet first."]


MADE = {"target_2": "new", "label_2": "险种", "kind_2": "text"}


def test_a_field_that_another_upload_means_to_fill_stays(desk: Client) -> None:
    content = flow.csv("姓名,手机号,险种", "张三,13800009001,重疾")
    first = flow.preview(desk, flow.uploaded(desk, content), **MADE, remember_as="老表")
    second = flow.preview(desk, flow.uploaded(desk, content))
    key = CustomField.objects.get().key
    assert second.mapping["targets"][2] == f"custom:{key}"
    discard(desk, first)
    flow.run(desk, second)
    assert Customer.objects.get().custom == {key: "重疾"}


def test_an_upload_that_was_discarded_means_to_fill_nothing(desk: Client) -> None:
    """The same sheet twice, both given up: the field of the first goes with it."""
    content = flow.csv("姓名,手机号,险种", "张三,13800009001,重疾")
    first = flow.preview(desk, flow.uploaded(desk, content), **MADE, remember_as="老表")
    second = flow.preview(desk, flow.uploaded(desk, content))
    discard(desk, second)
    assert CustomField.objects.count() == 1
    discard(desk, first)
    assert CustomField.objects.count() == 0


@pytest.mark.parametrize("when", ["columns", "preview"])
def test_a_field_that_went_away_meanwhile_leaves_its_column_as_text(desk: Client, when: str) -> None:
    content = flow.csv("姓名,手机号,险种", "张三,13800009001,重疾")
    batch = flow.preview(desk, flow.uploaded(desk, content), **MADE)
    CustomField.objects.update(is_active=False)
    if when == "columns":
        page = desk.get(flow.url(batch, "columns"))
        assert [choice.target for choice in page.context["choices"]] == ["name", "phone", ""]
        batch = flow.preview(desk, batch)
    flow.run(desk, batch)
    one = Customer.objects.get()
    assert (one.custom, one.legacy) == ({}, {"险种": "重疾"})


def test_a_mapping_of_a_sheet_without_header_is_saved_by_letters(desk: Client) -> None:
    content = flow.csv("张三,13800009001,杭州", "李四,13800009002,宁波", "王五,13800009003,杭州")
    flow.imported(desk, content, target_2="city", remember_as="无表头")
    assert ImportMapping.objects.get().columns == {"A": "name", "B": "phone", "C": "city"}
    again = flow.uploaded(desk, flow.csv("赵六,13800009004,绍兴", "孙七,13800009005,绍兴", "周八,13800009006,绍兴"))
    assert (again.mapping_name, again.mapping["targets"]) == ("无表头", ["name", "phone", "city"])
