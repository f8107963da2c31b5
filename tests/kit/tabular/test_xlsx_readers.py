"""The scan, and the reader of our own beside calamine."""

from datetime import date, time
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
import xlsxwriter

from scrm.kit.tabular import open_source
from scrm.kit.tabular.cells import Row, settle
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.xlsx.reader import XlsxReader
from scrm.kit.tabular.xlsx.scan import Scan, Scanner
from scrm.kit.tabular.xlsx.strings import unescape
from scrm.kit.tabular.xlsx.texts import lengths, too_many
from tests.kit.tabular.crafting import cells, inline, refusal, sheet_xml, sst, xlsx

Parts = tuple[bool, int, int, int, int]


def scanned(
    xml: str | bytes, size: int = 1 << 20, limits: Limits | None = None, styles: list[int] | None = None
) -> Scan:
    data = xml.encode() if isinstance(xml, str) else xml
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    return Scanner(limits or Limits(), styles or []).scan(chunks)


def figures(scan: Scan) -> Parts:
    return scan.plain, scan.rows, scan.last_row, scan.columns, scan.cells


def cell(place: str, value: str = "<v>1</v>", more: str = "") -> str:
    return f'<c r="{place}"{more}>{value}</c>'


def row(number: int, *inner: str) -> str:
    return f'<row r="{number}">{"".join(inner)}</row>'


def both(path: Path, sheet: str = "S1") -> tuple[list[Row], list[Row]]:
    """What calamine and our own reader make of one sheet."""
    with open_source(path) as source:
        reader = cast(XlsxReader, source._reader)
        dense = reader._dense(sheet)
        assert dense is not None
        return list(settle(dense)), list(settle(reader._streamed(sheet)))


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
@pytest.mark.parametrize("prefix", ["", "x"])
def test_rows_columns_and_cells_are_counted(size: int, prefix: str) -> None:
    rows = (
        row(1, cell("A1"), cell("C1")) + '<row r="2"/>' + row(5, cell("B5"), cell("AB5")) + row(9, cell("A9"))
    )
    if prefix:
        for name in ("row", "c", "v"):
            rows = rows.replace(f"<{name} ", f"<{prefix}:{name} ").replace(f"<{name}>", f"<{prefix}:{name}>")
            rows = rows.replace(f"</{name}>", f"</{prefix}:{name}>")
    assert figures(scanned(sheet_xml(rows, prefix=prefix), size)) == (True, 3, 9, 28, 5)


def test_what_holds_no_value_does_not_count() -> None:
    rows = (
        row(1, cell("A1"))
        + row(2, cell("XFD2", "", ' s="1"'), '<c r="XFC2" s="1"/>')
        + row(3, cell("B3", "<v></v>", ' t="str"'))
        + '<row r="1048576" spans="1:16384" s="1" customFormat="1"></row>'
    )
    scan = scanned(sheet_xml(rows))
    assert (scan.plain, scan.rows, scan.columns) == (True, 1, 2)


@pytest.mark.parametrize(
    "inner",
    [
        row(1, "<c><v>1</v></c>"),
        row(1, "<c r='A1'><v>1</v></c>"),
        row(1, '<c  r="A1"><v>1</v></c>'),
        row(1, '<c s="1" r="A1"><v>1</v></c>'),
        row(1, '<c\nr="A1"><v>1</v></c>'),
        row(1, '<c r="&#65;1"><v>1</v></c>'),
        row(1, '<c r="a1"><v>1</v></c>'),
        row(1, '<y:c r="XFD1"><v>1</v></y:c>'),
        row(1, '<c r="AAAA1"><v>1</v></c>'),
        '<c r="XFD1048576"><v>1</v></c>',
        '<row r="1"><c r="XFD1048576"><v>1</v></c>',
    ],
)
def test_what_is_not_written_the_usual_way_is_not_plain(inner: str) -> None:
    assert scanned(sheet_xml(row(1, cell("A1")) + inner)).plain is False


def test_a_second_sheet_data_is_not_plain() -> None:
    xml = (
        "<worksheet><!-- <sheetData></sheetData> --><sheetData>"
        + row(1, cell("XFD1"))
        + "</sheetData></worksheet>"
    )
    assert scanned(xml, size=50).plain is False
    assert scanned("<worksheet></worksheet>").plain is False
    assert scanned(sheet_xml(row(1, cell("A1"))).encode("utf-16")).plain is False


