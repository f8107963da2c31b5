from datetime import date, datetime, time, timedelta

import pytest

from scrm.kit.tabular.serials import Kind, kind_of, to_python


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", Kind.MOMENT),
        ('yyyy"年"m"月"d"日"', Kind.MOMENT),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Kind.MOMENT),
        ('上午/下午h"时"mm"分"', Kind.MOMENT),
        ("[h]:mm:ss", Kind.DURATION),
        ("[ss].00", Kind.DURATION),
        ("[Red]#,##0.00", Kind.NUMBER),
        ('0"月"', Kind.NUMBER),
        ('"day" 0', Kind.NUMBER),
        ("\\d0", Kind.NUMBER),
        ("0_d", Kind.NUMBER),
        ("General", Kind.NUMBER),
        ("#,##0;[Red]yyyy", Kind.NUMBER),
        ("@", Kind.NUMBER),
        ('"open', Kind.NUMBER),
        ("[DBNum1]0", Kind.NUMBER),
    ],
)
def test_a_format_code_is_a_date_or_not(code: str, kind: Kind) -> None:
    assert kind_of(176, code) is kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [(0, Kind.NUMBER), (2, Kind.NUMBER), (14, Kind.MOMENT), (22, Kind.MOMENT), (31, Kind.MOMENT), (46, Kind.DURATION),
     (49, Kind.NUMBER), (57, Kind.MOMENT), (59, Kind.NUMBER)],
)  # fmt: skip
def test_built_in_formats(number: int, kind: Kind) -> None:
    assert kind_of(number, None) is kind


def test_a_defined_code_overrules_the_built_in_one() -> None:
    assert kind_of(31, "0.00") is Kind.NUMBER


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (32994, date(1990, 5, 1)),
        (32994.5, datetime(1990, 5, 1, 12)),
        (0.25, time(6)),
        (0, time(0)),
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
        (2958465, date(9999, 12, 31)),
        (2958466, 2958466),
        (-1, -1),
        (1e300, 1e300),
    ],
)
def test_serials_of_1900(value: float, expected: object) -> None:
    found = to_python(value, Kind.MOMENT, False)
    assert (type(found), found) == (type(expected), expected)


def test_serials_of_1904() -> None:
    assert to_python(0.5, Kind.MOMENT, True) == time(12)
    assert to_python(31532, Kind.MOMENT, True) == date(1990, 5, 1)


def test_durations_and_numbers() -> None:
    assert to_python(1.5, Kind.DURATION, False) == timedelta(days=1, hours=12)
    assert to_python(-0.5, Kind.DURATION, False) == timedelta(hours=-12)
    assert to_python(32994, Kind.NUMBER, False) == 32994
    assert to_python(float("inf"), Kind.MOMENT, False) == float("inf")
