"""Small files that would like to fill the memory. None may need more than 400 MB or 30 seconds."""

import gzip
import struct
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import xlwt

from tests.kit.tabular.crafting import compound, ods, record, repeated, sheet_xml, sst, xlsx
from tests.kit.tabular.measuring import Cost, cost

SMALL = 160  # megabytes: the interpreter and the libraries alone take some fifty


def check(path: Path, megabytes: int = SMALL, seconds: float = 30) -> Cost:
    assert path.stat().st_size < 10 << 20
    found = cost(path)
    assert (found.megabytes < megabytes, found.seconds < seconds) == (True, True), found
    return found


def one(place: str, row: int) -> str:
    return f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "code", "count"),
    [
        (one("XFD1048576", 1048576), "file.too_many_columns", 0),
        (one("A1", 1) + one("XFD1048576", 1048576), "file.too_many_columns", 0),
        (one("A1", 1) + one("Z1048576", 1048576), "", 1048576),
        (one("SF1", 1) + one("A1048576", 1048576), "", 1048576),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="SF1048576"><v>1</v></c></row>', "", 1),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row><c s="1" r="SF1048576"><v>1</v></c></row>', "", 2),
    ],
)
def test_two_far_cells(tmp_path: Path, rows: str, code: str, count: int) -> None:
    found = check(xlsx(tmp_path / "a.xlsx", sheet_xml(rows)), 80)
    assert (found.code, found.rows) == (code, count)


def test_a_far_cell_behind_many_near_ones(tmp_path: Path) -> None:
    def sheet() -> Iterator[bytes]:
        yield b"<worksheet><sheetData>"
        for row in range(1, 60_000):
            yield b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (row, row, row)
        yield b'<row r="60000"><c r="SA60000"><v>1</v></c></row></sheetData></worksheet>'

    found = check(xlsx(tmp_path / "a.xlsx", sheet()))
    assert (found.code, found.rows) == ("", 60_000)


def test_one_long_text_in_a_hundred_thousand_cells(tmp_path: Path) -> None:
    rows = (b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 100_001))
    sheet = chain([b"<worksheet><sheetData>"], rows, [b"</sheetData></worksheet>"])
    found = check(xlsx(tmp_path / "a.xlsx", sheet, strings=sst(f"<t>{'x' * 32_000}</t>")))
    assert (found.code, found.rows) == ("", 100_000)


def test_strings_without_end(tmp_path: Path) -> None:
    cell = sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    many = repeated(b"<si><t>ab</t></si>", 300_000, b'<sst uniqueCount="5">', b"</sst>")
    assert check(xlsx(tmp_path / "a.xlsx", cell, strings=many)).rows == 1
    claimed = '<sst uniqueCount="99999999999999"><si><t>a</t></si></sst>'
    assert check(xlsx(tmp_path / "b.xlsx", cell, strings=claimed)).rows == 1


@pytest.mark.parametrize(
    ("piece", "times", "before", "after", "code"),
    [
        (b" ", 30 << 20, b"<worksheet><sheetData>", b"</sheetData></worksheet>", "file.too_big"),
        (b"<a>", 1 << 20, b'<worksheet><sheetData><row r="1"><c r="A1">', b"</c></row></sheetData></worksheet>", "file.unreadable"),
        (b"<a>", 1 << 20, b'<worksheet><sheetData/>', b"</worksheet>", "file.unreadable"),
        (b'<mergeCell ref="A1:B2"/>', 150_000, b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData>", b"</worksheet>", ""),
        (b"<row><c><v>1</v></c></row>", 100_000, b"<worksheet><sheetData>", b"</sheetData></worksheet>", ""),
        (b'<c a="&#65;"/>', 300_000, b"<worksheet><sheetData><row><c><v>1</v></c>", b"</row></sheetData></worksheet>", ""),
    ],
)  # fmt: skip
def test_parts_that_repeat(
    tmp_path: Path, piece: bytes, times: int, before: bytes, after: bytes, code: str
) -> None:
    assert check(xlsx(tmp_path / "a.xlsx", repeated(piece, times, before, after))).code == code


def test_one_element_with_a_million_attributes(tmp_path: Path) -> None:
    names = (b'a%d="" ' % number for number in range(300_000))
    sheet = chain(
        [b"<worksheet><sheetData><row><c "], names, [b"><v>1</v></c></row></sheetData></worksheet>"]
    )
    assert check(xlsx(tmp_path / "a.xlsx", sheet)).code == "file.unreadable"
    names = (b'<c a%d=""/>' % number for number in range(20_000))
    sheet = chain([b"<worksheet><sheetData><row>"], names, [b"</row></sheetData></worksheet>"])
    assert check(xlsx(tmp_path / "b.xlsx", sheet)).code == "file.unreadable"


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"]
)
def test_entities_that_grow(tmp_path: Path, part: str) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData><t>&e11;</t></worksheet>'
    sheet = sheet_xml('<row r="1"><c r="A1" t="s" s="1"><v>0</v></c></row>')
    assert check(xlsx(tmp_path / "a.xlsx", sheet, strings=sst("<t>a</t>"), more={part: laughs})).code in {
        "file.unreadable", "file.no_sheet"
    }  # fmt: skip


