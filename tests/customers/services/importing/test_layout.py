"""Where the table stands, piece by piece."""

from pathlib import Path
from typing import Any

import pytest

from customers.services.importing import guessing, layout, nobody
from customers.services.importing.layout import Layout
from customers.services.importing.words import IGNORE
from scrm.kit.errors import Refused
from scrm.kit.tabular import open_source
from tests.customers import sheets

A, B, C = "13777000001", "13777000002", "13777000003"


def found(path: Path, sheet: str | None = None, named: tuple[str, ...] = ()) -> Layout:
    source = open_source(path)
    try:
        return layout.detect(source, sheet, named)
    finally:
        source.close()


def of(tmp_path: Path, rows: sheets.Rows, **options: Any) -> Layout:
    return found(sheets.xlsx(tmp_path / "a.xlsx", rows, **options))


@pytest.mark.parametrize(
    ("column", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters(column: int, letter: str) -> None:
    assert layout.letter(column) == letter


def test_a_layout_survives_json(tmp_path: Path) -> None:
    rows = [["标题"], ["姓名", "手机号", "订单号", None], ["张三", A, "D1", "x"]]
    one = of(tmp_path, rows)
    assert Layout.from_json(one.as_json()) == one
    assert (one.sheet, one.header_row, one.first_row, one.order_column, one.inferred) == (
        "Sheet1",
        2,
        3,
        2,
        False,
    )
    assert one.headers == ["姓名", "手机号", "订单号", ""]
    assert one.fields == ["name", "phone", None, None]
    assert one.samples == [["张三"], [A], ["D1"], ["x"]]


def test_nothing_of_it_depends_on_the_language(tmp_path: Path) -> None:
    from django.utils import translation

    path = sheets.xlsx(tmp_path / "a.xlsx", [["姓名", None, "手机号"], ["张三", "x", A]])
    seen = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            seen.append(found(path).as_json())
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("rows", "header", "first"),
    [
        ([["姓名", "手机号"], ["张三", A]], 1, 2),
        ([["会员表"], ["姓名", "手机号"], ["张三", A]], 2, 3),
        ([["会员表", None, "2024"], [], ["姓名", "手机号"], ["张三", A]], 3, 4),
        ([["姓名：", "全部", "手机：", "全部"], ["姓名", "手机号"], ["张三", A]], 2, 3),
        ([["联系电话：0571-88886666"], ["姓名", "手机号"], ["张三", A]], 2, 3),
        ([["手机号"], [A]], 1, 2),
        ([["乙", "手机号", "丙", "丁", "戊"], ["x", A, None, None, None]], 1, 2),
        ([["张三", A], ["李四", B]], 0, 1),
        ([["门店会员", "销售"], [A, "x"], [B, "y"]], 0, 2),
        ([["基本信息", None, "会员"], ["姓名", "手机号", "等级"], ["张三", A, "金"]], 2, 3),
    ],
)
def test_the_header_row(tmp_path: Path, rows: sheets.Rows, header: int, first: int) -> None:
    one = of(tmp_path, rows)
    assert (one.header_row, one.header_row or one.inferred) == (header, header or True)
    if header:
        assert one.first_row == first


def test_a_mapped_header_is_the_header_whatever_it_says(tmp_path: Path) -> None:
    path = sheets.csv_file(tmp_path / "a.csv", [["说明"], ["甲", "乙"], ["张三", A]])
    assert found(path).header_row == 0
    assert (found(path, named=("乙", "甲")).header_row, found(path, named=("乙", "丙")).header_row) == (2, 0)
    assert found(path, named=("A", "B")).header_row == 0


def test_two_rows_of_headers(tmp_path: Path) -> None:
    above = of(
        tmp_path,
        [["姓名", "联系", None], [None, "手机号", "微信号"], ["张三", A, "zs"]],
        merge=["A1:A2", "B1:C1"],
    )
    assert (above.headers, above.fields, above.first_row) == (
        ["姓名", "手机号", "微信号"],
        ["name", "phone", "wechat_id"],
        3,
    )
    below = of(tmp_path, [["姓名", "手机号", "消费", None], [None, None, "累计消费", "消费次数"], ["张三", A, 1, 2]], merge=["A1:A2", "B1:B2", "C1:D1"])  # fmt: skip
    assert (below.header_row, below.headers) == (2, ["姓名", "手机号", "累计消费", "消费次数"])
    first_person = of(
        tmp_path,
        [["姓名", "手机号", "城市", "职业"], ["张三", None, "杭州", "教师"], ["李四", A, None, None]],
    )
    assert (first_person.header_row, first_person.first_row) == (1, 2)


def test_what_cannot_be_read_as_one_table_is_refused(tmp_path: Path) -> None:
    def code(sheets_: Any, **options: Any) -> str:
        with pytest.raises(Refused) as refusal:
            of(tmp_path, sheets_, **options)
        return refusal.value.code

    people = [["姓名", "手机号"], ["张三", A]]
    assert code({"一": people, "二": people}) == "sheet.several"
    assert code({"一": [["x"], ["y"]], "二": [["z"], ["w"]]}) == "sheet.none_fits"
    assert code([["姓名", "手机号"]]) == "layout.no_rows"
    assert code([["姓名", "手机号", "姓名", "手机号"], ["张三", A, "李四", B]]) == "layout.side_by_side"
    with pytest.raises(Refused) as refusal:
        found(sheets.xlsx(tmp_path / "b.xlsx", people), "二")
    assert refusal.value.code == "sheet.unknown"


def test_two_numbers_of_one_person_are_no_second_table(tmp_path: Path) -> None:
    assert of(tmp_path, [["手机号", "手机号", "姓名"], [A, B, "张三"]]).fields == ["phone", "phone", "name"]
    same = [["姓名", "手机号", "姓名", "手机号"], ["张三", A, "张三", A]]
    assert of(tmp_path, same).fields == ["name", "phone", "name", "phone"]


@pytest.mark.parametrize(
    ("rows", "fields"),
    [
        ([["张三", A, "甲公司"], ["李四", B, "乙店"]], ["name", "phone", "company"]),
        (
            [[1, "金卡", "张三", A], [2, "金卡", "李四", B], [3, "银卡", "王五", C]],
            [None, None, "name", "phone"],
        ),
        ([[A], [B]], ["phone"]),
        ([["abc", "def"], ["ghi", "jkl"]], [None, None]),
        ([["张三", A, "新增", ""], ["李四", B, "新增", "x"]], ["name", "phone", IGNORE, IGNORE]),
        ([["张三", A, "created"], ["李四", B, "rejected"]], ["name", "phone", IGNORE]),
    ],
)
def test_columns_by_their_content(rows: list[list[Any]], fields: list[str | None]) -> None:
    assert guessing.by_content(list(enumerate(rows, 1)))[0] == fields


def test_a_forgotten_header_is_found_by_content_a_strange_one_is_not() -> None:
    below = [(2, ["张三", A, B]), (3, ["李四", B, C])]
    for headers, fields, want in (
        (["姓名", "", "备注"], ["name", None, "note"], ["name", "phone", "note"]),
        (["姓名", "推荐人电话", "备注"], ["name", None, "note"], ["name", None, "note"]),
        (["", "手机号", ""], [None, "phone", None], ["name", "phone", None]),
    ):
        own: list[str | None] = list(fields)
        guessing.blank_headers(headers, own, below)
        assert own == want


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "小计：",
        "总 计",
        "共计",
        "本页合计",
        "一店小计",
        "总计（元）",
        "合计：35人",
        "共35人",
        "total",
        "Subtotal:",
        "Grand Total",
        "合 计",
        "总人数：35",
        "平均值",
        "累计",
    ],
)
def test_totals(text: str) -> None:
    assert nobody.is_total(["", text, "12"])


