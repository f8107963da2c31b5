"""Money is whole fen; what would have to be guessed is no number."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrm.kit import money


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("3456.70", 345_670), ("￥3,456.70", 345_670), ("¥3456.7", 345_670), ("3,456.70元", 345_670), ("人民币 12", 1_200), ("RMB12", 1_200), ("12块", 1_200), ("3.4万", 3_400_000),
        ("3.4 万元", 3_400_000), ("1.2亿", 12_000_000_000), ("１２３４", 123_400), ("１，２３４", 123_400), ("1,23,456", 12_345_600), ("-12.5", -1_250), ("－５", -500), ("−5", -500),
        ("+5", 500), (".5", 50), ("0", 0), ("-0", 0), ("12.345", 1_235), ("12.344", 1_234), ("-12.345", -1_235), ("0.005", 1), (123456.789, 12_345_679), (0.1, 10), (1.005, 101),
        (12, 1_200), (-3, -300), ("1 234", 123_400), ("99,999,999,999.99", 9_999_999_999_999), ("", None), (" ", None), ("\u3000", None),
    ],
)  # fmt: skip
def test_an_amount_in_fen(cell: Any, fen: int | None) -> None:
    assert money.parse_fen(cell) == fen


@pytest.mark.parametrize(
    "cell",
    [
        "1e308", "1E3", "NaN", "nan", "Infinity", "-inf", "0x10", "1_000", "1.234,56", "1,5", "12,3456", "1,2345", ",5", "5.", "1/2", "50%", "壹佰元", "一百", "12元5角", "(5)", "$5", "€5", "3-5",
        "100+", "约100", "9999999999999999", "٣", "1.2.3", "--5", "万", "元", "1万2", "abc", True, False, float("nan"), float("inf"), 1e12, None, object(), b"5",
    ],
)  # fmt: skip
def test_what_is_no_amount(cell: Any) -> None:
    with pytest.raises(money.NotANumber):
        money.parse_fen(cell)


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        (3.4, 1_000_000, 3_400_000), ("3.4", 1_000_000, 3_400_000), ("3,456.78", 1_000_000, 3_456_780_000), ("￥3.4", 1_000_000, 3_400_000), ("RMB 3.4", 1_000_000, 3_400_000),
        ("３.４", 1_000_000, 3_400_000), (-1.5, 1_000_000, -1_500_000), ("3.4万", 1_000_000, 3_400_000), ("3.4万元", 1_000_000, 3_400_000), ("34000元", 1_000_000, 3_400_000),
        ("1.2亿", 1_000_000, 12_000_000_000), ("12块", 1_000_000, 1_200), (0.0000005, 1_000_000, 1), ("0.0000005", 1_000_000, 1), ("0.0000004", 1_000_000, 0), ("-0.0000005", 1_000_000, -1),
        (10_000_000, 1_000_000, 10_000_000_000_000), (1.23456, 100_000, 123_456), ("1.5", 100_000, 150_000), (12, 100_000, 1_200_000), ("3万", 100_000, 3_000_000),
        (12345, 1, 12_345), ("12345", 1, 12_345), (0.5, 1, 1), (0.4, 1, 0), (-0.5, 1, -1), ("12元", 1, 1_200), (10**13, 1, 10**13), (0, 1, 0),
        (3.4, 100, 340), ("3.4万", 100, 3_400_000), ("", 1, None), (" ", 1_000_000, None),
    ],
)  # fmt: skip
def test_an_amount_in_a_column_of_another_unit(cell: Any, unit: int, fen: int | None) -> None:
    assert money.parse_fen(cell, unit=unit) == fen


@pytest.mark.parametrize("unit", [1, 100, 100_000, 1_000_000])
@pytest.mark.parametrize(
    "cell", [10**14, 1e300, "9" * 40, "9" * 40 + "元", "1e3", True, None, float("nan"), "3千", "12分", "1.2.3"]
)
def test_no_amount_in_any_unit(cell: Any, unit: int) -> None:
    with pytest.raises(money.NotANumber):
        money.parse_fen(cell, unit=unit)


@pytest.mark.parametrize(("cell", "fen"), [("12.34", 1234), ("3.45678万", 3_456_780), ("199", 19_900), ("", None), ("1.500", 150)])
def test_an_amount_typed_by_hand(cell: str, fen: int | None) -> None:
    assert money.parse_exact_fen(cell) == fen


@pytest.mark.parametrize("cell", ["12.345", "0.001", "0.0000001万"])
def test_part_of_a_fen_is_refused(cell: str) -> None:
    with pytest.raises(money.TooFine):
        money.parse_exact_fen(cell)


@given(st.integers(min_value=-(10**7), max_value=10**7), st.sampled_from([1, 100, 100_000, 1_000_000]))
def test_a_unit_is_so_many_times_a_fen(number: int, unit: int) -> None:
    fen = number * unit
    assert money.parse_fen(number, unit=unit) == money.parse_fen(str(number), unit=unit) == fen


@pytest.mark.parametrize(
    ("cell", "whole"),
    [
        ("1,200", (1200, False)),
        (88.8, (88, True)),
        ("-5.5", (-5, True)),
        (5.0, (5, False)),
        ("", (None, False)),
        ("1.5万", (15_000, False)),
        ("0.9", (0, True)),
    ],
)
def test_whole_numbers(cell: Any, whole: tuple[int | None, bool]) -> None:
    assert money.parse_whole(cell) == whole


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (None, ""),
        (0, "¥0.00"),
        (5, "¥0.05"),
        (345_670, "¥3,456.70"),
        (-345_670, "-¥3,456.70"),
        (-5, "-¥0.05"),
        (100_000_000, "¥1,000,000.00"),
    ],
)
def test_shown(fen: int | None, text: str) -> None:
    assert money.show(fen) == text


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_there_and_back(fen: int) -> None:
    assert money.to_fen(money.yuan(fen)) == fen
    assert money.parse_fen(money.show(fen)) == fen
    assert money.parse_fen(str(money.yuan(fen))) == fen


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_half_goes_away_from_zero(yuan: Decimal) -> None:
    fen = money.to_fen(yuan)
    assert abs(Decimal(fen) - yuan * 100) <= Decimal("0.5")
    assert money.to_fen(-yuan) == -fen


@given(st.text(max_size=20))
def test_any_text_is_a_number_nothing_or_refused(text: str) -> None:
    try:
        value = money.parse_number(text)
    except money.NotANumber:
        return
    assert value is None or (value.is_finite() and abs(value) <= money.LIMIT_YUAN)
