import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import gettext_lazy

from scrm.kit.tabular import open_source, write_csv, write_xlsx
from scrm.kit.tabular.cells import Merge
from scrm.kit.tabular.writing import _ranges, fit
from tests.kit.tabular.crafting import cells

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "http://example.com",
    "mailto:a@b.c",
    "{=1}",
    "<r><t>x</t></r>",
]


def part(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_text_is_text_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [("S", [DANGEROUS])])
    xml = part(path)
    assert ("<f>" in xml, "hyperlink" in xml, xml.count('t="inlineStr"')) == (False, False, len(DANGEROUS))
    assert cells(path) == [DANGEROUS]
    page = openpyxl.load_workbook(path).worksheets[0]
    assert {cell.data_type for cell in page[1]} == {"s"}


def test_values_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    moment = datetime(1990, 5, 1, 8, 30)
    row = [
        "a",
        1,
        -5,
        1.5,
        Decimal("12.30"),
        True,
        date(1990, 5, 1),
        moment,
        time(8, 30),
        timedelta(hours=30),
        None,
        "",
        "z",
    ]
    write_xlsx(path, [("S", [row, [], ["b"]])])
    assert cells(path) == [
        [
            "a",
            1.0,
            -5.0,
            1.5,
            12.3,
            True,
            date(1990, 5, 1),
            moment,
            time(8, 30),
            timedelta(hours=30),
            "",
            "",
            "z",
        ],
        [],
        ["b"],
    ]


def test_what_excel_cannot_hold_becomes_text_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = [10**15, -(10**18), 999_999_999_999_999, float("nan"), float("inf"), Decimal("NaN"), date(1850, 1, 2),
           datetime(1899, 1, 1, 8), timedelta(days=-1), gettext_lazy("Customer"), 10**400]  # fmt: skip
    write_xlsx(path, [("S", [row])])
    assert cells(path)[0][:-2] == [
        "1000000000000000", "-1000000000000000000", 999999999999999.0, "", "", "", "1850-01-02",
        "1899-01-01 08:00:00", "-1 day, 0:00:00",
    ]  # fmt: skip
    assert cells(path)[0][-1] == str(10**400)


def test_aware_datetimes_are_the_shops_time(tmp_path: Path, settings: object) -> None:
    moment = datetime(2024, 1, 1, 20, 0, tzinfo=UTC)
    write_xlsx(tmp_path / "a.xlsx", [("S", [[moment]])])
    write_csv(tmp_path / "a.csv", [[moment]])
    assert cells(tmp_path / "a.xlsx") == [[datetime(2024, 1, 2, 4, 0)]]
    assert cells(tmp_path / "a.csv") == [["2024-01-02 04:00:00"]]


def test_control_characters_go_and_escapes_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = [
        "a\x00b\x08c\x0bd\x1fe",
        "a\tb\nc\rd",
        "_x000D_",
        "_x005F_x000D_",
        "_x005F_x005F_x0041_",
        "_x_",
        "\ud800x\uffff",
    ]
    write_xlsx(path, [("S", [row])])
    assert cells(path) == [
        ["abcde", "a\tb\nc\rd", "_x000D_", "_x005F_x000D_", "_x005F_x005F_x0041_", "_x_", "x"]
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 32_767, "x" * 32_767),
        ("x" * 32_768, "x" * 32_766 + "…"),
        ("🌸" * 16_383, "🌸" * 16_383),
        ("🌸" * 16_384, "🌸" * 16_383 + "…"),
        ("x" + "🌸" * 16_384, "x" + "🌸" * 16_382 + "…"),
    ],
)
def test_a_cell_is_cut_at_the_limit_of_excel(text: str, expected: str) -> None:
    assert fit(text) == expected
    assert len(fit(text).encode("utf-16-le")) // 2 <= 32_767


def test_titles_are_bent_to_the_rules(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    titles = [
        "a/b:c*[d]?",
        "客户",
        "客户",
        "A",
        "a",
        "",
        "'x'",
        "History",
        "x" * 40,
        "x" * 40,
        "🌸" * 20,
        "\x00\n",
    ]
    write_xlsx(path, [(title, [["v"]]) for title in titles])
    with open_source(path) as source:
        assert source.sheets == [
            "a b c  d", "客户", "客户 (2)", "A", "a (2)", "Sheet", "x", "History_", "x" * 31, "x" * 27 + " (2)",
            "🌸" * 15, "Sheet (2)",
        ]  # fmt: skip
    assert openpyxl.load_workbook(path).sheetnames[0] == "a b c  d"


def test_rows_may_be_generated_and_widths_are_set(tmp_path: Path) -> None:
    def rows() -> Iterator[list[int]]:
        for number in range(3000):
            yield [number, number * 2]

    path = tmp_path / "a.xlsx"
    write_xlsx(str(path), [("S", rows())], widths=[20, 8.5])
    assert cells(path)[-1] == [2999.0, 5998.0]
    page = openpyxl.load_workbook(path).worksheets[0]
    assert [round(page.column_dimensions[letter].width, 1) for letter in "AB"] == [20.7, 9.3]


def test_a_csv_is_neutralised_and_has_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, [["h", "i"], *[[text, -5] for text in DANGEROUS]])
    raw = path.read_bytes()
    assert raw.startswith(
        b"\xef\xbb\xbfh,i\r\n'=1+1,-5\r\n'+1,-5\r\n'-1,-5\r\n'@SUM(A1),-5\r\n'\tx,-5\r\n\"'\rx\",-5\r\n"
    )
    assert cells(path)[1:] == [[text, "-5"] for text in DANGEROUS]


