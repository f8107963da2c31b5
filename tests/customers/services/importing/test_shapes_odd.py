"""What programs and people do to files: line ends, calendars, sizes, kinds of cells nobody expects."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from customers.birthdays import Birthday
from customers.models import Channel, Customer, CustomerTag, Tag
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    by_phone,
    figures,
    last_batch,
    names_and_phones,
    phones_of,
    rejected,
    run,
    tags_of,
    warnings,
)

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))
LINES = ["姓名,手机号,备注", f"张三,{A},x", f"李四,{B},"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\r\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_line_ends_and_encodings(tmp_path: Path, end: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    for text in (end.join(LINES), end.join(LINES) + end * 3):
        path.write_bytes(text.encode(encoding))
        answer = run(path)
        assert answer["created"] + answer["unchanged"] == 2
    assert names_and_phones() == [("张三", A), ("李四", B)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xls", "a.xlsx", "a", "a.CSV"])
def test_the_content_decides_not_the_ending(tmp_path: Path, delimiter: str, name: str) -> None:
    path = tmp_path / name
    path.write_text("\n".join(line.replace(",", delimiter) for line in LINES), encoding="utf-8")
    assert figures(run(path)) == (2, 0, 0, 0, 0)


def test_workbooks_under_other_names(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], ["张三", A]]
    book = sheets.xlsx(tmp_path / "a.xlsx", rows)
    for name in ("b.csv", "b.xls", "b"):
        (tmp_path / name).write_bytes(book.read_bytes())
        answer = run(tmp_path / name)
        assert answer["refused"] is None and answer["customers_total"] == 1
    old = sheets.xls(tmp_path / "old.xlsx", rows)
    assert figures(run(old)) == (0, 0, 1, 0, 0)


def test_the_calendar_of_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "手机号", "生日"])
    sheet.append(["张三", A, datetime(1990, 5, 1)])
    book.save(tmp_path / "a.xlsx")
    run(tmp_path / "a.xlsx")
    assert by_phone(A).birthday == Birthday(1990, 5, 1)


def test_quotes_gone_astray_lose_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f'姓名,手机号,备注\n张三,{A},他说"好"\n李四,{B},"没关\n王五,{C},x\n"赵""六",{D},"a,b\nc"\n',
        encoding="utf-8",
    )
    answer = run(path)
    assert figures(answer) == (4, 0, 0, 0, 0)
    assert [n for n, _p in names_and_phones()] == ["张三", "李四", "王五", '赵"六']


def test_more_cells_than_headers_and_fewer(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"姓名,手机号,备注\n张三,{A},x,多,余\n李四,{B}\n王五\n", encoding="utf-8")
    answer = run(path)
    assert (figures(answer), by_phone(A).legacy) == ((2, 0, 0, 0, 1), {"D": "多", "E": "余"})


def test_names_that_are_numbers_days_and_booleans(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], [12345, A], [datetime(2024, 5, 1), B], [True, C], [0.5, D], [time(8, 30), E]]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert [name for name, _phone in names_and_phones()] == ["12345", "2024-05-01", "TRUE", "0.5", "08:30:00"]


def test_cells_as_long_as_a_cell_can_be(tmp_path: Path) -> None:
    """32,767 signs in every column: cut where the base has less room, warned, and the whole kept."""
    long = "长" * 32_767
    fields = [
        "微信号",
        "会员卡号",
        "性别",
        "生日",
        "城市",
        "地址",
        "公司",
        "职业",
        "学历",
        "来源",
        "门店",
        "归属顾问",
        "标签",
        "累计消费",
        "消费次数",
        "会员等级",
        "备注",
        "随便",
    ]
    rows = [["姓名", "手机号", *fields], [long, A, *[long] * len(fields)]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = by_phone(A)
    assert (figures(answer), len(one.name), len(one.city), len(one.address), len(one.note)) == (
        (1, 0, 0, 0, 0), 200, 100, 300, 20_000,
    )  # fmt: skip
    assert one.legacy["姓名"] == long and one.legacy["城市"] == long and one.legacy["随便"] == long
    assert {code for _row, code in warnings()} == {
        "text.too_long", "gender.unknown", "date.unreadable", "number.unreadable", "tags.prose", "identity.unusable",
    }  # fmt: skip
    assert (Channel.objects.count(), Tag.objects.count()) == (0, 0)
    assert figures(run(tmp_path / "a.xlsx")) == (0, 0, 1, 0, 0)


def test_ascii_as_long_as_a_cell_can_be(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "会员卡号", "微信号", "标签"],
        ["x" * 999, A, "7" + "k" * 250, "w" * 250, "t" * 250],
        [None, None, "7" + "k" * 189, None, None],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), set(by_phone(A).identities.values_list("kind", flat=True))) == (
        (2, 0, 0, 0, 0),
        {"phone"},
    )


def test_letters_that_grow_when_folded(tmp_path: Path) -> None:
    """One letter that NFKC writes as eighteen."""
    run(
        sheets.xlsx(
            tmp_path / "a.xlsx",
            [["姓名", "手机号", "会员卡号", "标签"], ["\ufdfa" * 150, A, "\ufdfa" * 30, "\ufdfa" * 20]],
        )
    )
    one = by_phone(A)
    assert (len(one.name), len(one.name_key), tags_of(one)) == (150, 200, {"\ufdfa" * 20})
    assert figures(run(tmp_path / "a.xlsx")) == (0, 0, 1, 0, 0)


def test_a_thousand_tags_and_one_tag_in_many_spellings(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "标签"],
        ["张三", A, "、".join(f"标{n}" for n in range(1000))],
        ["李四", B, "VIP,ＶＩＰ, VIP ,vip"],
        ["王五", C, "ＶＩＰ"],
    ]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    run(path)
    assert by_phone(A).tag_links.count() == 1000
    assert (tags_of(by_phone(B)), tags_of(by_phone(C))) == ({"VIP", "vip"}, {"VIP"})
    assert (figures(run(path)), CustomerTag.objects.count()) == ((0, 0, 3, 0, 0), 1003)


def test_three_columns_of_one_header_and_headers_that_are_long(tmp_path: Path) -> None:
    long = "问题" * 200
    rows = [["姓名", "手机号", "随便", "随便", "随便", long, long], ["张三", A, "1", "2", "3", "是", "否"]]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert by_phone(A).legacy == {
        "随便": "1",
        "随便 (2)": "2",
        "随便 (3)": "3",
        long[:80]: "是",
        f"{long[:80]} (2)": "否",
    }


def test_a_contradiction_is_not_lost_in_the_second_column_of_its_name(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "随便", "随便"], ["张三", A, "a", None], ["张三", A, "b", "c"]]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    for _n in range(2):
        run(path)
        assert by_phone(A).legacy == {"随便": "a", "随便 (2)": "c", "随便 (3)": "b"}


def test_one_person_in_three_spellings(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "微信号", "城市"],
        ["张三", A, None, None],
        ["张 三", f"+86 {A}", "ZhangSan", None],
        ["张三（老客）", None, "ZhangSan", "杭州"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = by_phone(A)
    assert (figures(answer), answer["conflicts"], one.name, one.city) == ((1, 0, 0, 2, 0), 1, "张三", "杭州")


def test_people_of_one_name_are_not_one_person(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "生日"], *(["王先生", f"137780000{n:02d}", "1990-05-01"] for n in range(30))]
    assert figures(run(sheets.csv_file(tmp_path / "a.csv", rows))) == (30, 0, 0, 0, 0)


def test_a_placeholder_number_is_nobodys(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "会员卡号"],
        *([f"人{n}", "13800000000" if n % 2 else f"137780000{n:02d}", f"K{n}"] for n in range(20)),
    ]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), Customer.objects.filter(phone="").count()) == ((20, 0, 0, 0, 0), 10)
    strict = run(sheets.csv_file(tmp_path / "b.csv", rows), "--require", "phone")
    assert (strict["rejected"], {code for _row, code in rejected(strict)}) == (10, {"phone.shared"})


def test_hundreds_of_formatted_rows_below_are_nothing(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["姓名", "手机号", "性别"], ["张三", A, "女"]]
    path = sheets.xlsx(
        tmp_path / "a.xlsx", rows, formats={f"{c}{n}": "@" for n in range(3, 800) for c in "ABC"}
    )
    answer = run(path)
    assert (figures(answer), answer["skipped"]) == ((1, 0, 0, 0, 0), 1)


def test_a_text_format_and_an_apostrophe_keep_the_digits(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f'姓名,手机号,会员卡号\n张三,="{A}",="00123"\n李四,\'{B},00124\n王五,"\t{C}","\t00125"\n',
        encoding="utf-8",
    )
    run(path, "--system", "旧")
    assert [p.phone for p in Customer.objects.order_by("pk")] == [A, B, C]
    cards = Customer.objects.filter(identities__kind="legacy:旧").values_list("identities__value", flat=True)
    assert sorted(cards) == ["00123", "00124", "00125"]


def test_opening_figures_of_two_rows_are_not_added(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "累计消费", "消费次数", "最后消费时间", "会员等级"],
        ["张三", A, 100, None, "2024-01-01", "金"],
        ["张三", A, 200, 3, "2024-06-01", "银"],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    opening = by_phone(A).openings.get()
    assert (opening.spend_fen, opening.orders, opening.last_order_on, opening.level) == (
        10_000,
        3,
        date(2024, 1, 1),
        "金",
    )


def test_a_sheet_of_a_strange_name(tmp_path: Path) -> None:
    name = "会员🌸 (2024)'s “表”"
    path = sheets.xlsx(tmp_path / "会员 表.xlsx", {name: [["姓名", "手机号"], ["张三", A]], "空": []})
    answer = run(path, "--sheet", name)
    assert (answer["sheet"], figures(answer), last_batch().file_name) == (
        name,
        (1, 0, 0, 0, 0),
        "会员 表.xlsx",
    )


def test_remarks_with_numbers_in_them_make_no_second_number(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "备注", "地址"], ["张三", A, f"老公 {B}，女儿 {C}", f"收货人李四 {D}"]]
    run(sheets.csv_file(tmp_path / "a.csv", rows))
    one = by_phone(A)
    assert (phones_of(one), one.note) == ([A], f"老公 {B}，女儿 {C}")


def test_continuation_rows_without_an_order_number_on_them(tmp_path: Path) -> None:
    rows = [
        ["订单编号", "收货人", "收货人手机号", "商品", "数量"],
        ["D1", "张三", A, "面膜", 1],
        [None, None, None, "精华", 1],
        ["D1", None, None, "小样", 1],
        ["D2", None, None, "自提", 1],
        ["D3", "李四", B, "面膜", 1],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), rejected(answer), answer["skipped"]) == (
        (2, 0, 0, 0, 1),
        [(5, "identity.missing")],
        3,
    )


def test_a_big_number_of_orders_fits_or_is_left_out(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "累计消费", "消费次数"],
        ["张三", A, "99999999999.99", 10_000_000],
        ["李四", B, "100000000001", 10_000_001],
        ["王五", C, 1e300, 1e300],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["warnings"]) == ((3, 0, 0, 0, 0), 4)
    opening = by_phone(A).openings.get()
    assert (opening.spend_fen, opening.orders) == (9_999_999_999_999, 10_000_000)


def test_a_table_of_excel_with_a_chart_sheet_and_comments(tmp_path: Path) -> None:
    from openpyxl.chart import BarChart, Reference
    from openpyxl.comments import Comment
    from openpyxl.worksheet.table import Table

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["姓名", "手机号"], ["张三", A], ["李四", B]):
        sheet.append(row)
    sheet["A2"].comment = Comment("VIP", "老板")
    sheet.add_table(Table(displayName="会员", ref="A1:B3"))
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    book.create_chartsheet("图").add_chart(chart)
    book.save(tmp_path / "a.xlsx")
    assert figures(run(tmp_path / "a.xlsx")) == (2, 0, 0, 0, 0)


def test_a_card_number_is_what_people_see(tmp_path: Path) -> None:
    """123 in a column formatted as 000000 is card 000123, here and in the CSV that somebody saves of it."""
    book = openpyxl.Workbook()
    book.active.append(["姓名", "手机号", "会员卡号"])
    for n, phone in enumerate((A, B), 1):
        book.active.append([f"客{n}", phone, n])
        book.active.cell(n + 1, 3).number_format = "000000"
    book.save(tmp_path / "a.xlsx")
    assert figures(run(tmp_path / "a.xlsx", "--system", "old")) == (2, 0, 0, 0, 0)
    assert by_phone(B).identities.get(kind="legacy:old").value == "000002"
    (tmp_path / "a.csv").write_text(f"姓名,手机号,会员卡号\n客2,{B},000002\n,,000001\n", encoding="utf-8")
    assert figures(run(tmp_path / "a.csv", "--system", "old")) == (0, 0, 2, 0, 0)


WORDS_FOR_MANY = [
    ("会员卡", "银卡"), ("会员卡号", "无卡"), ("会员卡号", "0000"), ("会员ID", "普通"), ("unionid", "未绑定"), ("企微ID", "未绑定"),
    ("微信号", "YES"), ("微信", "none"), ("会员卡号", "6.22202E+15"), ("会员卡号", 6.22202123456789e18),
    ("会员卡号", 6222021234567890),
]  # fmt: skip


@pytest.mark.parametrize(("header", "word"), WORDS_FOR_MANY)
@pytest.mark.parametrize("names", [("张三", "李四", "王五"), ("", "", "")])
def test_a_word_in_the_column_of_an_id_makes_nobody_one(
    tmp_path: Path, header: str, word: Any, names: tuple[str, ...]
) -> None:
    rows = [["姓名", "手机号", header], *([name, phone, word] for name, phone in zip(names, (A, B, C), strict=True))]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    assert figures(run(path)) == (3, 0, 0, 0, 0)
    assert {len(phones_of(person)) for person in Customer.objects.all()} == {1}
    assert set(by_phone(A).legacy) == {header}
    assert figures(run(path)) == (0, 0, 3, 0, 0)


def test_a_card_beside_five_numbers_of_people_without_name_is_nobodys(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "会员卡号"], *(["", phone, "8001"] for phone in (A, B, C, D, E))]
    assert figures(run(sheets.xlsx(tmp_path / "a.xlsx", rows))) == (5, 0, 0, 0, 0)
    assert [code for _row, code in warnings()] == ["identity.shared"] * 5


def test_further_columns_of_a_figure_or_a_day_are_kept(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "成为客户时间", "成为会员时间", "消费总额", "累计消费金额", "积分", "可用积分"],
        ["张三", A, "2024-01-02", "很久以前", 100, 9000, 5, 7],
    ]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    assert figures(run(path)) == (1, 0, 0, 0, 0)
    assert by_phone(A).known_since == date(2024, 1, 2)
    assert by_phone(A).openings.get().spend_fen == 10_000
    assert by_phone(A).legacy == {"成为会员时间": "很久以前", "累计消费金额": "9000", "积分": 5, "可用积分": "7"}
    assert figures(run(path)) == (0, 0, 1, 0, 0)


def test_a_landline_beside_a_mobile_is_kept(tmp_path: Path) -> None:
    cells = {A: f"{A}、0571-88888888", B: f"0571-88888888 {B}", C: f"+86 {C}", D: f"{D}-8012", E: f"{E} 转8"}
    rows = [["姓名", "手机号"], *([f"客{n}", cell] for n, cell in enumerate(cells.values()))]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    kept = {phone: by_phone(phone).legacy.get("手机号") for phone in cells}
    assert kept == {A: cells[A], B: cells[B], C: None, D: None, E: cells[E]}


def test_rows_that_join_lose_nothing(tmp_path: Path) -> None:
    """A ledger: three visits of one person, in columns we know and in one we do not."""
    rows = [
        ["姓名", "手机号", "备注", "消费金额", "城市", "项目"],
        ["张三", A, "第一次", 100, "杭州", "面部"],
        ["张三", A, "嫌贵", 200, "杭州", "肩颈"],
        ["张三", A, "过敏了", 300, "宁波", "面部"],
    ]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    assert figures(run(path)) == (1, 0, 0, 2, 0)
    assert (by_phone(A).note, by_phone(A).city, by_phone(A).openings.get().spend_fen) == ("第一次", "杭州", 10_000)
    assert by_phone(A).legacy == {
        "备注 (2)": "嫌贵", "备注 (3)": "过敏了", "消费金额 (2)": "200", "消费金额 (3)": "300", "城市 (2)": "宁波",
        "项目": "面部", "项目 (2)": "肩颈",
    }  # fmt: skip
    assert figures(run(path)) == (0, 0, 1, 2, 0)
    assert len(by_phone(A).legacy) == 7


def test_twenty_orders_of_one_person_are_all_kept(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "流水"], *(["张三", A, f"L{n}"] for n in range(20))]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    run(path)
    assert sorted(by_phone(A).legacy.values()) == sorted(f"L{n}" for n in range(20))
    assert figures(run(path)) == (0, 0, 1, 19, 0)


def test_an_id_card_in_a_note_is_blotted_out(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "备注", "随便"],
        ["张三", A, "身份证330106199001011234，怕疼", "办卡用 33010619900101123X"],
        ["李四", B, "订单 3301061990010112345", "2024"],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (by_phone(A).note, by_phone(A).legacy) == ("身份证******，怕疼", {"随便": "办卡用 ******"})
    assert by_phone(B).note == "订单 3301061990010112345"


def test_what_is_merged_over_several_people_is_said_of_each(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (
        ["姓名", "手机号", "会员等级", "标签", "小区", "余额"],
        ["张三", A, "金卡", "老客", "一号院", 500],
        ["李四", B, None, None, None, None],
    ):
        book.active.append(row)
    for column in "CDEF":
        book.active.merge_cells(f"{column}2:{column}3")
    book.save(path)
    run(path)
    assert by_phone(B).openings.get().level == "金卡"
    assert (tags_of(by_phone(B)), by_phone(B).legacy) == ({"老客"}, {"小区": "一号院"})
    assert by_phone(A).legacy == {"小区": "一号院", "余额": "500"}


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ('["VIP","宝妈"]', {"VIP", "宝妈"}),
        ("[VIP],[老客]", {"VIP", "老客"}),
        ("VIP\u200b、老客", {"VIP", "老客"}),
        ("“油皮”；‘干皮’", {"油皮", "干皮"}),
        ("5\"寸", {'5"寸'}),
    ],
)
def test_tags_as_programs_write_them(tmp_path: Path, cell: str, tags: set[str]) -> None:
    run(sheets.xlsx(tmp_path / "a.xlsx", [["姓名", "手机号", "标签"], ["张三", A, cell]]))
    assert tags_of(by_phone(A)) == tags


@pytest.mark.parametrize(
    ("header", "cell", "fen"),
    [
        ("累计消费（万元）", 1.2, 1_200_000),
        ("累计消费(万)", "1.2", 1_200_000),
        ("累计消费（单位：万元）", 2, 2_000_000),
        ("累计消费（万元）", "3万", 3_000_000),
        ("累计消费(分)", 12345, 12_345),
        ("累计消费金额（千元）", 1.5, 150_000),
        ("累计消费(元)", 12.3, 1_230),
        ("累计消费", 12.3, 1_230),
    ],
)
def test_amounts_in_the_unit_of_their_header(tmp_path: Path, header: str, cell: Any, fen: int) -> None:
    run(sheets.xlsx(tmp_path / "a.xlsx", [["姓名", "手机号", header], ["张三", A, cell]]))
    assert by_phone(A).openings.get().spend_fen == fen


def test_bare_day_numbers_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["姓名", "手机号", "生日", "入会日期"], ["张三", A, 31538, "31538"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    run(tmp_path / "a.xlsx")
    assert by_phone(A).birthday == Birthday(1990, 5, 7)
    assert by_phone(A).known_since == date(1990, 5, 7)
