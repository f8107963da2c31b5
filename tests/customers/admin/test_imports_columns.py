"""The screen where columns become fields: what it says, what it takes over, what it refuses without losing a choice."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.choices import BatchState
from customers.models import Customer, CustomField, ImportBatch, ImportMapping
from scrm.kit import jobs
from scrm.kit.models import JobRun
from tests.customers.admin import imports_flow as flow

pytestmark = pytest.mark.django_db
SHEET = flow.csv("姓名,手机号,肤质,暗号", "张三,13800009001,油性,甲", "李四,13800009002,干性,乙")


@pytest.fixture
def batch(desk: Client) -> ImportBatch:
    return flow.uploaded(desk, SHEET, "会员.csv")


def refused(client: Client, batch: ImportBatch, data: dict[str, Any]) -> Any:
    """The page that says no: still the columns, nothing queued, nothing made."""
    page = client.post(flow.url(batch, "columns"), data)
    batch.refresh_from_db()
    assert page.status_code == 200
    assert batch.state == BatchState.UPLOADED
    assert JobRun.objects.count() == CustomField.objects.count() == ImportMapping.objects.count() == 0
    return page


# --- what it says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (SHEET, "The header is row 1."),
        (
            flow.book(["会员登记表"], [], ["姓名", "手机号"], ["张三", "13800009001"]),
            "The header was found in row 3; the 2 rows above it are left out.",
        ),
        (
            flow.csv("张三,13800009001", "李四,13800009002", "王五,13800009003"),
            "No header was found: the columns were recognised by their content. The first row is row 1.",
        ),
    ],
)
def test_where_the_header_was_found(desk: Client, content: bytes, sentence: str) -> None:
    page = desk.get(flow.url(flow.uploaded(desk, content)))
    assert page.context["found"] == sentence


def test_each_column_with_letter_samples_and_target(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch))
    assert [
        (choice.column.letter, choice.column.header, choice.column.samples, choice.target)
        for choice in page.context["choices"]
    ] == [
        ("A", "姓名", ["张三", "李四"], "name"),
        ("B", "手机号", ["13800009001", "13800009002"], "phone"),
        ("C", "肤质", ["油性", "干性"], ""),
        ("D", "暗号", ["甲", "乙"], ""),
    ]
    assert page.context["remember_as"] == "会员"


def test_a_headerless_sheet_loses_no_row(desk: Client) -> None:
    batch = flow.imported(desk, flow.case("sheets/S05_无表头三列.xlsx"), "名单.xlsx")
    assert (batch.counters["rows"], batch.counters["created"], batch.counters["merged"]) == (40, 37, 3)


# --- what it takes over ---------------------------------------------------------------------------------------


def test_a_column_becomes_a_field_of_the_shops_own(desk: Client, batch: ImportBatch) -> None:
    done = flow.run(
        desk,
        flow.preview(
            desk, batch, target_2="new", label_2="肤质", kind_2="choice", sensitive_2="on", target_3="ignore"
        ),
    )
    field = CustomField.objects.get()
    assert (field.label, field.kind, field.sensitive, field.choices) == (
        "肤质",
        "choice",
        True,
        ["油性", "干性"],
    )
    assert done.mapping["targets"] == ["name", "phone", f"custom:{field.key}", "ignore"]
    assert list(Customer.objects.order_by("pk").values_list("custom", "legacy")) == [
        ({field.key: "油性"}, {}),
        ({field.key: "干性"}, {}),
    ]


def test_what_is_not_mapped_stays_as_text(desk: Client, batch: ImportBatch) -> None:
    flow.run(desk, flow.preview(desk, batch))
    assert Customer.objects.get(phone="13800009001").legacy == {"肤质": "油性", "暗号": "甲"}


def test_the_same_header_is_filled_in_next_time(desk: Client, batch: ImportBatch) -> None:
    flow.preview(desk, batch, target_3="note", remember_as="门店名单")
    again = flow.uploaded(desk, SHEET, "下个月.csv")
    page = desk.get(flow.url(again))
    assert [choice.target for choice in page.context["choices"]] == ["name", "phone", "", "note"]
    assert page.context["remember_as"] == page.context["remembered"] == "门店名单"


def test_another_sheet_of_the_same_file_name_gets_a_name_of_its_own(desk: Client, batch: ImportBatch) -> None:
    flow.preview(desk, batch, remember_as="会员")
    other = flow.uploaded(desk, flow.csv("姓名,电话", "王五,13800009003"), "会员.csv")
    assert desk.get(flow.url(other)).context["remember_as"] == "会员 2"
    flow.preview(desk, other, remember_as="会员 2")
    assert set(ImportMapping.objects.values_list("name", flat=True)) == {"会员", "会员 2"}


@pytest.mark.parametrize("names", [("", "会员"), ("会员", ""), ("会员", "别的名字"), ("", "")])
def test_opening_figures_count_once_however_it_is_saved(desk: Client, names: tuple[str, str]) -> None:
    """The system is what tells whose earlier spending it is; saving the columns later must not make a second one."""
    sheet = flow.csv("姓名,手机号,累计消费", "张三,13800009001,100")
    for name in names:
        batch = flow.imported(desk, sheet, remember_as=name)
    assert (batch.counters["created"], batch.counters["updated"], batch.counters["unchanged"]) == (0, 0, 1)
    assert Customer.objects.get().openings.count() == 1


def test_renaming_a_saved_mapping_counts_nothing_twice(desk: Client) -> None:
    sheet = flow.csv("姓名,手机号,累计消费", "张三,13800009001,100")
    flow.imported(desk, sheet, remember_as="会员")
    mapping = ImportMapping.objects.get()
    change = reverse("admin:customers_importmapping_change", args=[mapping.pk])
    assert desk.post(change, {"name": "老系统"}).status_code == 302
    batch = flow.imported(desk, sheet, remember_as="老系统")
    assert batch.counters["unchanged"] == 1
    assert Customer.objects.get().openings.count() == 1


def test_columns_can_be_changed_after_the_preview(desk: Client, batch: ImportBatch) -> None:
    flow.preview(desk, batch)
    assert desk.get(flow.url(batch, "columns")).context["choices"][3].target == ""
    again = flow.preview(desk, batch, target_3="tags", on_conflict="overwrite", require="phone")
    assert (again.mapping["targets"][3], again.on_conflict, again.require) == ("tags", "overwrite", "phone")
    assert again.state == BatchState.PREVIEWED


def test_columns_are_closed_once_it_runs(desk: Client, batch: ImportBatch) -> None:
    done = flow.run(desk, flow.preview(desk, batch))
    answer = desk.post(flow.url(done, "columns"), {"target_0": "note"})
    assert (answer.status_code, answer.url) == (302, flow.url(done))
    done.refresh_from_db()
    assert done.mapping["targets"][0] == "name"


# --- what it refuses ------------------------------------------------------------------------------------------


def test_nothing_that_tells_who_it_is(desk: Client, batch: ImportBatch) -> None:
    page = refused(desk, batch, flow.form_of(batch, target_0="", target_1="note", target_2="tags"))
    assert "No column says who a row is" in flow.told(page)[0]
    assert [choice.target for choice in page.context["choices"]] == ["", "note", "tags", ""]


def test_a_rule_that_asks_for_numbers_without_a_column_of_them(desk: Client, batch: ImportBatch) -> None:
    page = refused(desk, batch, flow.form_of(batch, target_1="wechat_id", require="phone"))
    assert "No column of mobile numbers was found" in flow.told(page)[0]
    assert page.context["require_now"] == "phone"


@pytest.mark.parametrize(
    "changes",
    [
        {"target_2": "custom:gone"},
        {"target_2": "salary"},
        {"require": "everything"},
        {"on_conflict": "burn"},
        {"target_2": "new", "label_2": "肤质", "kind_2": "formula"},
    ],
)
def test_what_no_form_of_ours_sends(desk: Client, batch: ImportBatch, changes: dict[str, str]) -> None:
    page = refused(desk, batch, flow.form_of(batch, **changes))
    assert len(flow.told(page)) == 1


def test_a_field_name_that_is_taken_keeps_every_choice(desk: Client, batch: ImportBatch) -> None:
    CustomField.objects.create(key="skin", label="皮肤")
    form = flow.form_of(
        batch,
        target_2="new",
        label_2="皮肤",
        kind_2="text",
        sensitive_2="on",
        target_3="tags",
        remember_as="存",
    )
    page = desk.post(flow.url(batch, "columns"), form)
    assert flow.told(page) == ["There is a field “皮肤” already. Choose it in the list, or take another name."]
    choice = page.context["choices"][2]
    assert (choice.target, choice.label, choice.kind, choice.sensitive) == ("new", "皮肤", "text", True)
    assert (page.context["choices"][3].target, page.context["remember_as"]) == ("tags", "存")
    assert CustomField.objects.count() == 1
    assert ImportMapping.objects.count() == JobRun.objects.count() == 0


def test_two_new_fields_of_one_name_make_none(desk: Client, batch: ImportBatch) -> None:
    refused(
        desk,
        batch,
        flow.form_of(
            batch,
            target_2="new",
            label_2="同名",
            kind_2="text",
            target_3="new",
            label_3="同名",
            kind_3="text",
        ),
    )


def test_a_choice_of_too_many_values(desk: Client) -> None:
    rows = [f"客{n},1380001{n:04d},值{n}" for n in range(60)]
    batch = flow.uploaded(desk, flow.csv("姓名,手机号,编码", *rows))
    page = refused(desk, batch, flow.form_of(batch, target_2="new", label_2="编码", kind_2="choice"))
    assert "more than 50 different values" in flow.told(page)[0]


def test_a_preview_that_finds_no_rows_says_so_and_leads_back(desk: Client) -> None:
    batch = flow.uploaded(desk, flow.csv("姓名,手机号", "合计,2"))
    flow.preview(desk, batch)
    page = desk.get(flow.url(batch)).content.decode()
    assert batch.state == BatchState.REFUSED
    assert 'id="refused"' in page and flow.url(batch, "columns") in page
    assert desk.get(flow.url(batch, "columns")).status_code == 200


def test_a_forgotten_file_is_said(desk: Client, batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(path="", layout={**batch.layout, "samples": []})
    page = desk.get(flow.url(batch))
    assert "Upload it again" in page.content.decode()
    assert desk.get(flow.url(batch, "columns")).status_code == 302


# --- how much it takes ----------------------------------------------------------------------------------------


def test_five_hundred_columns_become_fields_in_one_form(desk: Client) -> None:
    headers = ["姓名", "手机号", *(f"列{n}" for n in range(498))]
    batch = flow.uploaded(desk, flow.csv(",".join(headers), ",".join(["张三", "13800009001", *("x" * 498)])))
    form = flow.form_of(batch)
    for n in range(2, 500):
        form |= {f"label_{n}": f"列{n}", f"kind_{n}": "text", f"sensitive_{n}": "on"}
    assert desk.post(flow.url(batch, "columns"), form).status_code == 302
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEWED


def test_the_page_asks_few_queries(desk: Client, batch: ImportBatch, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(8):
        desk.get(flow.url(batch))
    wide = flow.uploaded(
        desk, flow.csv(",".join(["姓名", "手机号", *(f"列{n}" for n in range(60))]), "张三,13800009001")
    )
    with django_assert_num_queries(8):
        desk.get(flow.url(wide))


def test_what_is_no_list_of_customers_is_said_to_be_none(desk: Client) -> None:
    letter = flow.csv("尊敬的各位同事：", "本周五下午三点开会，请准时参加。", "谢谢大家的配合！")
    lines = flow.csv("亲爱的王女士", "感谢光临", "下周有活动", "欢迎再来", "门店敬上")
    in_columns = flow.csv("亲爱的顾客,您好", "感谢您,一直以来的支持,本店将搬迁", "欢迎光临,我们准备了礼品", "此致,敬礼", "锦绣商贸,2026年")
    minutes = flow.csv("标题;内容", "搬迁通知;我们下周搬迁", "放假通知;国庆放假七天")
    for text in (letter, lines, in_columns, minutes):
        page = desk.get(flow.url(flow.uploaded(desk, text, "通知.txt")))
        assert (page.context["nobody"], 'id="nobody"' in page.content.decode()) == (True, True)
    for rows in (("姓名,手机号", "张三,13800009001"), ("张三,13800009001", "李四,13800009002"), ("姓名,备注", "张三,老客户")):
        page = desk.get(flow.url(flow.uploaded(desk, flow.csv(*rows))))
        assert (page.context["nobody"], 'id="nobody"' in page.content.decode()) == (False, False)


# --- what not everybody may read ------------------------------------------------------------------------------

PRIVATE = flow.csv("姓名,手机号,身份证号,过敏史,暗号", "张三,13800009001,33010619900101123X,青霉素,甲")


@pytest.fixture
def private(desk: Client) -> ImportBatch:
    return flow.uploaded(desk, PRIVATE, "会员.csv")


def boxes(page: Any) -> dict[str, tuple[bool, bool]]:
    """{column: (ticked, cannot be unticked)} of the boxes on the screen."""
    found = re.findall(r'name="sensitive_(\d)"[^>]*?class="[^"]*"([^>]*)>', page.content.decode())
    return {"ABCDE"[int(index)]: ("checked" in rest, "disabled" in rest) for index, rest in found}


def test_boxes_begin_as_the_headers_say(desk: Client, private: ImportBatch) -> None:
    page = desk.get(flow.url(private))
    assert boxes(page) == {
        "A": (False, False), "B": (False, False), "C": (True, True), "D": (True, False), "E": (False, False),
    }  # fmt: skip
    assert [choice.target for choice in page.context["choices"]][2] == "ignore"


def test_an_id_card_is_sensitive_whatever_was_ticked(desk: Client, private: ImportBatch) -> None:
    made = {f"{part}_{n}": value for n, label in ((2, "证号"), (3, "过敏史")) for part, value in (("target", "new"), ("label", label))}
    flow.run(desk, flow.preview(desk, private, **made))
    fields = CustomField.objects.in_bulk(field_name="label")
    assert {label: field.sensitive for label, field in fields.items()} == {"证号": True, "过敏史": False}
    assert Customer.objects.get().custom == {fields["证号"].key: "33010619900101123X", fields["过敏史"].key: "青霉素"}


@pytest.mark.parametrize("target", ["", "note", "custom:open"])
def test_an_id_card_becomes_nothing_that_everybody_reads(desk: Client, private: ImportBatch, target: str) -> None:
    CustomField.objects.create(key="open", label="编码")
    page = desk.post(flow.url(private, "columns"), flow.form_of(private, target_2=target))
    assert "“身份证号” holds ID-card numbers: leave it out, or make a sensitive field of it." in page.content.decode()
    private.refresh_from_db()
    assert (private.state, JobRun.objects.count()) == (BatchState.UPLOADED, 0)


def test_a_sensitive_field_that_is_there_takes_id_cards(desk: Client, private: ImportBatch) -> None:
    CustomField.objects.create(key="card", label="证件", sensitive=True)
    flow.run(desk, flow.preview(desk, private, target_2="custom:card"))
    assert Customer.objects.get().custom == {"card": "33010619900101123X"}


def test_columns_saved_before_leave_id_cards_out(desk: Client, private: ImportBatch) -> None:
    """Remembered as text, in a version that let it be."""
    flow.preview(desk, private, remember_as="会员")
    saved = ImportMapping.objects.get()
    saved.columns["身份证号"] = None
    saved.save()
    again = flow.uploaded(desk, PRIVATE, "会员.csv")
    assert again.mapping["targets"] == ["name", "phone", "ignore", None, None]
