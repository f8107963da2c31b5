from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from scrm.kit.tabular import Note, open_source
from tests.kit.tabular.crafting import cells, ods, read, refusal


def cell(text: str, more: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def row(*inner: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(inner)}</table:table-row>"


def table(*rows: str, name: str = "客户", style: str = "ta1") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def test_types(tmp_path: Path) -> None:
    values = [
        cell("张三 &amp; 李四"),
        cell("1,380", 'office:value-type="float" office:value="1380.5"'),
        cell("¥5", 'office:value-type="currency" office:value="5"'),
        cell("50%", 'office:value-type="percentage" office:value="0.5"'),
        cell("TRUE", 'office:value-type="boolean" office:boolean-value="true"'),
        cell("x", 'office:value-type="date" office:date-value="1990-05-01"'),
        cell("x", 'office:value-type="date" office:date-value="1990-05-01T00:00:00"'),
        cell("x", 'office:value-type="date" office:date-value="1990-05-01T08:30:00"'),
        cell("x", 'office:value-type="date" office:date-value="never"'),
        cell("x", 'office:value-type="time" office:time-value="PT08H30M00S"'),
        cell("x", 'office:value-type="time" office:time-value="PT30H00M00S"'),
        cell("x", 'office:value-type="time" office:time-value="soon"'),
        cell("x", 'office:value-type="time" office:time-value="PT331236000024H00M00S"'),
        cell("x", 'office:value-type="date" office:date-value="37790000-05-01"'),
        cell("#N/A", 'office:value-type="string" office:string-value="" calcext:value-type="error"'),
        cell("shown", 'office:value-type="string" office:string-value="kept"'),
    ]
    path = ods(tmp_path / "a.ods", table(row(*values)))
    with open_source(path) as source:
        assert (source.kind, source.sheets) == ("ods", ["客户"])
        day = date(1990, 5, 1)
        assert list(source.rows()) == [
            (
                1,
                ["张三 & 李四", 1380.5, 5.0, 0.5, True, day, day, datetime(1990, 5, 1, 8, 30), "x", time(8, 30),
                 timedelta(hours=30), "x", 13801500001.0, "x", "", "kept"],
            )
        ]  # fmt: skip


def test_paragraphs_spaces_and_remarks(tmp_path: Path) -> None:
    inner = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>remark</text:p></office:annotation>'
        '<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:span>d</text:span></text:p><text:p>e<text:line-break/>f</text:p>'
        "</table:table-cell>"
        "<table:table-cell><office:annotation><text:p>remark</text:p></office:annotation></table:table-cell>"
    )
    assert cells(ods(tmp_path / "a.ods", table(row(inner)))) == [["a   b\tcd\ne\nf"]]


def test_repeated_cells_and_rows(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="{}"/>'
    path = ods(
        tmp_path / "a.ods",
        table(
            row(blank.format(2), cell("a", 'office:value-type="string" table:number-columns-repeated="2"'), blank.format(16380)),
            row(blank.format(16384), more='table:number-rows-repeated="3"'),
            row(cell("b"), more='table:number-rows-repeated="2"'),
            row(blank.format(16384), more='table:number-rows-repeated="1048000"'),
        ),
    )  # fmt: skip
    assert read(path) == [(1, ["", "", "a", "a"]), (2, []), (3, []), (4, []), (5, ["b"]), (6, ["b"])]


def test_merged_ranges_groups_and_inner_tables(tmp_path: Path) -> None:
    spanned = 'office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="3"'
    rows = (
        f"<table:table-header-rows>{row(cell('t', spanned), '<table:covered-table-cell/>', cell('x'))}"
        "</table:table-header-rows><table:table-row-group>"
        + row(f"<table:table-cell>{table(row(cell('inner')), name='inner')}</table:table-cell>", cell("y"))
        + "</table:table-row-group><table:shapes><text:p>no</text:p></table:shapes>"
    )
    with open_source(ods(tmp_path / "a.ods", table(rows))) as source:
        assert source.sheets == ["客户"]
        assert source.merged() == [(1, 0, 3, 1)]
        assert list(source.rows()) == [(1, ["t", "", "x"]), (2, ["", "y"])]


def test_hidden_and_empty_sheets_are_left_out(tmp_path: Path) -> None:
    styles = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    one = row(cell("a"))
    tables = (
        table(one, name="H", style="ta2")
        + table(row("<table:table-cell/>"), name="E")
        + table(one)
        + table(one, name="B")
    )
    with open_source(ods(tmp_path / "a.ods", tables, styles)) as source:
        assert source.sheets == ["客户", "B"]
        assert source.notes == [Note("sheets.hidden", {"names": ["H"]})]
        assert list(source.rows("B")) == list(source.rows()) == [(1, ["a"])]
    assert refusal(ods(tmp_path / "a.ods", table(row()))) == "file.no_sheet"


@pytest.mark.parametrize("times", [3, 1_000_000, 10**9, 10**30])
def test_limits_count_what_is_repeated(tmp_path: Path, times: int) -> None:
    down = ods(tmp_path / "a.ods", table(row(cell("a"), more=f'table:number-rows-repeated="{times}"')))
    assert refusal(down, max_rows=2) == "file.too_many_rows"
    right = f'office:value-type="string" table:number-columns-repeated="{times}"'
    assert (
        refusal(ods(tmp_path / "b.ods", table(row(cell("a", right)))), max_columns=2)
        == "file.too_many_columns"
    )


def test_entities_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert refusal(ods(tmp_path / "a.ods", "", more={"content.xml": laughs})) == "file.unreadable"


@pytest.mark.parametrize(
    ("first", "since"), [("1904-01-01", True), ("1899-12-30", False), ("1900-01-01", False), ("", False)]
)
def test_the_date_system_of_1904(tmp_path: Path, first: str, since: bool) -> None:
    said = f'<table:calculation-settings><table:null-date table:date-value="{first}"/></table:calculation-settings>'
    one = table(row(cell("x", 'office:value-type="float" office:value="31532"')))
    with open_source(ods(tmp_path / "a.ods", said + one if first else one)) as source:
        assert (source.since_1904, list(source.rows())) == (since, [(1, [31532.0])])


def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="500"/>'
    for text, want in (("\u3000", ""), ("x", "file.too_many_columns")):
        path = ods(tmp_path / "a.ods", table(row(cell("a")), row(blank, cell(text)), row(cell("b"))))
        assert refusal(path) == want
    many = cell("\u3000", 'office:value-type="string" table:number-columns-repeated="16384"')
    path = ods(tmp_path / "a.ods", table(row(cell("a"), many), row(cell("b"))))
    assert read(path) == [(1, ["a"]), (2, ["b"])]
    path = ods(tmp_path / "a.ods", table(row(cell("a"), many, cell("x"))))
    assert refusal(path) == "file.too_many_columns"
