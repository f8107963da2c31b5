"""What is written comes back."""

import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrm.kit.tabular import write_csv, write_xlsx
from tests.kit.tabular.crafting import cells

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
HEAD = ["姓名", "手机号", "备注", "标签"]
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

nasty = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="'\"=+-@\t\r\n,;| ax\\", max_size=12),
    st.sampled_from(
        ["=1+1", "'=1", "''-", '"', '""', "a\r\nb", "_x000D_", "_x005F_x000D_", "<r>x</r>", "&amp;", "]]>", "𠮷🌸", "\u202e",
         "\u2028", "\x85", "null", "sep=;", "1e5", "007"]
    ),
)  # fmt: skip
tables = st.lists(st.lists(nasty, min_size=4, max_size=4), max_size=8)


def shown(rows: list[list[str]]) -> list[list[str]]:
    """Without trailing empty cells and rows."""
    trimmed = [list(row) for row in rows]
    for row in trimmed:
        while row and row[-1] == "":
            row.pop()
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def through_csv(rows: list[list[str]]) -> list[list[object]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        write_csv(path, rows)
        return cells(path)


def through_xlsx(rows: list[list[str]]) -> list[list[object]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write_xlsx(path, [("S", rows)])
        return cells(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables)
def test_csv(table: list[list[str]]) -> None:
    rows = [HEAD, *([ILLEGAL.sub("", text) for text in row] for row in table)]
    assert through_csv(rows) == shown(rows)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables)
def test_xlsx(table: list[list[str]]) -> None:
    rows = [HEAD, *([ILLEGAL.sub("", text) for text in row] for row in table)]
    assert through_xlsx(rows) == shown(rows)


def test_csv_keeps_control_characters() -> None:
    rows = [HEAD, ["\x01\x02", "\x1f", "\x7f\x85", "\ufffe"]]
    assert through_csv(rows) == rows


def test_naughty_strings() -> None:
    path = CASES / "nasty" / "blns.json"
    if not path.exists():
        pytest.skip("../shared/cases/nasty/blns.json is not here")
    strings: list[str] = json.loads(path.read_text("utf-8"))
    assert len(strings) == 515
    rows = [HEAD, *([text.replace("\0", ""), "13800000001", text.replace("\0", ""), "x"] for text in strings)]
    assert through_csv(rows) == rows
    rows = [HEAD, *([ILLEGAL.sub("", text), "13800000001", ILLEGAL.sub("", text), "x"] for text in strings)]
    assert through_xlsx(rows) == rows