@pytest.mark.parametrize("far", ["Z1048576", "AB3", "B100", "SF1"])
def test_one_far_cell_among_many_is_found(far: str) -> None:
    rows = [row(n, cell(f"A{n}"), cell(f"B{n}")) for n in range(1, 60)]
    rows[30] = row(31, cell("A31"), cell(far), cell("B31"))
    scan = scanned(sheet_xml("".join(rows)), size=300)
    column = {"Z1048576": 26, "AB3": 28, "B100": 2, "SF1": 500}[far]
    assert (scan.plain, scan.columns, scan.last_row) == (
        True,
        column,
        {"Z1048576": 1048576, "B100": 100}.get(far, 59),
    )


@pytest.mark.parametrize(
    "hidden", ['x="/>"><v>1</v></c>', "></f><v>1</v></c>", "><!-- --><v>1</v></c>", "/ ><v>1</v></c>"]
)
def test_a_far_cell_cannot_look_empty(hidden: str) -> None:
    scan = scanned(sheet_xml(row(1, cell("A1"), f'<c r="Z1048576" {hidden}')))
    assert (scan.columns, scan.last_row) == (26, 1048576)


def test_merges_styles_and_pictures() -> None:
    after = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="B3:B5"/></mergeCells>'
    plain = sheet_xml(row(1, cell("A1", more=' s="3"')), after)
    odd = sheet_xml("<row><c><v>1</v></c></row>", after)
    for size in (1, 50, 1 << 20):
        assert scanned(plain, size).merges == scanned(odd, size).merges == [(1, 0, 1, 2), (3, 1, 5, 1)]
    assert (scanned(plain, styles=[3]).local_styles, scanned(plain, styles=[13, 30]).local_styles) == (
        True,
        False,
    )
    assert scanned(sheet_xml(row(1, cell("A1", "<f>DISPIMG(1)</f><v>1</v>")))).pictures is True


@pytest.mark.parametrize(
    "rows", [[row(n, cell(f"A{n}")) for n in range(1, 12)], ["<row><c><v>1</v></c></row>"] * 11]
)
def test_too_many_rows_are_refused_while_scanning(tmp_path: Path, rows: list[str]) -> None:
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("".join(rows)))
    assert refusal(path, max_rows=11) == ""
    assert refusal(path, max_rows=10) == "file.too_many_rows"


def test_a_value_beyond_the_last_column_is_refused(tmp_path: Path) -> None:
    far = xlsx(tmp_path / "a.xlsx", sheet_xml(row(1, cell("A1"), cell("SG1"))))
    assert refusal(far) == "file.too_many_columns"
    assert refusal(far, max_columns=501) == ""
    formula = xlsx(tmp_path / "b.xlsx", sheet_xml(row(1, cell("A1"), cell("SG1", "<f>A1</f>"))))
    assert cells(formula) == [[1.0]]
    odd = xlsx(tmp_path / "c.xlsx", sheet_xml("<row>" + "<c><v>1</v></c>" * 501 + "</row>"))
    assert refusal(odd) == "file.too_many_columns"


@pytest.mark.parametrize("white", [" ", "\u3000", "\u00a0 \n"])
@pytest.mark.parametrize("far", ["SG1", "XFD1"])
def test_white_space_beyond_the_last_column_is_no_value(tmp_path: Path, white: str, far: str) -> None:
    strings = sst("<t>a</t>", f'<t xml:space="preserve">{white}</t>', "<t>b</t>")
    shared = [cell(far, f"<v>{n}</v>", ' t="s"') for n in range(3)]
    inside = [
        cell(far, f'<is><t xml:space="preserve">{text}</t></is>', ' t="inlineStr"') for text in ("a", white)
    ]
    formula = [cell(far, f"<f>A1</f><v>{text}</v>", ' t="str"') for text in ("a", white)]

    def written(last: str) -> Path:
        rows = row(1, cell("A1"), last) + row(2, cell("A2"))
        return xlsx(tmp_path / "a.xlsx", sheet_xml(rows), strings=strings)

    for last in (shared[1], inside[1], formula[1]):
        assert cells(written(last)) == [[1.0], [1.0]]
    for last in (shared[0], shared[2], inside[0], formula[0], cell(far)):
        assert refusal(written(last)) == "file.too_many_columns"
    with open_source(written(shared[1])) as source:
        reader = cast(XlsxReader, source._reader)
        assert not reader._is_dense("S1", reader._scans["S1"])


