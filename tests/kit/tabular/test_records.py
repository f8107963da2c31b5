"""Stray quotes in a delimited text."""

from pathlib import Path

import pytest

from scrm.kit.tabular import Note, open_source
from scrm.kit.tabular.cells import Cell

HEAD = "name,phone,note\n"


def records(tmp_path: Path, text: str) -> tuple[list[list[Cell]], list[Note]]:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with open_source(path) as source:
        rows = [row for number, row in source.rows()]
        return rows, source.notes


def plain(count: int, start: int = 1) -> str:
    return "".join(f"n{n},1380000{n:04},x\n" for n in range(start, start + count))


def test_an_open_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    rows, notes = records(tmp_path, HEAD + '"王,13800000001,x\n' + plain(3000))
    assert len(rows) == 3002
    assert rows[1] == ['"王', "13800000001", "x"]
    assert rows[-1] == ["n3000", "13800003000", "x"]
    assert notes == [Note("csv.quotes", {"count": 1, "rows": [2]})]


def test_an_open_quote_near_the_end(tmp_path: Path) -> None:
    rows, _ = records(tmp_path, HEAD + plain(3) + '"王,1,x\n' + plain(2, 5))
    assert [row[0] for row in rows] == ["name", "n1", "n2", "n3", '"王', "n5", "n6"]


def test_two_stray_quotes_that_would_make_one_field(tmp_path: Path) -> None:
    rows, notes = records(tmp_path, HEAD + '"王,1,x\n' + plain(8) + '李",2,y\n' + plain(1, 9))
    assert [row[0] for row in rows] == ["name", '"王', *[f"n{n}" for n in range(1, 9)], '李"', "n9"]
    assert notes[0].params["rows"] == [2]


def test_a_quote_inside_a_cell_is_a_character(tmp_path: Path) -> None:
    rows, _ = records(tmp_path, HEAD + '5" screen,1,a "quoted" word\n"张"三","2","y"\n')
    assert rows[1:] == [['5" screen', "1", 'a "quoted" word'], ['张"三', "2", "y"]]


def test_text_behind_a_closing_quote_is_kept(tmp_path: Path) -> None:
    rows, _ = records(tmp_path, HEAD + '"a,b" ,1,x\n' + plain(1))
    assert rows[1:] == [["a,b ", "1", "x"], ["n1", "13800000001", "x"]]


def test_honest_line_breaks_are_no_stray_quotes(tmp_path: Path) -> None:
    rows, notes = records(tmp_path, HEAD + '"a\nb",1,"x\n\ny"\nc,2,"1\n2\n3\n4\n5\n6"\n')
    assert rows[1:] == [["a\nb", "1", "x\n\ny"], ["c", "2", "1\n2\n3\n4\n5\n6"]]
    assert notes == []


def test_a_short_list_pasted_into_a_cell_stays_whole(tmp_path: Path) -> None:
    rows, notes = records(tmp_path, HEAD + 'c,2,"a,b,c\nd,e,f\ng,h,i"\n')
    assert rows[1:] == [["c", "2", "a,b,c\nd,e,f\ng,h,i"]]
    assert notes == []


@pytest.mark.parametrize("length", [200_000, 1_500_000])
def test_a_very_long_field_is_no_error(tmp_path: Path, length: int) -> None:
    rows, _ = records(tmp_path, HEAD + f'a,1,"{"x" * length}"\n' + plain(1))
    assert [len(str(row[-1])) for row in rows] == [4, length, 1]


def test_every_line_with_a_stray_quote(tmp_path: Path) -> None:
    rows, notes = records(tmp_path, HEAD + '"x,1,2\n' * 2000)
    assert len(rows) == 2001
    assert notes[0].params["count"] >= 1000
    assert len(notes[0].params["rows"]) == 20
