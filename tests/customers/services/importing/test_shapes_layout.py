"""Sheets as people draw them: where the table stands, and what in it is no person."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    by_phone,
    figures,
    last_batch,
    names_and_phones,
    outcomes,
    phones_of,
    rejected,
    run,
)

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))


def test_a_header_in_row_12_below_a_letterhead_and_a_block_of_filters(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["XX美业连锁  会员资料导出"],
        ["导出时间：2024-12-31 18:00:00", None, None, "导出人：admin"],
        [],
        ["查询条件"],
        ["门店", "全部", "会员等级", "全部"],
        ["标签", "全部", "来源", "全部"],
        ["注册时间", "2020-01-01", "至", "2024-12-31"],
        [],
        ["说明：本表含个人信息，请勿外传。"],
        [],
        ["共 2 条记录"],
        ["姓名", "手机号", "会员等级"],
        ["张三", A, "金卡"],
        ["李四", B, "银卡"],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--require", "name")
    assert (answer["sheet"], figures(answer), answer["skipped"]) == ("Sheet1", (2, 0, 0, 0, 0), 12)
    assert names_and_phones() == [("张三", A), ("李四", B)]


def test_line_breaks_and_wide_spaces_inside_headers(tmp_path: Path) -> None:
    rows = [["姓\u3000\u3000名", "手机\n号码", "会员\r\n等级", "累计消费\n（元）"], ["张三", A, "金卡", 12.5]]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert names_and_phones() == [("张三", A)]
    opening = by_phone(A).openings.get()
    assert (opening.level, opening.spend_fen) == ("金卡", 1250)


def test_an_empty_first_column_and_an_empty_first_row(tmp_path: Path) -> None:
    rows = [[], [None, "姓名", "手机号"], [None, "张三", A], [None, None, None], [None, "李四", B]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), outcomes()) == ((2, 0, 0, 0, 0), {3: "created", 5: "created"})


def test_totals_at_the_top_subtotals_in_the_middle_notes_between(tmp_path: Path) -> None:
    rows = [
        ["会员卡号", "姓名", "手机号", "累计消费"],
        ["合计", None, "共4人", 1000],
        ["一店小计", None, None, 300],
        ["K001", "张三", A, 100],
        ["K002", "李四", B, 200],
        ["二店小计：", None, None, 700],
        ["以下为二店老客户"],
        ["会员卡号", "姓名", "手机号", "累计消费"],
        ["K003", "王五", C, 300],
        ["K004", "赵六", D, 400],
        ["本页合计", None, None, 700],
        ["总计（元）", None, None, 1000],
        ["注：以系统为准，截至2024年12月31日"],
        ["第1页 共1页"],
        ["制表：小王", None, "审核：店长"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), rejected(answer), answer["skipped"]) == ((4, 0, 0, 0, 0), [], 11)
    assert names_and_phones() == [("张三", A), ("李四", B), ("王五", C), ("赵六", D)]
    assert run(tmp_path / "a.xlsx", "--require", "name")["created"] == 0


def test_words_in_a_card_column_are_no_card_numbers(tmp_path: Path) -> None:
    rows = [
        ["会员卡号", "姓名", "备注"],
        ["会员卡号", "姓名", "备注"],
        ["小计"],
        ["必填", "选填", "选填"],
        ["合计", "2人"],
        ["金0001", "张三"],
        ["京A12345"],
    ]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), outcomes()) == ((2, 0, 0, 0, 0), {6: "created", 7: "created"})


def test_group_words_above_with_and_without_merges(tmp_path: Path) -> None:
    rows = [
        ["基本信息", None, None, "推荐人", None, "紧急联系人", None],
        ["姓名", "手机号", "生日", "姓名", "电话", "姓名", "电话"],
        ["张三", A, "1990-05-01", "李四", B, "王五", C],
    ]
    for path in (
        sheets.xlsx(tmp_path / "merged.xlsx", rows, merge=["A1:C1", "D1:E1", "F1:G1"]),
        sheets.csv_file(tmp_path / "plain.csv", rows),
    ):
        Customer.everyone.all().delete()
        answer = run(path)
        assert figures(answer) == (1, 0, 0, 0, 0)
        person = Customer.objects.get()
        assert (person.name, phones_of(person)) == ("张三", [A])
        assert {"推荐人电话": B, "紧急联系人电话": C}.items() <= person.legacy.items()


def test_a_second_header_row_below_with_vertical_merges(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "消费", None, "备注"],
        [None, None, "累计消费", "消费次数", None],
        ["张三", A, 300, 3, "好"],
    ]
    merge = ["A1:A2", "B1:B2", "C1:D1", "E1:E2"]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=merge))
    opening = by_phone(A).openings.get()
    assert (opening.spend_fen, opening.orders, by_phone(A).note) == (30_000, 3, "好")


def test_months_as_headers(tmp_path: Path) -> None:
    """Days and numbers in the header row are columns that nobody knows; they are kept."""
    rows = [
        ["姓名", "手机号", datetime(2024, 1, 1), "2024-02", 3, "积分(截至20241231)"],
        ["张三", A, 5, 6, 7, 80],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    person = Customer.objects.get()
    assert (figures(answer), person.name, person.phone) == ((1, 0, 0, 0, 0), "张三", A)
    assert person.legacy == {"2024-01-01": "5", "2024-02": "6", "3": "7", "积分(截至20241231)": 80}


def test_three_hundred_columns(tmp_path: Path) -> None:
    header = ["姓名", "手机号", *(f"答题{n}" for n in range(298))]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", [header, ["张三", A, *(f"v{n}" for n in range(298))]]))
    assert (figures(answer), len(Customer.objects.get().legacy)) == ((1, 0, 0, 0, 0), 298)


def test_hidden_columns_rows_and_a_filter_hide_nobody(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "备注"], ["张三", A, "x"], ["李四", B, "y"], ["王五", C, "z"]]
    path = sheets.xlsx(
        tmp_path / "a.xlsx", rows, hidden_rows=[3], hidden_columns=["B"], filter_over="A1:C4"
    )  # fmt: skip
    assert figures(run(path)) == (3, 0, 0, 0, 0)
    assert names_and_phones() == [("张三", A), ("李四", B), ("王五", C)]


def test_a_dictionary_beside_the_customers(tmp_path: Path) -> None:
    book = {
        "客户": [["姓名", "手机号"], ["张三", A]],
        "字典": [["会员等级", "折扣"], ["金卡", 0.8], ["银卡", 0.9]],
        "说明": [["1. 手机号必填"], ["2. 姓名选填"]],
    }
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", book))
    assert (answer["sheet"], figures(answer)) == ("客户", (1, 0, 0, 0, 0))


def test_employees_beside_customers_are_asked_about(tmp_path: Path) -> None:
    book = {
        "员工": [["姓名", "手机号", "岗位"], ["小王", E, "美容师"]],
        "客户": [["姓名", "手机号"], ["张三", A]],
    }
    path = sheets.xlsx(tmp_path / "a.xlsx", book)
    answer = run(path)
    assert "员工" in answer["refused"] and "客户" in answer["refused"]
    assert Customer.objects.count() == 0
    assert figures(run(path, "--sheet", "客户")) == (1, 0, 0, 0, 0)
    assert names_and_phones() == [("张三", A)]


def test_hidden_sheets_do_not_count(tmp_path: Path) -> None:
    book = {
        "会员": [["姓名", "手机号"], ["张三", A]],
        "旧": [["姓名", "手机号"], ["李四", B]],
        "更旧": [["姓名", "手机号"], ["王五", C]],
    }
    path = sheets.xlsx(tmp_path / "a.xlsx", book, hidden=["旧"], very_hidden=["更旧"])
    assert (figures(run(path)), names_and_phones()) == ((1, 0, 0, 0, 0), [("张三", A)])
    assert run(path, "--sheet", "旧")["refused"]


def test_no_header_names_numbers_companies(tmp_path: Path) -> None:
    rows = [["张三", A, "甲有限公司"], ["李四", B, "乙商行"], ["王小五", C, "丙超市"]]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert figures(answer) == (3, 0, 0, 0, 0)
    assert [(p.name, p.company) for p in Customer.objects.order_by("pk")] == [
        ("张三", "甲有限公司"), ("李四", "乙商行"), ("王小五", "丙超市"),
    ]  # fmt: skip


def test_no_header_below_a_title(tmp_path: Path) -> None:
    rows = [["老客户电话"], [], ["张三", A], ["李四", B]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), outcomes()) == ((2, 0, 0, 0, 0), {3: "created", 4: "created"})


def test_numbers_alone(tmp_path: Path) -> None:
    assert figures(run(sheets.csv_file(tmp_path / "a.csv", [[A], [B], [C]]))) == (3, 0, 0, 0, 0)
    assert figures(run(sheets.csv_file(tmp_path / "b.csv", [["手机号"], [D]]))) == (1, 0, 0, 0, 0)


def test_the_phone_column_lost_its_header(tmp_path: Path) -> None:
    rows = [["姓名", None, "地址"], ["张三", A, "一路"], ["李四", B, "二路"]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), names_and_phones()) == ((2, 0, 0, 0, 0), [("张三", A), ("李四", B)])


def test_two_tables_side_by_side_are_not_taken_for_one(tmp_path: Path) -> None:
    """Else the person on the right would become a second number of the person on the left."""
    rows = [
        ["姓名", "电话", None, "姓名", "电话"],
        ["张三", A, None, "李四", B],
        ["王五", C, None, "赵六", D],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert answer["refused"] and "D" in answer["refused"]
    assert Customer.objects.count() == 0


def test_repeated_page_headers_and_page_titles(tmp_path: Path) -> None:
    page = [["会员名册"], ["序号", "姓名", "手机号"]]
    rows = [*page, [1, "张三", A], [2, "李四", B], *page, [3, "王五", C], *page, [4, "赵六", D]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A1:C1", "A5:C5", "A8:C8"]))
    assert (figures(answer), answer["skipped"]) == ((4, 0, 0, 0, 0), 6)


def test_numbers_filled_down_in_advance_are_nobody(tmp_path: Path) -> None:
    rows = [["序号", "姓名", "手机号"], [1, "张三", A], *([n, None, None] for n in range(2, 200))]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["skipped"]) == ((1, 0, 0, 0, 0), 199)


def test_the_store_merged_down_beside_its_customers_is_said_of_each(tmp_path: Path) -> None:
    rows = [
        ["渠道", "姓名", "手机号"],
        ["抖音", "张三", A],
        [None, "李四", B],
        [None, "王五", C],
        ["门店自然", "赵六", D],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A2:A4"]))
    assert [p.source.name if p.source else "" for p in Customer.objects.order_by("pk")] == [
        "抖音", "抖音", "抖音", "门店自然",
    ]  # fmt: skip


def test_a_person_merged_over_several_purchases_is_one(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "购买商品"],
        ["张三", A, "洗面奶"],
        [None, None, "精华"],
        [None, None, "面膜"],
        ["李四", B, "面膜"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A2:A4", "B2:B4"]), "--require", "name")
    assert (figures(answer), answer["skipped"]) == ((2, 0, 0, 0, 0), 3)


def test_a_couple_under_one_merged_name_keeps_both_numbers_as_people(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], ["张三夫妇", A], [None, B]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A2:A3"]))
    assert (figures(answer), names_and_phones()) == ((2, 0, 0, 0, 0), [("张三夫妇", A), ("", B)])


def test_section_headings_between_people_are_notes(tmp_path: Path) -> None:
    rows = [["序号", "姓名", "手机号"], ["A组"], [1, "张三", A], ["B组"], [2, "李四", B], ["以下空白"]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--require", "name")
    assert (figures(answer), answer["skipped"]) == ((2, 0, 0, 0, 0), 4)


@pytest.mark.parametrize("marker", ["必填", "（必填）", "必填项", "*必填", "Required"])
def test_a_template_marks_its_columns_and_gives_an_example(tmp_path: Path, marker: str) -> None:
    rows = [
        ["姓名", "手机号", "性别", "备注"],
        ["示例", A, "女", "示例"],
        [marker, marker, marker, "选填"],
        ["李四", B, "女", None],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["skipped"], answer["warnings"]) == ((2, 0, 0, 0, 0), 2, 1)
    assert last_batch().rows.get(number=2).warnings == [{"code": "row.sample"}]


def test_values_right_of_everything_the_head_shows_are_kept(tmp_path: Path) -> None:
    """Somebody wrote beside row 80, in columns without header that are empty above."""
    rows: list[list[Any]] = [["姓名", "手机号"], *([f"客{n}", f"138{n:08d}"] for n in range(90))]
    rows[80] += ["", "老板的朋友", "送过礼"]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    assert figures(run(path)) == (90, 0, 0, 0, 0)
    assert by_phone("13800000079").legacy == {"D": "老板的朋友", "E": "送过礼"}
    assert figures(run(path)) == (0, 0, 90, 0, 0)


def test_a_group_word_that_is_a_field_loses_no_column(tmp_path: Path) -> None:
    rows = [
        ["姓名", "联系方式", None, "生日"],
        [None, "手机", "微信", None],
        ["张三", A, "zs_001", "1990-05-01"],
        ["李四", B, None, None],
    ]
    for path in (
        sheets.xlsx(tmp_path / "merged.xlsx", rows, merge=["A1:A2", "B1:C1", "D1:D2"]),
        sheets.csv_file(tmp_path / "plain.csv", rows),
    ):
        Customer.everyone.all().delete()
        answer = run(path, "--require", "name")
        assert (figures(answer), answer["skipped"]) == ((2, 0, 0, 0, 0), 2)
        assert by_phone(A).identities.get(kind="wechat_id").value == "zs_001"
        assert by_phone(A).legacy == {}


def test_the_keys_of_the_fields_are_nobody(tmp_path: Path) -> None:
    header, keys = ["姓名", "电话", "微信", "生日"], ["name", "phone", "wechat", "birthday"]
    person = ["张三", A, "zs_001", "1990-05-01"]
    for path in (
        sheets.xlsx(tmp_path / "below.xlsx", [header, keys, person]),
        sheets.xlsx(tmp_path / "above.xlsx", [keys, header, person]),
    ):
        Customer.everyone.all().delete()
        answer = run(path)
        assert (figures(answer), answer["skipped"]) == ((1, 0, 0, 0, 0), 2)
        assert names_and_phones() == [("张三", A)]


def test_totals_and_notes_under_the_name_column(tmp_path: Path) -> None:
    rows = [
        ["会员登记表"],
        ["姓名", "手机", "身高", "累计消费"],
        ["(cm)", None, "(cm)", "(元)"],
        ["张三", A, 165, 100],
        ["二店", "小计", None, 100],
        ["会员登记表"],
        ["李四", B, 170, 200],
        ["5月", "小计", None, 200],
        ["合计2人", None, None, 300],
        ["平均每人", None, None, 150],
        ["人数：2"],
        ["填表日期", "2024-12-31"],
        ["打印人：admin"],
        ["客服电话：400-800-1234"],
        ["如有疑问请联系店长"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--require", "name")
    assert (figures(answer), answer["skipped"]) == ((2, 0, 0, 0, 0), 13)
    assert names_and_phones() == [("张三", A), ("李四", B)]


def test_a_total_behind_the_row_number_is_nobody_a_number_beside_it_is(tmp_path: Path) -> None:
    rows = [
        ["序号", "姓名", "手机", "累计消费"],
        [1, "张三", A, 100],
        [2, "合计", B, 200],
        [3, "合计", None, 300],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--require", "name")
    assert (figures(answer), answer["skipped"]) == ((2, 0, 0, 0, 0), 2)
    assert names_and_phones() == [("张三", A), ("合计", B)]


def test_a_sheet_of_statistics_beside_the_customers(tmp_path: Path) -> None:
    book = {
        "会员": [["姓名", "手机号"], ["张三", A]],
        "统计": [["门店", "客户数", "会员"], ["一店", 35, 20], ["二店", 120, 60]],
    }
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", book))
    assert (answer["sheet"], figures(answer)) == ("会员", (1, 0, 0, 0, 0))


def test_a_report_with_groups_comes_back_unchanged(tmp_path: Path) -> None:
    rows = [
        ["客户", "联系人", None, "推荐人", None],
        ["客户名称", "姓名", "手机", "姓名", "电话"],
        ["甲公司", "张三", A, "李四", B],
        ["乙公司", "王五", "123", None, None],
    ]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["B1:C1", "D1:E1"])
    report = tmp_path / "report.xlsx"
    answer = run(path, "--system", "x", "--report", str(report))
    assert figures(answer) == (1, 0, 0, 0, 1)
    again = run(report, "--system", "x")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert by_phone(A).legacy == {"推荐人姓名": "李四", "推荐人电话": B}