@pytest.mark.parametrize("text", ["张三", "合计划", "小计时", "共产", "totally", "汇总部张三", "累计消费"])
def test_no_totals(text: str) -> None:
    assert not nobody.is_total([text, "合计"])


@pytest.mark.parametrize(
    "text",
    [
        "注：以系统为准",
        "备注",
        "说明：x。",
        "※本表仅供参考",
        "* 标星为会员",
        "以上数据截止2024年12月31日",
        "第1页 共3页",
        "以下空白",
        "制表人：",
        "审核人：店长：",
        "数据来源：ERP",
    ],
)
def test_notes_stand_alone_even_under_the_name(text: str) -> None:
    assert nobody.is_note([text, "", ""], frozenset((0, 1)), spans=False)


def test_what_else_is_a_note_and_what_is_a_person() -> None:
    carriers = frozenset((1,))
    assert nobody.is_note(["A组", "", ""], carriers, spans=False)
    assert nobody.is_note(["", "本月新客", ""], carriers, spans=True)
    assert nobody.is_note(["制表：小王", "", "审核：店长"], carriers, spans=False)
    assert not nobody.is_note(["", "张三", ""], carriers, spans=False)
    assert not nobody.is_note(["12", "", ""], carriers, spans=False)
    assert not nobody.is_note(["1", "张三", "女"], carriers, spans=False)


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        (["必填", "必填", "选填"], True),
        (["（必填）", "*必填", "required"], True),
        (["必填", "选填", ""], False),
        (["必填项太长了" * 9, "必填", "必填"], False),
        ([1, 2, 3], False),
    ],
)
def test_markers(row: list[Any], is_one: bool) -> None:
    assert nobody.is_marker(row) is is_one


