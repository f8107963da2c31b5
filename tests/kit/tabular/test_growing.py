"""Sheets that grow: every reader takes them, text stays text, a file is there whole or not at all."""

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scrm.kit.tabular import growing, open_source

HEADERS = ["姓名", "金额〔收银〕", "C"]
ODD = [
    "=1+1", "+86", "-", "@a", "\t", "'=x", "<b>&amp;</b>", " 前后 ", "多\n行", "_x0041_", "\x01\x0b坏", "😀🌙", "a\r\nb", "0012", "x" * 40_000,
]  # fmt: skip


def written(tmp_path: Path, kind: str, *parts: list[list[Any]]) -> Path:
    rows, at = tmp_path / "a.rows", 2
    with rows.open("wb") as out:
        for part in parts:
            out.write(growing.rows_of(part, kind, at))
            at += len(part)
    target = tmp_path / f"a.{kind}"
    growing.finish(rows, target, kind, "客户", HEADERS, at - 2)
    return target


def read(path: Path) -> list[list[Any]]:
    with open_source(path) as source:
        return [list(row) for _number, row in source.rows(source.sheets[0])]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gz"])
def test_parts_become_one_sheet(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, [["张三", "1", "甲"]], [], [["李四", "", "乙"], ["", "", "丙"]])
    assert read(path) == [HEADERS, ["张三", "1", "甲"], ["李四", "", "乙"], ["", "", "丙"]]
    assert (path.stat().st_mode & 0o777, sorted(own.name for own in tmp_path.iterdir())) == (0o600, sorted([f"a.{kind}", "a.rows"]))


@pytest.mark.parametrize("text", ODD[:-1])
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    clean = text.replace("\x01", "").replace("\x0b", "")
    sheet = openpyxl.load_workbook(written(tmp_path, "xlsx", [[text, 1, ""]])).worksheets[0]
    assert sheet["A2"].data_type in ("s", "inlineStr", "n") and sheet["B2"].value == 1
    assert read(tmp_path / "a.xlsx")[1][0] in (clean, clean.replace("\r\n", "\n").replace("\r", ""), "")
    assert "<f>" not in (tmp_path / "a.rows").read_text("utf-8")


def test_long_text_is_cut(tmp_path: Path) -> None:
    cell = read(written(tmp_path, "xlsx", [[ODD[-1], "", ""]]))[1][0]
    assert (len(cell), cell[-1]) == (32_767, "…")


def test_numbers_and_days(tmp_path: Path) -> None:
    row = [12, 3456.7, Decimal("0.05"), 10**16, date(2024, 2, 29), datetime(2024, 2, 29, 4, 5, 6, tzinfo=UTC), date(1899, 1, 1), True, None, ""]
    path = written(tmp_path, "xlsx", [row])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[2]][:8] == [
        12, 3456.7, 0.05, str(10**16), datetime(2024, 2, 29), datetime(2024, 2, 29, 12, 5, 6), "1899-01-01", "True",
    ]  # fmt: skip
    assert sheet.dimensions == "A1:H2" or sheet.max_row == 2
    assert (sheet["A1"].font.bold, sheet.freeze_panes, sheet.title) == (True, "B2", "客户")
    csv = growing.rows_of([row], "csv", 2).decode()
    assert csv == "12,3456.7,0.05,10000000000000000,2024-02-29,2024-02-29 12:05:06,1899-01-01,True,,\r\n"


def test_csv_is_as_excel_opens_it(tmp_path: Path) -> None:
    raw = written(tmp_path, "csv", [["=1+1", "-2", "a,b"]]).read_bytes()
    assert raw == "\ufeff姓名,金额〔收银〕,C\r\n'=1+1,'-2,\"a,b\"\r\n".encode()
    packed = written(tmp_path, "gz", [["=1+1", "-2", "a,b"]]).read_bytes()
    assert gzip.decompress(packed) == raw


def test_nothing_but_a_header(tmp_path: Path) -> None:
    assert read(written(tmp_path, "xlsx")) == [HEADERS]
