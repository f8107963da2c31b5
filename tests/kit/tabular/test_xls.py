"""xls: of Excel 97 by xlwt, of Excel 95 by hand."""

import io
import struct
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlwt
from python_calamine import CalamineWorkbook

from scrm.kit.tabular import Note, open_source
from scrm.kit.tabular.biff.numbers import unpack_rk
from scrm.kit.tabular.biff.ole import CompoundFile
from scrm.kit.tabular.biff.text import shared_strings
from scrm.kit.tabular.cells import trim
from tests.kit.tabular.crafting import cells, compound, record, refusal


def book(tmp_path: Path, rows: list[list[Any]], name: str = "客户") -> Path:
    made = xlwt.Workbook(encoding="utf-8")
    page = made.add_sheet(name)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if value is not None:
                page.write(y, x, value, day) if isinstance(value, date | time) else page.write(y, x, value)
    path = tmp_path / "a.xls"
    made.save(str(path))
    return path


def stream(version: int, inside: bytes, sheet: bytes, name: bytes = b"\x01S", state: int = 0) -> bytes:
    """One workbook with one sheet."""
    begin = record(0x0809, struct.pack("<HHHHII", version, 5, 0, 0, 0, 0)) + inside
    bound = record(0x85, struct.pack("<IBB", 0, state, 0) + name)
    place = len(begin) + len(bound) + 4
    bound = record(0x85, struct.pack("<IBB", place, state, 0) + name)
    page = record(0x0809, struct.pack("<HHHHII", version, 16, 0, 0, 0, 0)) + sheet + record(10)
    return begin + bound + record(10) + page


def place(row: int, column: int, style: int = 0) -> bytes:
    return struct.pack("<HHH", row, column, style)


def test_types_of_excel_97(tmp_path: Path) -> None:
    moment = datetime(1990, 5, 1, 12, 30)
    rows = [
        ["姓名", "a\nb", "🌸𠮷", " x ", ""],
        [13800000001, 1.5, -7, 123456789.25, 0.07, 1e300],
        [date(1990, 5, 1), moment, time(12), True, False],
        [],
        [None, None, "x"],
    ]
    path = book(tmp_path, rows)
    with open_source(path) as source:
        assert (source.kind, source.encoding, source.sheets) == ("xls", "", ["客户"])
        assert list(source.rows()) == [
            (1, ["姓名", "a\nb", "🌸𠮷", " x "]),
            (2, [13800000001.0, 1.5, -7, 123456789.25, 0.07, 1e300]),
            (3, [date(1990, 5, 1), moment, time(12), True, False]),
            (4, []),
            (5, ["", "", "x"]),
        ]


def test_calamine_reads_the_same(tmp_path: Path) -> None:
    rows = [[f"客户{n}" * (n % 50), n, n / 7, date(1990, 1, 1)] for n in range(3000)]
    path = book(tmp_path, rows)
    theirs = [trim(row) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()]
    ours = cells(path)
    assert ours == theirs
    assert [[type(cell) for cell in row] for row in ours] == [[type(cell) for cell in row] for row in theirs]