def test_formatted_but_empty_rows_cost_little(tmp_path: Path) -> None:
    rows = (
        b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="XFD%d" s="1"/></row>' % (n, n, n)
        for n in range(2, 100_000)
    )
    sheet = chain(
        [b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'],
        rows,
        [b"</sheetData></worksheet>"],
    )
    assert check(xlsx(tmp_path / "a.xlsx", sheet), 80).rows == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('table:number-rows-repeated="1000000000"><table:table-cell office:value-type="float" office:value="1"/>', "file.too_many_rows"),
        ('table:number-rows-repeated="100000"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="400"/>', ""),
        ('><table:table-cell office:value-type="string"><text:p>' + '<text:s text:c="99999999"/>' * 9000 + "</text:p></table:table-cell>", ""),
    ],
)  # fmt: skip
def test_ods_that_repeats(tmp_path: Path, row: str, code: str) -> None:
    path = ods(
        tmp_path / "a.ods",
        f'<table:table table:name="T"><table:table-row {row}</table:table-row></table:table>',
    )
    assert check(path, 80).code == code


def test_far_cells_of_an_xls(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    page = made.add_sheet("S")
    page.write(0, 0, 1)
    page.write(65535, 255, 1)
    made.save(str(tmp_path / "a.xls"))
    assert check(tmp_path / "a.xls", 80).rows == 65_536


def test_an_xls_that_claims_and_repeats(tmp_path: Path) -> None:
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    text = struct.pack("<II", 1, 0xFFFFFFFF) + struct.pack("<HB", 8000, 0) + b"x" * 8000
    strings = record(0xFC, text) + record(10)
    place = len(begin) + 13 + len(strings)
    bound = record(0x85, struct.pack("<IBBBB", place, 0, 0, 1, 0) + b"S")
    size = record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))
    cells = b"".join(record(0xFD, struct.pack("<HHHI", n % 65536, n // 65536, 0, 0)) for n in range(200_000))
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0)) + size + cells + record(10)
    found = check(compound(tmp_path / "a.xls", {"Workbook": begin + bound + strings + sheet}))
    assert (found.code, found.rows) == ("", 65_536)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<table><tr>" + b"<td colspan=1000 rowspan=65534>x" * 20_000, "file.too_many_columns"),
        (b"<table><tr><td rowspan=65534 colspan=490>x</td>" + b"<tr><td>x" * 20_000, ""),
        (b"<table><tr><td>x</td></tr>" + b'<a <a "' * 50_000, ""),
        (b"<table><tr><td>x</td></tr>" + b"<!--" * 100_000, ""),
        (b"<table><tr><td>x</td></tr>" + b"<script>" * 100_000, ""),
        (b"<table><tr><td>" * 60_000, "file.wrong_type"),
        (b"<table><tr><td>" + b"&" * 1_000_000, ""),
        (b"name,phone,note\n" + b'"x,1,2\ny,"3\n' * 20_000, ""),
        (b"name,phone,note\n" + (b'"x,1,2\n' + b"y,2,3\n" * 498) * 100, ""),
        (b'"' * 3_000_000, ""),
        (b"a," * 2_000_000, "file.too_many_columns"),
    ],
)
def test_text_that_takes_its_time(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert check(path, 250).code == code


def test_a_small_gzip_of_many_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b,c\n" * 5_000_000, 1))
    found = check(path, 80, seconds=10)
    assert (found.code, found.rows) == ("file.too_many_rows", 0)


def test_more_rows_than_allowed_are_refused_early(tmp_path: Path) -> None:
    rows = (b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(1, 200_001))
    path = xlsx(tmp_path / "a.xlsx", chain([b"<worksheet><sheetData>"], rows, [b"</sheetData></worksheet>"]))
    found = cost(path, max_rows=199_999)
    assert (found.code, found.rows, found.megabytes < 80) == ("file.too_many_rows", 0, True)


def test_a_long_csv_streams(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,手机号,备注\n".encode() + "张三,13800000001,很好的客户\n".encode() * 200_000)
    found = cost(path)
    assert (found.rows, found.megabytes < 70) == (200_001, True)