def test_a_value_far_below_white_space_is_refused(tmp_path: Path) -> None:
    strings = sst('<t xml:space="preserve"> </t>')
    rows = [row(n, cell(f"A{n}", "<v>123456789012</v>")) for n in range(1, 30_000)]
    rows[0] = row(1, cell("A1"), cell("SG1", "<v>0</v>", ' t="s"'))
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("".join(rows)), strings=strings)
    assert refusal(path) == ""
    rows[-1] = row(30_000, cell("A30000"), cell("SG30000"))
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("".join(rows)), strings=strings)
    assert refusal(path) == "file.too_many_columns"


def test_as_many_kinds_of_nothing_as_anybody_needs(tmp_path: Path) -> None:
    strings = sst(*[f'<t xml:space="preserve">{" " * n}</t>' for n in range(1, 1_100)])
    for many, want in ((900, ""), (1_099, "file.too_many_columns")):
        rows = "".join(
            row(n, cell(f"A{n}"), cell(f"SG{n}", f"<v>{n - 1}</v>", ' t="s"')) for n in range(1, many + 1)
        )
        assert refusal(xlsx(tmp_path / "a.xlsx", sheet_xml(rows), strings=strings)) == want


def test_both_readers_agree(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    page.title = "S1"
    values: list[list[Any]] = [
        ["姓名", "a\nb", " x ", "<&>\"'", "🌸", "_x000D_", "it's"],
        [1, -1.5, 1e300, 0, 13800000001, 0.1, True],
        [date(1990, 5, 1), None, "=1+1", "", "#N/A", False, None],
        [],
        [None, None, "x"],
    ]
    for line in values:
        page.append(line)
    page["H1"].number_format = page["I1"].number_format = page["J1"].number_format = "yyyy/m/d h:mm"
    page["H1"], page["I1"], page["J1"] = 32994, 0.5, 60.25
    page["K1"].number_format = "[h]:mm"
    page["K1"] = 1.25
    path = tmp_path / "a.xlsx"
    made.save(path)
    calamine, own = both(path)
    assert calamine == own
    assert repr(calamine) == repr(own)


def test_our_own_reads_what_calamine_refuses(tmp_path: Path) -> None:
    rows = row(
        1,
        cell("A1", "<v>text</v>", ' t="n"'),
        cell("B1", "<v>9</v>", ' t="s"'),
        cell("C1", "<v>x</v>", ' t="?"'),
    )
    assert cells(xlsx(tmp_path / "a.xlsx", sheet_xml(rows), strings=sst("<t>a</t>"))) == [["text", "", "x"]]


def test_odd_sheets_are_read(tmp_path: Path) -> None:
    odd = f'<row>{inline("a", " b ")}<c r="D1" t="b"><v>1</v></c><c t="d"><v>1990-05-01</v></c></row><row/><row>{inline("c")}</row>'
    assert cells(xlsx(tmp_path / "a.xlsx", sheet_xml(odd))) == [
        ["a", " b ", "", True, date(1990, 5, 1)],
        [],
        ["c"],
    ]
    assert cells(xlsx(tmp_path / "b.xlsx", sheet_xml(odd).replace("UTF-8", "UTF-16").encode("utf-16"))) == [
        ["a", " b ", "", True, date(1990, 5, 1)], [], ["c"]]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [row(5, cell("A5")) + row(3, cell("A3")) + "<row><c><v>1</v></c></row>", row(10**12, "<c><v>1</v></c>")],
)
def test_rows_that_run_backwards_or_away_are_refused(tmp_path: Path, rows: str) -> None:
    assert (
        refusal(xlsx(tmp_path / "a.xlsx", sheet_xml(row(1, "<c><v>1</v></c>") + rows))) == "file.unreadable"
    )


def test_our_own_is_taken_for_texts_that_calamine_would_copy(tmp_path: Path) -> None:
    rows = "".join(row(n, cell(f"A{n}", "<v>0</v>", ' t="s"')) for n in range(1, 9001))
    path = xlsx(tmp_path / "a.xlsx", sheet_xml(rows), strings=sst(f"<t>{'x' * 32_000}</t>"))
    with open_source(path) as source:
        reader = cast(XlsxReader, source._reader)
        assert not reader._is_dense("S1", reader._scans["S1"])
        first, *_, last = (cells[0] for number, cells in source.rows())
    assert first is last