def test_merged_hidden_formulas_and_pictures(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    for name, visibility in [("A", 0), ("H", 1), ("V", 2), ("Empty", 0)]:
        page = made.add_sheet(name)
        page.visibility = visibility
        if name == "Empty":
            continue
        page.write_merge(0, 0, 0, 3, "title")
        page.write(2, 0, xlwt.Formula("1+1"))
        page.write(2, 1, '=DISPIMG("ID_1",1)')
        page.write(2, 2, "end")
    path = tmp_path / "a.xls"
    made.save(str(path))
    with open_source(path) as source:
        assert source.sheets == ["A"]
        assert source.notes == [Note("sheets.hidden", {"names": ["H", "V"]})]
        assert source.merged() == [(1, 0, 1, 3)]
        assert list(source.rows()) == [(1, ["title"]), (2, []), (3, ["", "", "end"])]


def test_excel_95_in_a_chinese_code_page(tmp_path: Path) -> None:
    text = "张三".encode("gb18030")
    inside = (
        record(0x42, struct.pack("<H", 936))
        + record(0x041E, struct.pack("<HB", 164, 10) + b"yyyy-mm-dd")
        + record(0xE0, struct.pack("<HH", 0, 0) + b"\0" * 12)
        + record(0xE0, struct.pack("<HH", 0, 164) + b"\0" * 12)
    )
    sheet = (
        record(0x0200, b"\0" * 10)
        + record(0x0204, place(0, 0) + struct.pack("<H", len(text)) + text)
        + record(0x00D6, place(0, 1) + struct.pack("<H", len(text)) + text + b"\x00")
        + record(0x0203, place(0, 2, 1) + struct.pack("<d", 32994))
        + record(
            0x00BD, struct.pack("<HH", 1, 0) + struct.pack("<HI", 0, 7 << 2 | 2) * 3 + struct.pack("<H", 2)
        )
        + record(0x0205, place(1, 3) + b"\x01\x00")
        + record(0x0205, place(1, 4) + b"\x2a\x01")
        + record(0x0006, place(2, 0) + struct.pack("<d", 2.5) + b"\0" * 8)
        + record(0x0006, place(2, 1) + b"\x00\0\0\0\0\0\xff\xff" + b"\0" * 8)
        + record(0x0207, struct.pack("<H", len(text)) + text)
        + record(0x0006, place(2, 2) + b"\x01\0\x01\0\0\0\xff\xff" + b"\0" * 8)
        + record(0x0006, place(2, 3) + b"\x02\0\x2a\0\0\0\xff\xff" + b"\0" * 8)
        + record(0x0809, b"\x00\x05\x20\x00" + b"\0" * 12)  # a chart inside the sheet
        + record(0x0203, place(9, 9) + struct.pack("<d", 1))
        + record(10)
    )
    name = "客户".encode("gb18030")
    data = stream(0x0500, inside, sheet, bytes([len(name)]) + name)
    expected = [["张三", "张三", date(1990, 5, 1)], [7, 7, 7, True], [2.5, "张三", True]]
    path = compound(tmp_path / "a.xls", {"Book": data})
    with open_source(path) as source:
        assert (source.encoding, source.sheets) == ("gb18030", ["客户"])
        assert [row for number, row in source.rows()] == expected
    path.write_bytes(data)  # without the container
    assert cells(path) == expected


def of_excel_95(tmp_path: Path, page: int, encoding: str, *texts: str) -> Path:
    """The texts below each other, the last one as a formula's result, in a book that says it is of this code page."""
    labels = b""
    for number, text in enumerate(texts):
        raw = text.encode(encoding)
        counted = struct.pack("<H", len(raw)) + raw
        if number < len(texts) - 1:
            labels += record(0x0204, place(number, 0) + counted)
        else:
            labels += record(0x0006, place(number, 0) + b"\x00\0\0\0\0\0\xff\xff" + b"\0" * 8)
            labels += record(0x0207, counted)
    name = texts[0].encode(encoding)
    inside = record(0x42, struct.pack("<H", page))
    data = stream(0x0500, inside, labels, bytes([len(name)]) + name)
    return compound(tmp_path / "a.xls", {"Book": data})


@pytest.mark.parametrize(
    "texts",
    [
        ["姓名", "张三", "李四"],
        ["客户", "VIP", "手机（必填）", "王喆a", "13800000001", "备注：无"],
        ["List", "Muller", "张小三丰", "陈", "欧阳"],
    ],
)
def test_chinese_in_a_book_that_calls_itself_western(tmp_path: Path, texts: list[str]) -> None:
    with open_source(of_excel_95(tmp_path, 1252, "gb18030", *texts)) as source:
        assert (source.encoding, source.sheets) == ("gb18030", [texts[0]])
        assert [row for _number, row in source.rows()] == [[text] for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        ["Nom", "José", "Müller", "Jörg", "Ñandú", "créée", "réélu", "Zoë Äöü"],
        ["Größe", "Straße", "Äpfel"],
        ["créée", "créée"],
        ["Name", "plain"],
        ["naïveté", "Œuvre", "100 €"],
    ],
)
def test_western_books_stay_western(tmp_path: Path, texts: list[str]) -> None:
    with open_source(of_excel_95(tmp_path, 1252, "cp1252", *texts)) as source:
        assert (source.encoding, source.sheets) == ("cp1252", [texts[0]])
        assert [row for _number, row in source.rows()] == [[text] for text in texts]


def test_other_code_pages_are_taken_at_their_word(tmp_path: Path) -> None:
    with open_source(of_excel_95(tmp_path, 1251, "cp1251", "Имя", "Анна", "Пётр")) as source:
        assert (source.encoding, [row for _number, row in source.rows()]) == (
            "cp1251",
            [["Имя"], ["Анна"], ["Пётр"]],
        )


def test_rows_in_any_order(tmp_path: Path) -> None:
    numbers = b"".join(record(0x0203, place(row, 0) + struct.pack("<d", row)) for row in (5, 2, 9))
    assert cells(compound(tmp_path / "a.xls", {"Workbook": stream(0x0600, b"", numbers, b"\x01\x00S")})) == [
        [2.0], [], [], [5.0], [], [], [], [9.0]]  # fmt: skip


def test_the_date_system_of_1904(tmp_path: Path) -> None:
    inside = record(0x22, b"\x01\x00") + record(0xE0, struct.pack("<HH", 0, 14) + b"\0" * 16)
    sheet = record(0x0203, place(0, 0) + struct.pack("<d", 31532))
    path = compound(tmp_path / "a.xls", {"Workbook": stream(0x0600, inside, sheet, b"\x01\x00S")})
    with open_source(path) as source:
        assert (source.since_1904, list(source.rows())) == (True, [(1, [date(1990, 5, 1)])])
    with open_source(book(tmp_path, [[31532]])) as source:
        assert (source.since_1904, list(source.rows())) == (False, [(1, [31532])])


