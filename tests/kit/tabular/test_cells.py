import pytest

from scrm.kit.tabular.cells import FURTHEST, Cell, settle, trim


def test_trim_drops_trailing_empty_cells_only() -> None:
    cells: list[Cell] = ["", "a", "", 0, False, "", ""]
    assert trim(cells) == ["", "a", "", 0, False]
    assert trim(["", ""]) == []


def test_settle_fills_the_gaps_and_drops_both_ends() -> None:
    rows = [(1, []), (2, ["", ""]), (3, ["a"]), (4, ["", ""]), (6, ["b"]), (7, []), (9, [""])]
    assert list(settle(rows)) == [(3, ["a"]), (4, []), (5, []), (6, ["b"])]


def test_settle_yields_nothing_for_blank_rows() -> None:
    assert list(settle([(1, []), (2, [""])])) == []


@pytest.mark.parametrize("second", [1, 0, FURTHEST + 2])
def test_settle_refuses_rows_that_run_back_or_away(second: int) -> None:
    with pytest.raises(ValueError, match="order"):
        list(settle([(1, ["a"]), (second, ["b"])]))
