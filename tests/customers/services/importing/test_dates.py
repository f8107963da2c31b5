"""Days as people write them. What would have to be guessed is a code, never a day."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.birthdays import Birthday
from customers.services.importing import dates
from customers.services.importing.dates import NotADate

TODAY = date(2026, 11, 21)
MAY = Birthday(1990, 5, 1)


def birthday(cell: Any, **options: Any) -> Any:
    try:
        return dates.parse_birthday(cell, today=TODAY, **options)
    except NotADate as problem:
        return problem.code


def day(cell: Any, **options: Any) -> Any:
    try:
        return dates.parse_day(cell, today=TODAY, **options)
    except NotADate as problem:
        return problem.code


@pytest.mark.parametrize(
    "cell",
    [
        "1990-05-01", "1990-5-1", "1990/5/1", "1990/05/01", "1990.5.1", "1990.05.01", "1990年5月1日", "1990年05月01日", "1990年5月1号", "1990 05 01",
        " 1990-05-01 ", "1990-05-01 18:30", "1990-05-01 18:30:59", "1990-05-01T18:30:59", "1990-05-01T00:00:00Z", "1990-05-01T00:00:00+08:00",
        "1990-05-01T00:00:00.000Z", "1990/5/1 0:00", "1990/5/1 下午3:20", "1990/5/1 3:20:00 PM", "1990-05-01 星期二", "1990年05月01日 星期二",
        "1990-05-01（周二）", "1990-05-01 Tue", "19900501", "90/5/1", "90-05-01", "90.5.1", "90年5月1日", "900501", 900501, 900501.0, "1-May-90", "1 May 1990",
        "May 1, 1990", "May 1st, 1990", "1990 年 5 月 1 日", "１９９０－０５－０１", "１９９０年５月１日", "一九九〇年五月一日", "一九九零年五月一日", "公历1990-05-01",
        "1990-05-01(阳历)", "32994", "32994.0", 32994, 32994.0, 32994.75, 19900501, 19900501.0, datetime(1990, 5, 1), datetime(1990, 5, 1, 18),
        date(1990, 5, 1), "\u200e1990-05-01\u200f",
    ],
)  # fmt: skip
def test_the_first_of_may_1990(cell: Any) -> None:
    assert (birthday(cell), day(cell)) == (MAY, date(1990, 5, 1))


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("5月1日", Birthday(None, 5, 1)), ("05-01", Birthday(None, 5, 1)), ("5/1", Birthday(None, 5, 1)), ("5.1", Birthday(None, 5, 1)),
        ("12.30", Birthday(None, 12, 30)), ("02-29", Birthday(None, 2, 29)), (8.15, Birthday(None, 8, 15)), (12.03, Birthday(None, 12, 3)),
        ("五月一日", Birthday(None, 5, 1)), ("5 月 1 号", Birthday(None, 5, 1)),
        ("农历八月十五", Birthday(None, 8, 15, True)), ("八月十五", Birthday(None, 8, 15, True)), ("阴历8月15日", Birthday(None, 8, 15, True)),
        ("农历8-15", Birthday(None, 8, 15, True)), ("（农历）8.15", Birthday(None, 8, 15, True)), ("8月15(农历)", Birthday(None, 8, 15, True)),
        ("正月初一", Birthday(None, 1, 1, True)), ("腊月廿三", Birthday(None, 12, 23, True)), ("冬月三十", Birthday(None, 11, 30, True)),
        ("十二月初八", Birthday(None, 12, 8, True)), ("闰四月初八", Birthday(None, 4, 8, True)), ("农历二月三十", Birthday(None, 2, 30, True)),
        ("1990年农历八月十五", Birthday(1990, 8, 15, True)), ("农历1990-08-15", Birthday(1990, 8, 15, True)),
        ("8月初六", Birthday(None, 8, 6, True)), ("8 月 初六", Birthday(None, 8, 6, True)), ("12月廿三", Birthday(None, 12, 23, True)),
        ("农历八月15", Birthday(None, 8, 15, True)), ("农历八月15日", Birthday(None, 8, 15, True)), ("农历8月十五", Birthday(None, 8, 15, True)),
        ("农历:八月十五", Birthday(None, 8, 15, True)), ("农历：8-15", Birthday(None, 8, 15, True)), ("（阴历）：8.15", Birthday(None, 8, 15, True)),
        ("阴历 8.15", Birthday(None, 8, 15, True)), ("正月15", Birthday(None, 1, 15, True)), ("闰8月初六", Birthday(None, 8, 6, True)),
        ("62年农历8月初六", Birthday(1962, 8, 6, True)), ("六二年八月初六", Birthday(1962, 8, 6, True)), ("1962年8月初六", Birthday(1962, 8, 6, True)),
        ("05年八月初六", Birthday(2005, 8, 6, True)), ("公历：5月1日", Birthday(None, 5, 1)),
        ("一九九〇年八月十五", Birthday(1990, 8, 15, True)), ("农历1990年8月15日", Birthday(1990, 8, 15, True)),
    ],
)  # fmt: skip
def test_birthdays_without_year_and_by_the_moon(cell: Any, want: Birthday) -> None:
    assert birthday(cell) == want
    assert day(cell) in ("date.no_year", "date.lunar")


@pytest.mark.parametrize("cell", ["8.15", "8-15", "8月15日", "八月十五", "八月15", "8月十五", 8.15])
def test_a_column_of_lunar_birthdays(cell: Any) -> None:
    assert birthday(cell, lunar=True) == Birthday(None, 8, 15, True)
    assert birthday("1990-08-15", lunar=True) == Birthday(1990, 8, 15, True)
    assert birthday(datetime(1990, 8, 15), lunar=True) == Birthday(1990, 8, 15, True)
    assert birthday("公历1990-08-15", lunar=True) == Birthday(1990, 8, 15)
    assert birthday(datetime(1990, 5, 31), lunar=True) == birthday(33024, lunar=True) == "date.impossible"
    assert birthday("32994", lunar=True) in (Birthday(1990, 5, 1, True), MAY)


@pytest.mark.parametrize(
    "cell",
    [None, "", " ", "\u3000", "0", "0.0", 0, 0.0, "-", "—", "无", "null", "NULL", "N/A", "\u3164", "\u200b"],
)
def test_nothing(cell: Any) -> None:
    assert (birthday(cell), day(cell)) == (None, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1990-13-45", "impossible"), ("2023-02-30", "impossible"), ("2023-02-29", "impossible"), ("1900-01-00", "impossible"),
        ("0000-00-00", "impossible"), ("13月1日", "impossible"), ("2-30", "impossible"), ("20230230", "impossible"), ("60", "unreadable"),
        (60, "impossible"), (time(0, 0), "impossible"), (timedelta(hours=30), "impossible"), (True, "impossible"),
        ("03/04/2020", "ambiguous"), ("3.4.90", "ambiguous"), ("1-2-1999", "ambiguous"), (5.1, "ambiguous"),
        ("1990", "no_day"), (1990, "no_day"), ("1990-05", "no_day"), ("1990年5月", "no_day"), ("199005", "no_day"), ("1990.5", "no_day"),
        ("90后", "unreadable"), ("五月", "unreadable"), ("生日快乐", "unreadable"), ("1990-05-01喜欢花", "unreadable"), ("32994元", "unreadable"),
        ("#N/A", "unreadable"), ("1990-05-01/1991-05-01", "unreadable"), ("每月1号", "unreadable"), (float("nan"), "unreadable"),
        (float("inf"), "unreadable"), ("2026-11-22", "out_of_range"), ("2090-05-01", "out_of_range"), ("1899-12-31", "out_of_range"),
        ("3000-01-01", "out_of_range"), (datetime(9999, 12, 31), "out_of_range"), (-1, "out_of_range"), (-8.15, "out_of_range"), (-2147483649.75, "out_of_range"), (1e300, "out_of_range"),
        ("农历2030年八月十五", "out_of_range"), ("0815", "unreadable"),
        ("八月15", "unreadable"), ("八月15日", "unreadable"), ("8月十五", "unreadable"), ("13月初六", "impossible"), ("农历八月31", "impossible"),
        ("62年农历", "unreadable"), ("初六", "unreadable"), ("农历:", "unreadable"),
        (199005, "no_day"), (851300, "impossible"), (900501.5, "out_of_range"), (-900501, "out_of_range"), (1000000, "out_of_range"),
    ],
)  # fmt: skip
def test_what_is_no_birthday_says_why(cell: Any, code: str) -> None:
    assert birthday(cell) == f"date.{code}"


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("25/1/1990", Birthday(1990, 1, 25)), ("1/25/1990", Birthday(1990, 1, 25)), ("31.12.1990", Birthday(1990, 12, 31)),
        ("12/31/90", Birthday(1990, 12, 31)), ("5/5/1990", Birthday(1990, 5, 5)), ("26/5/1", Birthday(2026, 5, 1)), ("27/5/1", Birthday(1927, 5, 1)),
        ("25-12-26", Birthday(2025, 12, 26)), ("260501", Birthday(2026, 5, 1)), ("991231", Birthday(1999, 12, 31)),
    ],
)  # fmt: skip
def test_order_and_century_where_they_can_be_known(cell: str, want: Birthday) -> None:
    assert birthday(cell) == want


@pytest.mark.parametrize(
    ("serial", "want"),
    [
        (1, Birthday(1900, 1, 1)), (59, Birthday(1900, 2, 28)), (61, Birthday(1900, 3, 1)), (45000, Birthday(2023, 3, 15)),
        (46347, Birthday(2026, 11, 21)), (46348, "date.out_of_range"), (2_958_465, "date.out_of_range"), (2_958_466, "date.out_of_range"),
    ],
)  # fmt: skip
def test_serials_of_excel(serial: int, want: Any) -> None:
    assert birthday(serial) == want


@pytest.mark.parametrize(
    ("serial", "want"),
    [
        (31538, date(1990, 5, 7)), (31538.75, date(1990, 5, 7)), ("31538", date(1990, 5, 7)), (1, date(1904, 1, 2)), (60, date(1904, 3, 1)),
        (44885, TODAY), (44886, "date.out_of_range"), (2_957_003, "date.out_of_range"), (2_957_004, "date.out_of_range"), (-1, "date.out_of_range"),
        (0, None), (1990, "date.no_day"), (19900501, date(1990, 5, 1)), (900501, date(1990, 5, 1)), ("1990-05-01", date(1990, 5, 1)),
        (datetime(1990, 5, 1), date(1990, 5, 1)),
    ],
)  # fmt: skip
def test_serials_of_a_workbook_that_counts_from_1904(serial: Any, want: Any) -> None:
    solar = Birthday(want.year, want.month, want.day) if isinstance(want, date) else want
    assert (day(serial, since_1904=True), birthday(serial, since_1904=True)) == (want, solar)


def test_six_digits_are_a_serial_where_that_day_may_come() -> None:
    """A field of the shop's own takes days to come: 109574 is the last day of 2199 there."""
    later = date(2999, 12, 31)
    assert dates.parse_day(109574, today=later) == date(2199, 12, 31)
    assert dates.parse_day(108112, today=later, since_1904=True) == date(2199, 12, 31)