def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b", "", " "], [None, None, None, "\u3000"], ["c"]])
    with open_source(path, max_columns=2) as source:
        assert list(source.rows()) == [(1, ["a", "b"]), (2, []), (3, ["c"])]
    assert refusal(book(tmp_path, [["a", "b", " ", "x"]]), max_columns=2) == "file.too_many_columns"


def test_limits(tmp_path: Path) -> None:
    path = book(tmp_path, [["a", "b"], [], ["c"]])
    assert refusal(path, max_rows=2, max_columns=2) == ""
    assert refusal(path, max_rows=1) == "file.too_many_rows"
    assert refusal(path, max_columns=1) == "file.too_many_columns"
    assert refusal(path, max_unzipped=1000) == "file.too_big"
    assert refusal(book(tmp_path, [])) == "file.no_sheet"


def test_damaged_files_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    assert refusal(compound(path, {"Workbook": b""})) == "file.unreadable"
    cut = stream(0x0600, b"", record(0x0203, b"\0" * 14), b"\x01\x00S")[:-6]
    path.write_bytes(cut)
    assert refusal(path) == "file.unreadable"
    beyond = stream(0x0600, b"", b"", b"\x01\x00S").replace(b"\x85\x00\x09\x00", b"\x85\x00\x09\xf0")
    path.write_bytes(beyond)
    assert refusal(path) == "file.unreadable"


def test_chains_that_run_in_circles_are_refused(tmp_path: Path) -> None:
    path = compound(tmp_path / "a.xls", {"Workbook": b"x" * 5000})
    data = bytearray(path.read_bytes())
    fat = data.rfind(struct.pack("<III", 1, 2, 3))
    struct.pack_into("<I", data, fat + 4, 0)
    path.write_bytes(data)
    assert refusal(path) == "file.unreadable"
    struct.pack_into("<I", data, 76, 0xFFFFFFF0)  # a table beyond the file
    path.write_bytes(data)
    assert refusal(path) == "file.unreadable"


def test_small_streams_of_a_compound_file() -> None:
    made, raw = xlwt.Workbook(), io.BytesIO()
    made.add_sheet("S").write(0, 0, "a")
    made.save(raw)
    file = CompoundFile(raw.getvalue())
    assert "workbook" in file
    assert file.stream("WORKBOOK")[:2] == b"\x09\x08"
    with pytest.raises(KeyError):
        file.stream("none")


@pytest.mark.parametrize(
    ("packed", "value"),
    [
        (7 << 2 | 2, 7),
        (-7 << 2 & 0xFFFFFFFC | 2, -7),
        (700 << 2 | 3, 7),
        (725 << 2 | 3, 7.25),
        (0x3FF80000, 1.5),
        (0x40590001, 1.0),
    ],
)
def test_packed_numbers(packed: int, value: float) -> None:
    found = unpack_rk(packed)
    assert (type(found), found) == (type(value), value)


def test_shared_strings_that_cross_into_the_next_block() -> None:
    head = struct.pack("<II", 0, 0)
    rich = struct.pack("<HBHI", 3, 13, 1, 4) + "张三李".encode("utf-16-le") + b"\0" * 4 + b"\0" * 4
    half = struct.pack("<HB", 4, 1) + "ab".encode("utf-16-le")
    blocks = [
        head + rich + half,
        b"\x00cd" + struct.pack("<HB", 3, 0) + b"x",
        b"\x01" + "张三".encode("utf-16-le"),
    ]
    assert shared_strings(blocks) == ["张三李", "abcd", "x张三"]
    split = struct.pack("<HB", 2, 1) + "🌸".encode("utf-16-le")[:2]
    assert shared_strings([head + split, b"\x01" + "🌸".encode("utf-16-le")[2:]]) == ["🌸"]
    assert shared_strings([head + struct.pack("<HB", 9, 0) + b"cut"]) == []
    assert shared_strings([]) == []


def test_noughts_that_a_number_format_shows_are_kept(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("会员")
    for row, (value, code) in enumerate([(123, "000000"), (1234567, "000000"), (7, "0.00")]):
        sheet.write(row, 0, value, xlwt.easyxf(num_format_str=code))
    book.save(str(tmp_path / "a.xls"))
    with open_source(tmp_path / "a.xls") as source:
        assert [cells for _number, cells in source.rows()] == [["000123"], [1234567.0], [7.0]]


@pytest.mark.parametrize("code", ["[h]:mm", "yyyy-mm-dd", "hh:mm"])
@pytest.mark.parametrize("number", [13801500001.0, -13801500001.0, 1e300, -1e300])
def test_a_number_beyond_the_calendar_stays_a_number(tmp_path: Path, code: str, number: float) -> None:
    made = xlwt.Workbook()
    made.add_sheet("S").write(0, 0, number, xlwt.easyxf(num_format_str=code))
    made.save(str(tmp_path / "a.xls"))
    assert cells(tmp_path / "a.xls") == [[number]]
