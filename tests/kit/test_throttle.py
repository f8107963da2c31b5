"""Counted in a table: so many in a span of time, whoever asks."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from scrm.kit import throttle
from scrm.kit.models import Tally
from tests.staff.test_races import together

HOUR = timedelta(hours=1)
AT = datetime(2026, 4, 10, 4, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_so_many_and_no_more_until_the_next_window() -> None:
    with time_machine.travel(AT, tick=False):
        assert [throttle.admit("a", most=2, per=HOUR) for _n in range(4)] == [True, True, False, False]
        assert throttle.admit("b", most=2, per=HOUR)
        assert {(row.name.partition(":")[0], row.count) for row in Tally.objects.all()} == {("a", 2), ("b", 1)}
    with time_machine.travel(AT + timedelta(minutes=29, seconds=59), tick=False):
        assert not throttle.admit("a", most=2, per=HOUR)
    with time_machine.travel(AT + timedelta(minutes=30), tick=False):
        assert throttle.admit("a", most=2, per=HOUR)


@pytest.mark.django_db
def test_two_statements_and_for_the_first_three(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with time_machine.travel(AT, tick=False):
        with django_assert_num_queries(3):
            throttle.admit("a", most=2, per=HOUR)
        with django_assert_num_queries(1):
            throttle.admit("a", most=2, per=HOUR)


@pytest.mark.django_db
def test_windows_that_are_over_go() -> None:
    with time_machine.travel(AT, tick=False):
        throttle.admit("a", most=2, per=HOUR)
    with time_machine.travel(AT + timedelta(minutes=20), tick=False):
        throttle.forget()
        assert Tally.objects.count() == 1
    with time_machine.travel(AT + timedelta(minutes=31), tick=False):
        throttle.forget()
        assert Tally.objects.count() == 0


def test_a_veiled_address_is_always_the_same_and_tells_nothing() -> None:
    assert throttle.veiled("203.0.113.9") == throttle.veiled("203.0.113.9")
    assert throttle.veiled("203.0.113.9") != throttle.veiled("203.0.113.8")
    assert (len(throttle.veiled("x")), "203" in throttle.veiled("203.0.113.9")) == (16, False)


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_than_allowed() -> None:
    admitted: list[bool] = []
    together(*[lambda: admitted.append(throttle.admit("a", most=3, per=timedelta(days=365)))] * 6)
    assert sorted(admitted) == [False] * 3 + [True] * 3