def test_today_is_the_last_day_and_1900_the_first() -> None:
    assert (day("2026-11-21"), day("2026-11-22"), day("1900-01-01"), day("1899-12-31")) == (
        date(2026, 11, 21), "date.out_of_range", date(1900, 1, 1), "date.out_of_range",
    )  # fmt: skip


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_every_day_in_every_common_spelling_is_itself(when: date) -> None:
    for pattern in (
        "{0:%Y-%m-%d}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}年{0.month}月{0.day}日",
        "{0:%Y%m%d}",
    ):
        assert day(pattern.format(when)) == when
    serial = (when - date(1899, 12, 30)).days
    if serial > 60 and not 1900 <= serial <= TODAY.year:
        assert day(serial) == when and (serial < 10_000 or day(str(serial)) == when)


WRITTEN = st.text(
    alphabet="0123456789-/.年月日号 农历阳闰八月十五初一二三四正腊冬廿T:Z上下午(星期)e+", max_size=22
)


@given(st.one_of(WRITTEN, st.text(max_size=25), st.floats(), st.integers()), st.booleans())
@settings(max_examples=500)
def test_whatever_a_cell_holds_is_a_possible_birthday_nothing_or_a_known_code(cell: Any, lunar: bool) -> None:
    found = birthday(cell, lunar=lunar)
    assert found is None or found.__class__ in (Birthday, str)
    if isinstance(found, Birthday):
        assert found.is_possible() and str(found)
    elif found:
        assert found.startswith("date.")
