"""Workbooks as Excel, WPS and the libraries write them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from scrm.kit.tabular import Note, open_source
from tests.kit.tabular.crafting import cells, inline, read, refusal, sheet_xml, sst, xlsx


def book(tmp_path: Path, **sheets: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    path = tmp_path / "a.xlsx"
    made.save(path)
    return path


def test_types(tmp_path: Path) -> None:
    moment = datetime(1990, 5, 1, 8, 30)
    values = [
        "张三",
        13800000001,
        1.5,
        True,
        date(1990, 5, 1),
        moment,
        time(8, 30),
        timedelta(hours=30),
        None,
        " x ",
    ]
    assert cells(book(tmp_path, S=[values])) == [
        [
            "张三",
            13800000001.0,
            1.5,
            True,
            date(1990, 5, 1),
            moment,
            time(8, 30),
            timedelta(hours=30),
            "",
            " x ",
        ]
    ]


def test_the_used_range_may_start_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(path)
    page = made.add_worksheet()
    page.write(4, 2, "a")
    page.write(6, 3, "b")
    made.close()
    assert read(path) == [(5, ["", "", "a"]), (6, []), (7, ["", "", "", "b"])]


def test_hidden_sheets_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for name, state in [
        ("字典", "hidden"),
        ("客户", "visible"),
        ("WpsReserved", "veryHidden"),
        ("空", "visible"),
    ]:
        page = made.create_sheet(name)
        page.sheet_state = state
        if name != "空":
            page.append([name])
    made.create_chartsheet("图")
    path = tmp_path / "a.xlsx"
    made.save(path)
    with open_source(path) as source:
        assert (source.kind, source.encoding, source.delimiter) == ("xlsx", "", "")
        assert source.sheets == ["客户"]
        assert source.notes == [Note("sheets.hidden", {"names": ["字典", "WpsReserved"]})]
        assert list(source.rows()) == list(source.rows("客户")) == [(1, ["客户"])]


def test_a_book_without_a_visible_value_has_no_sheet(tmp_path: Path) -> None:
    assert refusal(book(tmp_path, S=[])) == "file.no_sheet"
    assert (
        refusal(xlsx(tmp_path / "b.xlsx", sheet_xml("<row>" + inline("a") + "</row>"), states=["hidden"]))
        == "file.no_sheet"
    )
    nothing = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="str"><f>A1</f><v></v></c></row>'
    assert refusal(xlsx(tmp_path / "c.xlsx", sheet_xml(nothing), strings=sst("<t></t>"))) == "file.no_sheet"


def test_merged_ranges(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    page["A1"] = "title"
    page.merge_cells("A1:D1")
    page.merge_cells("B3:B5")
    path = tmp_path / "a.xlsx"
    made.save(path)
    with open_source(path) as source:
        assert source.merged() == [(1, 0, 1, 3), (3, 1, 5, 1)]


def test_formulas_are_not_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(path)
    page = made.add_worksheet()
    page.write(0, 0, "head")
    page.write_formula(1, 0, "=1+1", None, 5)
    page.write_formula(1, 1, '=WEBSERVICE("http://x")', None, "cached")
    page.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    page.write_formula(1, 3, "=A1", None, "")
    page.write_formula(1, 4, "=TRUE()", None, True)
    made.close()
    assert cells(path)[1] == [5.0, "cached", "", "", True]


def test_pictures_of_wps_are_empty(tmp_path: Path) -> None:
    row = (
        '<row r="1"><c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
        '<c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
    )
    path = xlsx(
        tmp_path / "a.xlsx", sheet_xml(row), strings=sst("<t>=DISPIMG(&quot;ID_2&quot;,1)</t>", "<t>x</t>")
    )
    assert cells(path) == [["", "", "x"]]
    shared = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    path = xlsx(path, sheet_xml(shared), strings=sst("<t>=DISPIMG(&quot;ID_2&quot;,1)</t>", "<t>x</t>"))
    assert cells(path) == [["", "x"]]


def test_rich_text_and_phonetic_guides(tmp_path: Path) -> None:
    strings = sst(
        '<r><rPr><b/></rPr><t xml:space="preserve">张 </t></r><r><t>三</t></r>',
        '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
        '<t xml:space="preserve"> x </t>',
        "<t> y </t>",
        "<t>a_x000D_b_x005F_x000D_c_x005F_</t>",
    )
    row = (
        '<row r="1">' + "".join(f'<c r="{c}1" t="s"><v>{n}</v></c>' for n, c in enumerate("ABCDE")) + "</row>"
    )
    assert cells(xlsx(tmp_path / "a.xlsx", sheet_xml(row), strings=strings)) == [
        ["张 三", "東京", " x ", "y", "a\rb_x000D_c_"]
    ]


@pytest.mark.parametrize("properties", ['date1904="1"', 'date1904="true"'])
def test_the_date_system_of_1904(tmp_path: Path, properties: str) -> None:
    row = '<row r="1"><c r="A1" s="1"><v>31532</v></c></row>'
    path = xlsx(tmp_path / "a.xlsx", sheet_xml(row), formats=[(14, "")], properties=properties)
    with open_source(path) as source:
        assert (source.since_1904, list(source.rows())) == (True, [(1, [date(1990, 5, 1)])])


@pytest.mark.parametrize("properties", ["", 'date1904="0"'])
def test_the_usual_date_system(tmp_path: Path, properties: str) -> None:
    row = '<row r="1"><c r="A1"><v>31532</v></c></row>'
    with open_source(xlsx(tmp_path / "a.xlsx", sheet_xml(row), properties=properties)) as source:
        assert (source.since_1904, list(source.rows())) == (False, [(1, [31532.0])])


@pytest.mark.parametrize("number", [27, 31, 36, 57, 58])
def test_dates_of_the_chinese_edition(tmp_path: Path, number: int) -> None:
    row = '<row r="1"><c r="A1" s="1"><v>32994</v></c><c r="B1"><v>32994</v></c></row>'
    assert cells(xlsx(tmp_path / "a.xlsx", sheet_xml(row), formats=[(number, "")])) == [
        [date(1990, 5, 1), 32994.0]
    ]


def test_parts_at_unusual_places(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("<row>" + inline("usual") + "</row>"))
    other = sheet_xml("<row>" + inline("other") + "</row>")
    relations = '<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="/Elsewhere/One.xml"/></Relationships>'
    parts = {"xl/_rels/workbook.xml.rels": relations, "elsewhere/one.xml": other}
    assert cells(xlsx(path, sheet_xml(""), more=parts)) == [["other"]]


def test_the_same_sheet_is_kept_and_another_takes_its_place(tmp_path: Path) -> None:
    path = book(tmp_path, A=[["a"]] * 150, B=[["b"]] * 150)
    with open_source(path) as source:
        first = source.rows("A")
        assert next(first) == (1, ["a"])
        assert list(source.rows("B"))[-1] == (150, ["b"])
        assert next(first) == (2, ["a"])
        assert source.rows("A") is not source.rows("A")
        assert list(source.rows("A"))[-1] == (150, ["a"])


def test_limits(tmp_path: Path) -> None:
    path = book(tmp_path, S=[["a", "b"], [], ["c", None, None], [None]])
    assert refusal(path, max_rows=2, max_columns=2) == ""
    assert refusal(path, max_rows=1) == "file.too_many_rows"
    assert refusal(path, max_columns=1) == "file.too_many_columns"
    assert refusal(path, max_unzipped=1000) == "file.too_big"
