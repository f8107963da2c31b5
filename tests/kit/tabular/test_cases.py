"""The sheets found in the wild, as far as reading goes; what they mean is tested where it is decided."""

import csv
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwt

from scrm.kit.errors import Refused
from scrm.kit.tabular import Note, open_source
from scrm.kit.tabular.cells import Row
from tests.kit.tabular.crafting import cells, read

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
LEDGER = "sheets/S14_会员台账.xlsx"


def case(name: str) -> Path:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"../shared/cases/{name} is not here")
    return path


def strings(rows: list[Row]) -> list[tuple[int, list[str]]]:
    """As a csv would show them."""

    def shown(value: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    return [(number, [shown(value) for value in row]) for number, row in rows]


@pytest.mark.parametrize(
    ("name", "rows", "first"),
    [
        ("sheets/S01_超市联系人.xlsx", 46, ["名称", "地址", "电话", "联系人"]),
        ("sheets/S03_电话名单.xlsx", 72, ["客户姓名", "客户手机号", "省市区", "客户地址", "客户备注"]),
        ("sheets/S05_无表头三列.xlsx", 40, ["演示北辰0有限公司", "秦曦燕", 14500008452.0]),
        ("nasty/N13_injection.csv", 20, ["姓名", "手机号", "备注"]),
        ("nasty/N13_injection.xlsx", 20, ["姓名", "手机号", "备注"]),
        ("nasty/N15_nul_bytes.csv", 3, ["姓名", "手机号", "备注"]),
        ("nasty/N16_unicode.csv", 14, ["姓名", "手机号", "备注"]),
        ("nasty/N18a_semicolon.csv", 3, ["姓名", "手机号", "备注"]),
        ("nasty/N18c_dup_headers.csv", 3, ["姓名", "手机号", "手机号", "备注"]),
        ("nasty/N18d_header_only.csv", 1, ["姓名", "手机号", "备注"]),
        ("nasty/N25_dates.xlsx", 24, ["姓名", "手机号", "生日"]),
        ("nasty/N30_numbers.xlsx", 21, ["姓名", "手机号", "积分", "累计消费"]),
    ],
)
def test_rows_and_first_row(name: str, rows: int, first: list[Any]) -> None:
    found = read(case(name))
    assert (len(found), found[0]) == (rows, (1, first))
    with open_source(case(name)) as source:
        assert source.notes == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nasty/N01_truncated.xlsx", "file.unreadable"),
        ("nasty/N04_zero_bytes.csv", "file.empty"),
        ("nasty/N04_bom_only.csv", "file.empty"),
    ],
)
def test_refused(name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        open_source(case(name))
    assert refused.value.code == code


def test_a_web_page_called_xls() -> None:
    with open_source(case("nasty/N05_html_as_xls.xls")) as source:
        rows = list(source.rows())
        assert (source.kind, source.encoding, source.merged()) == ("html", "gb18030", [(1, 0, 1, 2)])
    assert rows[:2] == [(1, ["会员列表"]), (2, ["姓名", "手机号", "备注"])]
    assert [row[:2] for number, row in rows[2:]] == [
        [f"客户{n:02}", f"138000000{n:02}"] for n in range(1, 11)
    ]


def test_cached_formulas() -> None:
    rows = cells(case("nasty/N10_formulas_cached.xlsx"))
    phones = ["13800000021", 13800000022.0, "", "13800000024", "13800000025", 45000.5]
    assert [row[1] for row in rows[1:]] == phones


def test_the_ledger_and_its_hidden_sheets() -> None:
    path = case(LEDGER)
    with open_source(path) as source:
        assert source.sheets == ["会员台账"]
        assert source.notes == [
            Note("sheets.hidden", {"names": ["字典", "2022旧表", "WpsReserved_CellImgList"]})
        ]
        rows = dict(source.rows())
        assert (1, 0, 1, 15) in source.merged()
    assert (len(rows), min(rows), max(rows)) == (45, 1, 45)
    assert [number for number, row in rows.items() if not row] == [12, 27]
    names = {5: "张三", 31: "𠮷野家", 32: "王𬭎", 33: "䶮", 34: "🌸小美🌸", 36: "=cmd|' /C calc'!A0"}
    column = rows[5].index("张三")
    assert {number: rows[number][column] for number in names} == names


def test_the_ledger_in_other_formats(tmp_path: Path) -> None:
    ledger = read(case(LEDGER))
    wanted = strings(ledger)
    formats = {
        "utf-8": ",", "utf-8-sig": ",", "gb18030": ",", "utf-16": "\t", "utf-16-le": "\t", "utf-16-be": ";",
    }  # fmt: skip
    for encoding, delimiter in formats.items():
        path = tmp_path / f"{encoding}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(row for number, row in wanted)
        with open_source(path) as source:
            assert (source.encoding, source.delimiter, source.notes) == (encoding, delimiter, [])
            assert list(source.rows()) == wanted
    old = xlwt.Workbook(encoding="utf-8")
    page = old.add_sheet("会员台账")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in ledger:
        for column, value in enumerate(row):
            page.write(
                number - 1, column, value, day if isinstance(value, date) else xlwt.Style.default_style
            )
    old.save(str(tmp_path / "a.xls"))
    assert strings(read(tmp_path / "a.xls")) == wanted


def test_the_ledger_that_lost_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="gbk", errors="replace", newline="") as file:
        csv.writer(file).writerows(row for number, row in strings(read(case(LEDGER))))
    with open_source(path) as source:
        assert [note.code for note in source.notes] == ["encoding.lossy"]
        assert source.encoding == "gb18030"
        assert len(list(source.rows())) == 45


def test_the_ledger_in_gb18030() -> None:
    with open_source(case("sheets/S14_会员台账_gb18030.csv")) as source:
        rows = dict(source.rows())
        assert (source.encoding, source.notes, len(rows)) == ("gb18030", [], 45)
    assert {"𠮷野家", "王𬭎", "䶮", "🌸小美🌸"} <= {str(cell) for row in rows.values() for cell in row}


def test_the_keys_count_the_same_rows() -> None:
    key = json.loads(case("sheets/key_sheets.json").read_text("utf-8"))
    for name, facts in key.items():
        rows = [number for number, row in read(case(f"sheets/{name}")) if row]
        extra = {
            "S05_无表头三列.xlsx": 0,
            "S11_客户导入模板_必填行.xlsx": len(rows) - facts["data_rows"],
        }.get(name, 1)
        assert len(rows) - extra == facts["data_rows"]


def test_online_retail_is_read_whole() -> None:
    path = case("rfm/online_retail.csv.gz")
    with open_source(path) as source, gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.reader(file))
        count = last = 0
        for number, _ in source.rows():
            count, last = count + 1, number
        assert (source.kind, source.delimiter, count, last) == ("csv", ",", lines, 541_910)
