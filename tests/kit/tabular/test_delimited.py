import gzip
from pathlib import Path

import pytest

from scrm.kit.tabular import open_source
from tests.kit.tabular.crafting import cells, read, refusal


def csv(tmp_path: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_count(tmp_path: Path, delimiter: str) -> None:
    lines = ["姓名{0}手机号{0}备注", "张三{0}13800000001{0}a/b", '李四{0}13800000002{0}"x,y;z|w{0}v"']
    path = csv(tmp_path, "\n".join(lines).format(delimiter))
    with open_source(path) as source:
        assert (source.kind, source.delimiter, source.sheets) == ("csv", delimiter, [""])
        assert list(source.rows())[2] == (3, ["李四", "13800000002", f"x,y;z|w{delimiter}v"])


def test_a_wide_ragged_table_beats_a_regular_pair(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b,c,d,tags\n1,2,3,4,x;y\n1,2,3,4,x;y\n1,2,3,x;y\n")
    assert cells(path)[1] == ["1", "2", "3", "4", "x;y"]


def test_semicolons_with_decimal_commas(tmp_path: Path) -> None:
    assert cells(csv(tmp_path, "n;a;b\nx;1,5;2,5\ny;3,5;4,5\n"))[1] == ["x", "1,5", "2,5"]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert cells(csv(tmp_path, "手机号\n13800000001\n")) == [["手机号"], ["13800000001"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    path = csv(tmp_path, end.join(["a,b", f'1,"x{end}y"', "", "2,z", "", ""]))
    assert read(path) == [(1, ["a", "b"]), (2, ["1", f"x{end}y"]), (3, []), (4, ["2", "z"])]


def test_doubled_quotes_spaces_and_empty_cells_stay(tmp_path: Path) -> None:
    path = csv(tmp_path, 'a,b,c\n" x ","say ""hi""",\n,,\n ,"",z\n')
    assert read(path) == [(1, ["a", "b", "c"]), (2, [" x ", 'say "hi"']), (3, []), (4, [" ", "", "z"])]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_the_sep_line_of_excel_is_honoured_and_no_row(tmp_path: Path, first: str) -> None:
    path = csv(tmp_path, f"{first}\r\na;b,c\r\n1;2,3\r\n")
    assert read(path) == [(1, ["a", "b,c"]), (2, ["1", "2,3"])]


def test_sep_may_name_any_sign(tmp_path: Path) -> None:
    assert cells(csv(tmp_path, "sep=^\na^b\n")) == [["a", "b"]]


def test_the_apostrophe_of_an_export_is_taken_off(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b,c\n'=1+1,''-2,'x\n'@a,'+86,it's\n")
    assert cells(path)[1:] == [["=1+1", "'-2", "'x"], ["@a", "+86", "it's"]]


def test_pictures_of_wps_are_empty(tmp_path: Path) -> None:
    path = csv(tmp_path, 'a,b,c\n"=DISPIMG(""ID_1"",1)",=_xlfn.DISPIMG(1),x\n')
    assert cells(path)[1] == ["", "", "x"]


def test_the_end_mark_of_dos_is_no_row(tmp_path: Path) -> None:
    assert cells(csv(tmp_path, "a,b\n1,2\n\x1a")) == [["a", "b"], ["1", "2"]]


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = csv(tmp_path, gzip.compress("姓名,手机号\n张三,1\n".encode("gb18030")), "a.csv.gz")
    assert cells(path) == [["姓名", "手机号"], ["张三", "1"]]


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    assert refusal(csv(tmp_path, gzip.compress(b"a,b\n1,2\n" * 5000)[:-20])) == "file.unreadable"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b",,,\n,,\n", b"\xff\xfe", b" \n\t\n"])
def test_nothing_is_empty(tmp_path: Path, data: bytes) -> None:
    assert refusal(csv(tmp_path, data)) == "file.empty"


def test_rows_with_a_value_are_limited_and_blank_ones_are_not(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n\n,,\n1,2\n\n3,4\n")
    assert refusal(path, max_rows=3) == ""
    assert refusal(path, max_rows=2) == "file.too_many_rows"


def test_a_text_over_many_lines_is_one_row(tmp_path: Path) -> None:
    path = csv(tmp_path, 'a,b,c\n1,2,"' + "x\n" * 400 + '"\n')
    assert refusal(path, max_rows=2) == ""


def test_columns_with_a_value_are_limited(tmp_path: Path) -> None:
    assert refusal(csv(tmp_path, "a,b,c\n" + "1,2,3" + "," * 900 + "\n"), max_columns=3) == ""
    assert refusal(csv(tmp_path, "a,b,c\n1,2,3,4\n"), max_columns=3) == "file.too_many_columns"


def test_the_size_is_limited_packed_or_not(tmp_path: Path) -> None:
    data = b"a,b\n" * 5000
    assert refusal(csv(tmp_path, data), max_unzipped=10_000) == "file.too_big"
    assert refusal(csv(tmp_path, gzip.compress(data)), max_unzipped=10_000) == "file.too_big"
    assert refusal(csv(tmp_path, gzip.compress(data)), max_unzipped=20_000) == ""


def test_every_call_of_rows_starts_at_the_top(tmp_path: Path) -> None:
    with open_source(csv(tmp_path, "a,b\n1,2\n")) as source:
        first = source.rows()
        assert next(first) == (1, ["a", "b"])
        assert list(source.rows()) == [(1, ["a", "b"]), (2, ["1", "2"])]
        assert next(first) == (2, ["1", "2"])
        assert source.merged() == []


def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text, want in ((" ", ""), ("x", "file.too_many_columns")):
        path.write_text(f"a,b,,{text}\n,,\u3000,\nc,d\n", encoding="utf-8")
        assert refusal(path, max_columns=2) == want
    path.write_text("a,b,, \n,,\u3000,\nc,d\n", encoding="utf-8")
    with open_source(path, max_columns=2) as source:
        assert list(source.rows()) == [(1, ["a", "b"]), (2, []), (3, ["c", "d"])]
