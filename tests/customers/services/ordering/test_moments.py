"""Times of order sheets."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from customers.services.importing.dates import NotADate
from customers.services.ordering.moments import parse_moment

TODAY = date(2026, 11, 22)


def at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("", None),
        ("—", None),
        (datetime(2026, 5, 1, 18, 30), at(2026, 5, 1, 18, 30)),
        (date(2026, 5, 1), at(2026, 5, 1)),
        ("2026-05-01 18:30:05", at(2026, 5, 1, 18, 30, 5)),
        ("2026-05-01T18:30", at(2026, 5, 1, 18, 30)),
        ("2026/5/1 8:05", at(2026, 5, 1, 8, 5)),
        ("2026.5.1", at(2026, 5, 1)),
        ("2026年5月1日 下午3点20分", at(2026, 5, 1, 15, 20)),
        ("2026年5月1日 上午12:00", at(2026, 5, 1, 12, 0)),
        ("2026-05-01 03:20 PM", at(2026, 5, 1, 15, 20)),
        ("2026-05-01 12:10 AM", at(2026, 5, 1, 0, 10)),
        ("12/13/2025 8:26", at(2025, 12, 13, 8, 26)),
        ("20260501", at(2026, 5, 1)),
        ("2026-05-01T08:00:00Z", datetime(2026, 5, 1, 8, tzinfo=UTC)),
        ("2026-05-01 08:00:00+0800", datetime(2026, 5, 1, 0, tzinfo=UTC)),
        (46143.75, at(2026, 5, 1, 18, 0)),
        (46143, at(2026, 5, 1)),
        ("46143", at(2026, 5, 1)),
    ],
)
def test_a_cell_is_a_moment_of_the_shop(cell: Any, moment: datetime | None) -> None:
    assert parse_moment(cell, today=TODAY) == moment


def test_days_from_1904(cell: float = 44681.5) -> None:
    assert parse_moment(cell, today=TODAY, since_1904=True) == at(2026, 5, 1, 12, 0)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3/4/2023", "date.ambiguous"),
        ("2026-02-30 10:00", "date.impossible"),
        ("2026-05-01 25:61", "date.impossible"),
        ("2027-01-01", "date.out_of_range"),
        (datetime(1899, 1, 1), "date.out_of_range"),
        ("明天下午", "date.unreadable"),
        ("5月1日", "date.no_year"),
        (True, "date.impossible"),
    ],
)
def test_what_is_no_moment(cell: Any, code: str) -> None:
    with pytest.raises(NotADate) as caught:
        parse_moment(cell, today=TODAY)
    assert caught.value.code == code