def test_repeated_headers_and_blank_rows() -> None:
    headers = ["序号", "姓名", "手机号"]
    assert nobody.is_repeated_header(["序号", "姓名", "手机号"], headers)
    assert nobody.is_repeated_header(["", "姓名", "手机号"], headers)
    assert not nobody.is_repeated_header(["", "姓名", ""], headers)
    assert nobody.is_repeated_header(["no", "name", "phone_number"], headers)
    assert nobody.is_repeated_header(["", "客户姓名", "手机"], headers)
    assert not nobody.is_repeated_header(["客户", "顾客", ""], headers)
    assert nobody.blank_row(["7", "-", "\u3000"], frozenset((0,))) and not nobody.blank_row(
        ["7", "张三"], frozenset((0,))
    )


GROUPED = [
    ["姓名", "联系方式", None, "生日"],
    [None, "手机", "微信", None],
    ["张三", A, "zs_001", "1990-05-01"],
]
AMOUNTS = [["姓名", "手机", "消费", None], [None, None, "金额", "次数"], ["张三", A, 300, 3]]
SPENT = [["姓名", "手机", "消费", None], [None, None, "累计消费", "次数"], ["张三", A, 300, 3]]


@pytest.mark.parametrize(
    ("rows", "merge", "headers"),
    [
        (GROUPED, ["A1:A2", "B1:C1", "D1:D2"], ["姓名", "手机", "微信", "生日"]),
        (GROUPED, [], ["姓名", "手机", "微信", "生日"]),
        (SPENT, ["A1:A2", "B1:B2", "C1:D1"], ["姓名", "手机", "累计消费", "次数"]),
        (AMOUNTS, [], ["姓名", "手机", "金额", "次数"]),
        (SPENT, [], ["姓名", "手机", "累计消费", "次数"]),
    ],
)
def test_a_group_word_may_be_a_field_itself(
    tmp_path: Path, rows: list[list[Any]], merge: list[str], headers: list[str]
) -> None:
    one = of(tmp_path, rows, merge=merge)
    assert (one.header_row, one.first_row, one.headers) == (2, 3, headers)


@pytest.mark.parametrize(
    "row",
    [[None, "无", "老客", None], [None, "zs_001", "微信", None], ["手机", "微信", "张三", None]],
)
def test_a_first_row_without_a_number_is_no_second_header(tmp_path: Path, row: list[Any]) -> None:
    one = of(tmp_path, [["姓名", "联系方式", None, "生日"], row, ["张三", A, None, None]])
    assert (one.header_row, one.first_row) == (1, 2)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("title", [[], [["会员表"]]])
def test_the_keys_of_the_fields_under_or_over_their_names_are_one_header(
    tmp_path: Path, swapped: bool, title: list[list[Any]]
) -> None:
    pair = [["姓名", "电话", "微信", "生日", "肤质"], ["name", "phone", "wechat", "birthday", "skin"]]
    rows = [*title, *(pair[::-1] if swapped else pair), ["张三", A, "zs_001", "1990-05-01", "干"]]
    one = of(tmp_path, rows)
    assert (one.header_row, one.first_row, one.headers) == (
        len(title) + (2 if swapped else 1),
        len(title) + 3,
        ["姓名", "电话", "微信", "生日", "肤质"],
    )
    mapped = found(tmp_path / "a.xlsx", named=("phone",))
    assert (mapped.header_row, mapped.first_row) == (len(title) + (1 if swapped else 2), len(title) + 3)


def test_keys_that_are_no_words_and_people_who_are_called_like_a_header(tmp_path: Path) -> None:
    headers = ["姓名", "手机号", "性别", "会员等级"]
    keys = of(tmp_path, [headers, ["cust_name", "mobile_no", "sex", "lvl_nm"], ["张三", A, "女", "金"]])
    assert (keys.headers, keys.first_row) == (headers, 3)
    for row in (
        ["Client", None, "F", "level"],
        ["客户", None, None, "顾客"],
        ["zhangsan", None, "sex", "vip"],
    ):
        one = of(tmp_path, [["姓名", "手机号", "性别", "会员"], row, ["张三", A, "女", "金"]])
        assert (one.header_row, one.first_row) == (1, 2)