def test_the_copies_are_bounded() -> None:
    strings = sst("<t>ab</t>", "<t>" + "c" * 1000 + "</t>")
    sizes = lengths(iter([strings[:120].encode(), strings[120:].encode()]), len(strings))
    assert sizes is not None
    assert [size // 100 for size in sizes] == [0, 10]
    rows = [cell("A1", "<v>0</v>", ' t="s"')] * 99 + [
        cell("A1", "<v>1</v>", ' t="s"'),
        cell("B1", "<v>5</v>"),
    ]
    sheet = "".join(rows).encode()
    assert not too_many(iter([sheet[:40], sheet[40:]]), sizes, 101, 4000)
    assert too_many(iter([sheet]), sizes, 101, 1000)
    assert too_many(iter([sheet.replace(b' t="s"', b" t='s'")]), sizes, 101, 50_000)
    assert too_many(iter([sheet.replace(b"<v>1<", b"<v>9<")]), sizes, 101, 50_000)


@pytest.mark.parametrize(
    "strings",
    [
        '<sst uniqueCount="99999999999"><si><t>a</t></si></sst>',
        '<sst uniqueCount="999999999"><si><t>a</t></si></sst>',
        "<sst uniqueCount='5'><si><t>a</t></si></sst>",
        '<x:sst xmlns:x="y"><x:si><x:t>a</x:t></x:si></x:sst>',
    ],
)
def test_strings_that_claim_more_than_there_is_are_read_by_our_own(tmp_path: Path, strings: str) -> None:
    assert lengths(iter([strings.encode()]), len(strings)) is None
    path = xlsx(tmp_path / "a.xlsx", sheet_xml(row(1, cell("A1", "<v>0</v>", ' t="s"'))), strings=strings)
    assert cells(path) == [["a"]]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("_x000D_", "\r"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x000d_a_x000A_", "\ra\n"),
        ("_x00D_", "_x00D_"),
        ("_xD800_", "_xD800_"),
        ("_x4E2D_", "中"),
        ("_x", "_x"),
    ],
)
def test_escapes(raw: str, text: str) -> None:
    assert unescape(raw) == text


@pytest.mark.parametrize(
    ("code", "value", "seen"),
    [
        ("000000", 123, "000123"),
        ("000000", 0, "000000"),
        ("000000;-000000", 42, "000042"),
        ("00", 5, "05"),
        ("000000", 123456, 123456.0),
        ("000000", 1234567, 1234567.0),
        ("000000", -5, -5.0),
        ("000000", 1.5, 1.5),
        ("00000000000", 13800000001, 13800000001.0),
        ("0", 7, 7.0),
        ("0.00", 7, 7.0),
        ("0000-00", 7, 7.0),
    ],
)
def test_noughts_that_a_number_format_shows_are_kept(
    tmp_path: Path, code: str, value: Any, seen: Any
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["卡号"])
    page.append([value])
    page["A2"].number_format = code
    book.save(tmp_path / "a.xlsx")
    with open_source(tmp_path / "a.xlsx") as source:
        assert list(source.rows()) == [(1, ["卡号"]), (2, [seen])]


@pytest.mark.parametrize("code", ["[h]:mm", "yyyy-mm-dd", "hh:mm"])
@pytest.mark.parametrize("number", [13801500001.0, -13801500001.0, 1e300, -1e300])
def test_a_number_beyond_the_calendar_ends_calamine_and_not_the_reading(
    tmp_path: Path, code: str, number: float
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("S1")
        page.write(0, 0, "手机")
        page.write(1, 0, 1.5)
        page.write_number(2, 0, number, book.add_format({"num_format": code}))
        page.write_string(3, 0, '=DISPIMG("ID_1",1)')
        page.write_number(5, 1, 0.5, book.add_format({"num_format": "hh:mm"}))
    want = [(1, ["手机"]), (2, [1.5]), (3, [number]), (4, []), (5, []), (6, ["", time(12)])]
    with open_source(path) as source:
        assert list(source.rows()) == want
        assert list(source.rows()) == want
        half = source.rows()
        assert [next(half), next(half)] == want[:2]
        half.close()


def test_calamine_is_not_asked_again_for_a_sheet_it_cannot_end(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("bad", "good"):
            page = book.add_worksheet(name)
            page.write_number(
                0, 0, 1e12, book.add_format({"num_format": "[h]:mm"}) if name == "bad" else None
            )
    with open_source(path) as source:
        reader = cast(XlsxReader, source._reader)
        assert [list(source.rows(name)) for name in source.sheets] == [[(1, [1e12])]] * 2
        assert [reader._is_dense(name, reader._scans[name]) for name in source.sheets] == [False, True]
