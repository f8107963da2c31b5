"""Which days a board shows, and what it holds them against."""

from datetime import date

import pytest
import time_machine

from campaigns.queries.board import spans
from campaigns.queries.board.spans import Days
from tests.factories.campaigns import make_campaign

pytestmark = pytest.mark.django_db
NOON = "2026-11-21T04:00:00Z"  # of the shop


def day(text: str) -> date:
    return date.fromisoformat(text)


@time_machine.travel(NOON, tick=False)
def test_the_shop_is_shown_by_thirty_days_against_those_before() -> None:
    span = spans.choose({})
    assert (span.name, span.days, span.against) == (
        "30", Days(day("2026-10-23"), day("2026-11-21")), Days(day("2026-09-23"), day("2026-10-22")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "against"),
    [("month", "2026-11-01"), ("today", "2026-11-30")],
)
@time_machine.travel("2026-11-30T16:00:01Z", tick=False)
def test_the_first_of_a_month(asked: str, against: str) -> None:
    """A day is held against the day before, a month against the same days of the month before."""
    span = spans.choose({"span": asked})
    assert span.days == Days(day("2026-12-01"), day("2026-12-01"))
    assert span.against == Days(day(against), day(against))


@time_machine.travel(NOON, tick=False)
def test_a_month_against_the_one_before_up_to_the_same_day() -> None:
    span = spans.choose({"span": "month"})
    assert span.against == Days(day("2026-10-01"), day("2026-10-21"))


@time_machine.travel(NOON, tick=False)
def test_a_campaign_is_shown_from_its_beginning_against_nothing() -> None:
    span = spans.choose({}, campaign=make_campaign())
    assert (span.name, span.days, span.against) == ("all", Days(), None)


@time_machine.travel("2026-03-31T04:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("asked", "days", "against"),
    [
        ({"span": "7"}, ("2026-03-25", "2026-03-31"), ("2026-03-18", "2026-03-24")),
        ({"span": "today"}, ("2026-03-31", "2026-03-31"), ("2026-03-30", "2026-03-30")),
        # February has fewer days: as many as there are.
        ({"span": "month"}, ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ({"span": "last_month"}, ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        ({"first": "2026-03-10", "last": "2026-03-05"}, ("2026-03-05", "2026-03-10"), ("2026-02-27", "2026-03-04")),
        ({"first": "2026-03-30"}, ("2026-03-30", "2026-03-31"), ("2026-03-28", "2026-03-29")),
        ({"span": "7", "against": "2025-03-25"}, ("2026-03-25", "2026-03-31"), ("2025-03-25", "2025-03-31")),
    ],
)
def test_what_was_chosen(asked: dict[str, str], days: tuple[str, str], against: tuple[str, str]) -> None:
    span = spans.choose(asked)
    assert (span.days, span.against) == (Days(*map(day, days)), Days(*map(day, against)))


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    "asked",
    [
        {"span": "'; DROP"}, {"first": "2026-13-45"}, {"first": "0001-01-01"}, {"last": "9999-12-31"}, {"span": "own"},
        {"span": "all"}, {"first": "昨天"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_as_if_it_were_not_there(asked: dict[str, str]) -> None:
    assert spans.choose(asked).name == "30"


@time_machine.travel(NOON, tick=False)
def test_nothing_to_be_held_against() -> None:
    assert spans.choose({"span": "month", "against": "none"}).against is None