def test_a_group_of_somebody_else_is_not_taken_for_the_words_below(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机", "生日", "性别", "推荐人", None],
        ["姓名", "手机号", "生日", "性别", "姓名", "电话"],
        ["张三", A, None, "女", "李四", B],
    ]
    one = of(tmp_path, rows)
    assert (one.first_row, one.headers) == (3, ["姓名", "手机号", "生日", "性别", "推荐人姓名", "推荐人电话"])


def test_our_reports_columns_belong_to_no_group(tmp_path: Path) -> None:
    rows = [
        ["客户", "联系人", "电话", "城市", "推荐人"],
        ["名称", "姓名", "手机", "城市", "姓名", "电话", "导入结果", "错误原因"],
        ["甲公司", "张三", A, "杭州", "李四", B, "新增", None],
    ]
    one = of(tmp_path, rows)
    assert one.headers == ["名称", "姓名", "手机", "城市", "推荐人姓名", "推荐人电话", "导入结果", "错误原因"]
    assert one.fields == ["company", "name", "phone", "city", None, None, IGNORE, IGNORE]


def test_who_is_insured_stands_in_a_group_of_his_own(tmp_path: Path) -> None:
    rows = [
        ["投保人", None, "被保险人", None, None],
        ["姓名", "电话", "姓名", "性别", "生日"],
        ["张三", A, "张小三", "男", "2015-01-02"],
    ]
    one = of(tmp_path, rows, merge=["A1:B1", "C1:E1"])
    assert one.headers == ["姓名", "电话", "被保险人姓名", "被保险人性别", "被保险人生日"]
    assert one.fields == ["name", "phone", None, None, None]


@pytest.mark.parametrize(
    "row",
    [
        ["3", "合计", "", "300"], ["5月", "小计", "300"], ["二店", "小计：", "300"], ["2024", "5月", "合计", "1"], ["", "一店", "", "Total"], ["2024-05", "总 计"],
        ["合计2人"], ["人数：1"], ["会员人数：35"], ["平均每人", "12"], ["平均每客消费"], ["", "总计35人"],
    ],
)  # fmt: skip
def test_totals_behind_a_number_a_month_a_shop(row: list[str]) -> None:
    assert nobody.is_total(row)


@pytest.mark.parametrize(
    "row",
    [
        ["3", "合计", A], ["张三", "合计", "300"], ["3", "张三", "", "合计"], ["3", "1", "2", "合计"], ["3", "合计划"], ["3", "一店小计"], ["平", "x"], ["人"],
        ["3"], [], ["", ""],
    ],
)  # fmt: skip
def test_a_total_further_right_or_behind_a_name_is_a_persons_word(row: list[str]) -> None:
    assert not nobody.is_total(row)


@pytest.mark.parametrize(
    "row",
    [
        ["打印人：admin"], ["填表日期"], ["填表日期", "2024-01-01"], ["制表人", "小王", "审核人", "店长"], ["客服电话：400-800-1234"], ["如有疑问请联系店长"], ["温馨提示：请勿外传"],
        ["会员名册"], ["XX美容院会员登记表（2024年）"], ["(cm)", "（元）"], ["", "（元）"],
    ],
)  # fmt: skip
def test_notes_titles_and_units_are_nobody_even_under_the_name(row: list[str]) -> None:
    assert nobody.is_note(row, frozenset((0, 1, 2)), spans=False)


@pytest.mark.parametrize(
    "row", [["张表", "女"], ["打印", "女"], ["单名单"], ["制表", "x"], ["（元）", "张三"], ["如意"], ["名单"]]
)
def test_people_may_be_called_anything(row: list[str]) -> None:
    assert not nobody.is_note(row, frozenset((0, 1, 2)), spans=False)


def test_a_sheet_of_figures_beside_the_customers_is_no_question(tmp_path: Path) -> None:
    people = [["姓名", "手机号"], ["张三", A]]
    figures = [["门店", "客户数", "会员"], ["一店", 35, 20], ["二店", "1,200", "60%"]]
    assert of(tmp_path, {"会员": people, "统计": figures}).sheet == "会员"
    assert of(tmp_path, {"统计": [["门店", "会员", "电话"], ["一店", 20, 3]], "会员": people}).sheet == "会员"
    names = [["门店", "会员"], ["一店", "李四"]]
    with pytest.raises(Refused) as refusal:
        of(tmp_path, {"会员": people, "名单": names})
    assert refusal.value.code == "sheet.several"
    masked = [["门店", "电话"], ["一店", "137****0001"]]
    with pytest.raises(Refused) as refusal:
        of(tmp_path, {"会员": people, "名单": masked})
    assert refusal.value.code == "sheet.several"
