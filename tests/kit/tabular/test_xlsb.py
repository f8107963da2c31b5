import struct
from datetime import date
from pathlib import Path

import pytest

from scrm.kit.tabular import Note, open_source
from scrm.kit.tabular.biff.xlsb import records
from tests.kit.tabular.crafting import OFFICE, cells, pack, record12, refusal, wide


def value(column: int, kind: int, data: bytes, style: int = 0) -> bytes:
    return record12(kind, struct.pack("<II", column, style) + data)


def row(number: int, *values: bytes) -> bytes:
    return record12(0, struct.pack("<I", number - 1) + b"\0" * 13) + b"".join(values)


def book(
    tmp_path: Path, *sheets: tuple[str, int, bytes], since_1904: bool = False, strings: tuple[str, ...] = ()
) -> Path:
    listed = b"".join(
        record12(156, struct.pack("<II", state, n) + wide(f"rId{n}") + wide(name))
        for n, (name, state, inside) in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    styles = record12(44, struct.pack("<H", 164) + wide("yyyy-mm-dd")) + record12(617, b"\0" * 4)
    styles += b"".join(
        record12(47, struct.pack("<HH", 0, number) + b"\0" * 12) for number in (0, 164, 31, 46)
    )
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.bin": record12(153, struct.pack("<II", since_1904, 0)) + listed,
        "xl/_rels/workbook.bin.rels": f"<Relationships>{related}</Relationships>",
        "xl/styles.bin": styles + record12(618),
        "xl/sharedStrings.bin": b"".join(record12(19, b"\0" + wide(text)) for text in strings),
    }
    for n, (_, _, inside) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{n}.bin"] = (
            record12(129) + record12(145) + inside + record12(146) + record12(130)
        )
    return pack(tmp_path / "a.xlsb", parts)


def test_types(tmp_path: Path) -> None:
    inside = row(
        2,
        value(0, 7, struct.pack("<I", 1)),
        value(1, 5, struct.pack("<d", 1.5)),
        value(2, 2, struct.pack("<I", 7 << 2 | 2)),
        value(3, 4, b"\x01"),
        value(4, 3, b"\x2a"),
        value(5, 6, wide("inline")),
        value(6, 5, struct.pack("<d", 32994), style=1),
        value(7, 2, struct.pack("<I", 32994 << 2 | 2), style=2),
        value(8, 1, b""),
    ) + row(
        4,
        value(1, 8, wide("formula") + b"\0" * 10),
        value(2, 9, struct.pack("<d", 2.0) + b"\0" * 10),
        value(3, 10, b"\x00"),
        value(4, 11, b"\x2a"),
        value(5, 62, b"\x01" + wide("rich") + b"\0" * 4),
        value(6, 7, struct.pack("<I", 99)),
        value(7, 6, wide('=DISPIMG("ID",1)')),
        value(8, 7, struct.pack("<I", 0)),
    )
    inside += record12(176, struct.pack("<4I", 1, 1, 0, 2))
    path = book(tmp_path, ("客户", 0, inside), strings=("end", "张三🌸"))
    with open_source(path) as source:
        assert (source.kind, source.sheets, source.merged()) == ("xlsb", ["客户"], [(2, 0, 2, 2)])
        day = date(1990, 5, 1)
        assert (
            list(source.rows())
            == list(source.rows())
            == [
                (2, ["张三🌸", 1.5, 7, True, "", "inline", day, day]),
                (3, []),
                (4, ["", "formula", 2.0, False, "", "rich", "", "", "end"]),
            ]
        )


def test_hidden_and_empty_sheets_are_left_out(tmp_path: Path) -> None:
    one = row(1, value(0, 6, wide("a")))
    path = book(tmp_path, ("H", 1, one), ("V", 2, one), ("Empty", 0, row(1, value(0, 1, b""))), ("A", 0, one))
    with open_source(path) as source:
        assert source.sheets == ["A"]
        assert source.notes == [Note("sheets.hidden", {"names": ["H", "V"]})]
    assert refusal(book(tmp_path, ("H", 1, one))) == "file.no_sheet"


def test_the_date_system_of_1904(tmp_path: Path) -> None:
    number = struct.pack("<d", 31532)
    inside = row(1, value(0, 5, number, style=1), value(1, 5, number))
    for since, day in ((True, date(1990, 5, 1)), (False, date(1986, 4, 30))):
        with open_source(book(tmp_path, ("S", 0, inside), since_1904=since)) as source:
            assert (source.since_1904, list(source.rows())) == (since, [(1, [day, 31532.0])])


def test_numbers_beyond_the_calendar_stay_numbers(tmp_path: Path) -> None:
    numbers = [13801500001.0, -13801500001.0, 1e300, -1e300]
    inside = row(
        1,
        *(value(n, 5, struct.pack("<d", x), style=1) for n, x in enumerate(numbers)),
        *(value(n, 5, struct.pack("<d", x), style=3) for n, x in enumerate(numbers, 4)),
    )
    assert cells(book(tmp_path, ("S", 0, inside))) == [numbers * 2]


def test_far_cells_make_no_room(tmp_path: Path) -> None:
    path = book(tmp_path, ("S", 0, row(1, value(0, 4, b"\1")) + row(1_048_576, value(499, 4, b"\1"))))
    assert refusal(path) == ""
    assert refusal(path, max_columns=499) == "file.too_many_columns"
    assert refusal(path, max_rows=1) == "file.too_many_rows"


def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path) -> None:
    for text, want in ((" \u3000", ""), (" x", "file.too_many_columns")):
        inside = row(1, value(0, 4, b"\1"), value(500, 6, wide(text)))
        assert refusal(book(tmp_path, ("S", 0, inside))) == want
    assert cells(book(tmp_path, ("S", 0, row(1, value(0, 4, b"\1"), value(500, 6, wide(" ")))))) == [[True]]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_records_cut_by_a_chunk_are_whole(size: int) -> None:
    whole = [(1, b""), (176, b"x" * 5), (617, b"y" * 300), (0, b"z"), (146, b"")]
    data = b"".join(record12(kind, content) for kind, content in whole)
    assert list(records(data[at : at + size] for at in range(0, len(data), size))) == whole
    with pytest.raises(EOFError):
        list(records(iter([data, record12(5, b"abc")[:-1]])))


def test_damaged_files_are_said(tmp_path: Path) -> None:
    assert refusal(book(tmp_path, ("S", 0, b"\x05\xff\xff\xff\x7f"))) == "file.unreadable"
    assert (
        refusal(book(tmp_path, ("S", 0, row(1, value(0, 6, struct.pack("<I", 1 << 30))))))
        == "file.unreadable"
    )
    assert refusal(book(tmp_path, ("S", 0, row(1, record12(5, b"\0"))))) == "file.unreadable"
    backwards = row(5, value(0, 4, b"\1")) + row(2, value(0, 4, b"\1"))
    assert refusal(book(tmp_path, ("S", 0, backwards))) == "file.unreadable"