def test_a_csv_shows_values_as_excel_would(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(
        path,
        [
            ["a", 1, 13800000001.0, 1.5, Decimal("12.30"), True, False, None, date(1990, 5, 1)],
            [
                datetime(1990, 5, 1, 8, 30),
                time(8, 30),
                timedelta(hours=30, seconds=5),
                float("nan"),
                "\x00\ud800",
            ],
        ],
    )
    assert path.read_text("utf-8-sig").split("\n") == [
        "a,1,13800000001,1.5,12.3,TRUE,FALSE,,1990-05-01",
        "1990-05-01 08:30:00,08:30:00,30:00:05,,?",
        "",
    ]


def test_days_count_from_1904_where_they_are_told_to(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = [
        31538,
        date(1990, 5, 7),
        datetime(1990, 5, 7, 8, 30),
        date(1904, 1, 2),
        date(1904, 1, 1),
        time(8, 30),
    ]
    write_xlsx(path, [("S", [row])], since_1904=True)
    assert '<v>31538</v></c><c r="B1" s="1"><v>31538</v>' in part(path)
    with open_source(path) as source:
        assert (source.since_1904, list(source.rows())) == (
            True,
            [(1, [31538.0, *row[1:4], "1904-01-01", time(8, 30)])],
        )


def test_merged_ranges_keep_what_their_cells_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [["a", "b"], ["c", "d"], ["e"]]
    merged = [(2, 0, 3, 0), (1, 1, 2, 1), (3, 2, 10, 4)]
    write_xlsx(path, [("S", iter(rows)), ("T", [["x"]])], merged=iter(merged))
    with open_source(path) as source:
        assert [row for _number, row in source.rows("S")] == rows
        assert (sorted(source.merged("S")), source.merged("T")) == (sorted(merged), [])
    assert {str(area) for area in openpyxl.load_workbook(path).worksheets[0].merged_cells.ranges} == {
        "B1:B2",
        "A2:A3",
        "C3:E10",
    }


@pytest.mark.parametrize(
    ("merged", "kept"),
    [
        ([(1, 0, 1, 0)], []),
        ([(0, 0, 1, 1), (1, -1, 1, 1), (1, 2, 1, 1), (3, 0, 2, 1)], []),
        ([(4, 0, 5, 0), (3, 0, 4, 0)], [(3, 0, 4, 0)]),
        ([(1, 0, 1_048_577, 0), (1, 0, 1_048_576, 0)], [(1, 0, 1_048_576, 0)]),
        ([(1, 0, 1, 16_384), (1, 0, 1, 16_383)], [(1, 0, 1, 16_383)]),
        ([(1, 0, 3, 2), (2, 2, 2, 3), (3, 3, 3, 4)], [(1, 0, 3, 2), (3, 3, 3, 4)]),
        ([(1, 4, 3, 6), (2, 0, 2, 4), (2, 0, 2, 3), (2, 6, 3, 8), (2, 7, 3, 8)], [(1, 4, 3, 6), (2, 0, 2, 3), (2, 7, 3, 8)]),
        ([(1, 0, 2, 1), (1, 0, 2, 1), (3, 0, 3, 1)], [(1, 0, 2, 1), (3, 0, 3, 1)]),
        ([(1, 2, 3, 3), (2, 0, 2, 9)], [(1, 2, 3, 3)]),
    ],
)  # fmt: skip
def test_merged_ranges_that_excel_would_not_take_are_left_out(
    tmp_path: Path, merged: list[Merge], kept: list[Merge]
) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [("S", [["a"]] * 3)], merged=merged)
    with open_source(path) as source:
        assert source.merged() == kept


def test_merged_ranges_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    many = ((row, column, row + 1, column) for row in range(1, 401, 2) for column in range(600))
    write_xlsx(path, [("S", [["a"]] * 400)], merged=many)
    with open_source(path) as source:
        assert len(source.merged()) == 100_000


def test_no_two_of_any_ranges_overlap() -> None:
    chance = random.Random(7)
    for _ in range(300):
        merged = []
        for _range in range(chance.randrange(40)):
            top, left = chance.randrange(1, 20), chance.randrange(12)
            merged.append((top, left, top + chance.randrange(6), left + chance.randrange(5)))
        taken: set[tuple[int, int]] = set()
        want = []
        for top, left, bottom, right in sorted(merged):
            places = {(y, x) for y in range(top, bottom + 1) for x in range(left, right + 1)}
            if len(places) > 1 and not places & taken:
                taken |= places
                want.append([top - 1, left, bottom - 1, right])
        assert _ranges(merged, 30) == want
