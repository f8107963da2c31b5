from datetime import date, datetime, time
from pathlib import Path

import pytest

from scrm.kit.tabular import Note, open_source
from tests.kit.tabular.crafting import cells, read, refusal

SPACES = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:html="http://www.w3.org/TR/REC-html40"'
)


def data(kind: str, text: str) -> str:
    return f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'


def sheet(name: str, rows: str, options: str = "") -> str:
    return f'<Worksheet ss:Name="{name}"><Table>{rows}</Table><WorksheetOptions>{options}</WorksheetOptions></Worksheet>'


def book(tmp_path: Path, *sheets: str, encoding: str = "utf-8", before: str = "") -> Path:
    path = tmp_path / "a.xls"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n{before}'
        f"<Workbook {SPACES}>{''.join(sheets)}</Workbook>"
    )
    path.write_bytes(text.encode(encoding))
    return path


def test_values_have_their_types(tmp_path: Path) -> None:
    row = "<Row>" + "".join(
        [
            data("String", "张三 &amp; 李四"),
            data("Number", "13800000001"),
            data("Boolean", "1"),
            data("DateTime", "1990-05-01T00:00:00.000"),
            data("DateTime", "1990-05-01T08:30:00.000"),
            data("DateTime", "1899-12-31T08:30:00.000"),
            data("Error", "#N/A"),
            data("Number", "many"),
            data("DateTime", "some day"),
        ]
    )
    path = book(tmp_path, sheet("S", row + "</Row>"))
    with open_source(path) as source:
        assert (source.kind, source.encoding, source.sheets) == ("xml", "utf-8", ["S"])
        assert list(source.rows()) == [
            (
                1,
                [
                    "张三 & 李四", 13800000001.0, True, date(1990, 5, 1), datetime(1990, 5, 1, 8, 30), time(8, 30), "",
                    "many", "some day",
                ],
            )
        ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gb2312"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = book(tmp_path, sheet("客户", f"<Row>{data('String', '张三')}</Row>"), encoding=encoding)
    assert cells(path, "客户") == [["张三"]]


def test_places_and_merged_ranges(tmp_path: Path) -> None:
    rows = (
        f'<Row ss:Index="2"><Cell ss:MergeAcross="2"><Data ss:Type="String">t</Data></Cell>{data("String", "x")}</Row>'
        '<Row ss:Index="5"><Cell ss:Index="3" ss:MergeDown="1"><Data ss:Type="String">y</Data></Cell></Row><Row/>'
    )
    path = book(tmp_path, sheet("S", rows))
    with open_source(path) as source:
        assert list(source.rows()) == [(2, ["t", "", "", "x"]), (3, []), (4, []), (5, ["", "", "y"])]
        assert source.merged() == [(2, 0, 2, 2), (5, 2, 6, 2)]


def test_comments_are_no_values_and_rich_text_is(tmp_path: Path) -> None:
    row = (
        '<Row><Cell><ss:Data ss:Type="String"><html:B>bold</html:B> plain</ss:Data>'
        "<Comment><ss:Data>remark</ss:Data></Comment></Cell><Cell><Comment><ss:Data>remark</ss:Data></Comment></Cell></Row>"
    )
    assert cells(book(tmp_path, sheet("S", row))) == [["bold plain"]]


def test_hidden_and_empty_sheets_are_left_out(tmp_path: Path) -> None:
    row = f"<Row>{data('String', 'a')}</Row>"
    hidden = (
        sheet("H", row, "<Visible>SheetHidden</Visible>"),
        sheet("V", row, "<Visible>SheetVeryHidden</Visible>"),
    )
    path = book(tmp_path, hidden[0], sheet("Empty", "<Row/>"), sheet("A", row), hidden[1], sheet("B", row))
    with open_source(path) as source:
        assert source.sheets == ["A", "B"]
        assert source.notes == [Note("sheets.hidden", {"names": ["H", "V"]})]
        assert list(source.rows("B")) == list(source.rows()) == [(1, ["a"])]
    assert refusal(book(tmp_path, hidden[0])) == "file.no_sheet"


def test_limits_and_entities(tmp_path: Path) -> None:
    two = f"<Row>{data('String', 'a')}{data('String', 'b')}</Row>" * 2
    assert refusal(book(tmp_path, sheet("S", two)), max_rows=2, max_columns=2) == ""
    assert refusal(book(tmp_path, sheet("S", two)), max_rows=1) == "file.too_many_rows"
    assert refusal(book(tmp_path, sheet("S", two)), max_columns=1) == "file.too_many_columns"
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert (
        refusal(book(tmp_path, sheet("S", f"<Row>{data('String', '&b;')}</Row>"), before=laughs))
        == "file.unreadable"
    )


def test_a_truncated_file_is_said(tmp_path: Path) -> None:
    path = book(tmp_path, sheet("S", f"<Row>{data('String', 'a')}</Row>" * 50))
    path.write_bytes(path.read_bytes()[:-500])
    assert refusal(path) == "file.unreadable"


def test_large_sheets_stream(tmp_path: Path) -> None:
    rows = "".join(f"<Row>{data('String', f'n{n}')}{data('Number', str(n))}</Row>" for n in range(1, 20_001))
    found = read(book(tmp_path, sheet("S", rows)))
    assert (len(found), found[-1]) == (20_000, (20_000, ["n20000", 20_000.0]))


@pytest.mark.parametrize("since", [True, False])
def test_the_date_system_of_1904(tmp_path: Path, since: bool) -> None:
    options = "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>" if since else "<x:ExcelWorkbook/>"
    path = book(tmp_path, options, sheet("S", f"<Row>{data('Number', '31532')}</Row>"))
    with open_source(path) as source:
        assert (source.since_1904, list(source.rows())) == (since, [(1, [31532.0])])


def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path) -> None:
    for text, want in (("\u3000", ""), ("x", "file.too_many_columns")):
        far = f'<Cell ss:Index="501"><Data ss:Type="String">{text}</Data></Cell>'
        path = book(tmp_path, sheet("S", f"<Row>{data('String', 'a')}{far}</Row>"))
        assert refusal(path) == want
    path = book(tmp_path, sheet("S", f"<Row>{data('String', 'a')}{far.replace('>x<', '> <')}</Row>"))
    assert cells(path) == [["a"]]
