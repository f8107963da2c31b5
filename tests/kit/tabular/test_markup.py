from pathlib import Path

import pytest

from scrm.kit.tabular import open_source
from tests.kit.tabular.crafting import cells, read, refusal


def page(tmp_path: Path, body: str, encoding: str = "utf-8", head: str = "") -> Path:
    path = tmp_path / "a.xls"
    path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding))
    return path


def row(*texts: str) -> str:
    return "<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>"


def test_the_table_with_most_cells_is_taken(tmp_path: Path) -> None:
    small, large = f"<table>{row('menu')}</table>", f"<table>{row('a', 'b')}{row('c', 'd')}</table>"
    path = page(tmp_path, small + large + small)
    with open_source(path) as source:
        assert (source.kind, source.sheets, source.delimiter) == ("html", [""], "")
        assert list(source.rows()) == [(1, ["a", "b"]), (2, ["c", "d"])]


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030"])
def test_the_declared_charset_of_chinese_pages_is_gb18030(tmp_path: Path, charset: str) -> None:
    path = page(tmp_path, f"<table>{row('𠮷野家', '王䶮')}</table>", "gb18030", f'<meta charset="{charset}">')
    with open_source(path) as source:
        assert source.encoding == "gb18030"
        assert list(source.rows()) == [(1, ["𠮷野家", "王䶮"])]


def test_utf8_under_a_wrong_declaration(tmp_path: Path) -> None:
    assert cells(page(tmp_path, f"<table>{row('张三')}</table>", "utf-8", "<meta charset=gb2312>")) == [
        ["张三"]
    ]


def test_other_charsets_are_believed(tmp_path: Path) -> None:
    head = '<meta http-equiv="Content-Type" content="text/html; charset=big5">'
    assert cells(page(tmp_path, f"<table>{row('陳小明', '電話')}</table>", "big5", head)) == [
        ["陳小明", "電話"]
    ]
    unknown = "<meta charset=none-such>"
    assert cells(page(tmp_path, f"<table>{row('张三', '电话')}</table>", "gbk", unknown)) == [
        ["张三", "电话"]
    ]


def test_utf16(tmp_path: Path) -> None:
    assert cells(page(tmp_path, f"<table>{row('张三')}</table>", "utf-16")) == [["张三"]]


def test_spans_leave_room_and_are_merged_ranges(tmp_path: Path) -> None:
    body = (
        "<table><tr><td colspan=3>title</td><td>x</td></tr>"
        '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr><tr><td>e</td></tr></table>'
    )
    with open_source(page(tmp_path, body)) as source:
        assert list(source.rows()) == [
            (1, ["title", "", "", "x"]),
            (2, ["a", "b"]),
            (3, ["", "c", "d"]),
            (4, ["e"]),
        ]
        assert source.merged() == [(1, 0, 1, 2), (2, 0, 3, 0)]


def test_entities_breaks_and_white_space(tmp_path: Path) -> None:
    body = (
        "<table><tr><td> a &amp; b\n   c </td><td>&nbsp;</td><td>1<br>2<br/>3</td><td><p>x</p><p>y</p></td>"
        "<td>&#22995;&#x540D;</td><td>a < b</td><td><b>b</b><i>i</i></td></tr></table>"
    )
    assert cells(page(tmp_path, body)) == [["a & b c", "", "1\n2\n3", "x\ny", "姓名", "a < b", "bi"]]


def test_cells_are_text(tmp_path: Path) -> None:
    body = (
        "<table><tr><td style='mso-number-format:\"\\@\"'>0013800000001</td><td>1.50</td>"
        '<td x:num="13800000001">1.38E+10</td><td x:num="32994">1990-05-01</td><td x:num="45000">#####</td></tr></table>'
    )
    assert cells(page(tmp_path, body)) == [["0013800000001", "1.50", "13800000001", "1990-05-01", "45000"]]


def test_unclosed_and_odd_markup(tmp_path: Path) -> None:
    body = "<TABLE BORDER=1><TR><TH>a<TH title='x > y'>b<TR><TD title=\"x > y\">c<td/><td>e"
    assert cells(page(tmp_path, body))[0][0] == "a"
    assert cells(page(tmp_path, body))[1] == ["c", "", "e"]


def test_cells_before_the_first_row(tmp_path: Path) -> None:
    assert read(page(tmp_path, "<table><td>a<td>b<tr><td>c</table>")) == [(1, ["a", "b"]), (2, ["c"])]


def test_comments_scripts_and_styles_are_no_cells(tmp_path: Path) -> None:
    body = (
        "<style>td {x: '<td>no</td>'}</style><!--[if gte mso 9]><xml><td>no</td></xml><![endif]-->"
        "<table><tr><!-- <td>no</td> --><td>a<!--x-->b</td><td>c<script>if (1<2) x='<td>no'</script>d</td></tr></table>"
    )
    assert cells(page(tmp_path, body)) == [["ab", "cd"]]


def test_a_table_inside_a_cell_is_another_table(tmp_path: Path) -> None:
    body = f"<table><tr><td>a<table>{row('inner')}</table>b</td><td>c</td></tr>{row('d', 'e')}</table>"
    assert cells(page(tmp_path, body)) == [["ab", "c"], ["d", "e"]]


def test_blank_rows_keep_their_number(tmp_path: Path) -> None:
    body = f"<table>{row('a')}<tr></tr>{row('', '')}{row('b')}{row('')}</table>"
    assert read(page(tmp_path, body)) == [(1, ["a"]), (2, []), (3, []), (4, ["b"])]


def test_limits(tmp_path: Path) -> None:
    path = page(tmp_path, f"<table>{row('a', 'b')}{row('c')}<tr></tr></table>")
    assert refusal(path, max_rows=2, max_columns=2) == ""
    assert refusal(path, max_rows=1) == "file.too_many_rows"
    assert refusal(path, max_columns=1) == "file.too_many_columns"
    assert refusal(page(tmp_path, "<table><tr><td></td></tr></table>")) == "file.empty"
    assert refusal(page(tmp_path, "<table>" * 60)) == "file.wrong_type"


def test_lost_characters_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"<table><tr><td>" + "张三李四王五".encode("gbk") + b"\xff</td></tr></table>")
    with open_source(path) as source:
        assert [note.code for note in source.notes] == ["encoding.lossy"]


def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path) -> None:
    for text, want in (("\u3000", ""), ("x", "file.too_many_columns")):
        path = tmp_path / "a.xls"
        path.write_text(f"<table><tr><td>a<td>b<td>{text}</table>", encoding="utf-8")
        assert refusal(path, max_columns=2) == want
