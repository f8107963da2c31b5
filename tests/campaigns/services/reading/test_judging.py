"""What a touch counts as, by the edges."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.choices import Hint, NotCounted, TouchKind
from campaigns.services.reading.judging import MOST, Moment, chain_of, hour_of, numbered, uniques, why_not

PERSON, ROBOT, PREVIEW = "Mozilla/5.0 (iPhone) MicroMessenger/8.0", "curl/8", "Twitterbot/1.0"
NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hint", "agent", "number", "lasts", "reason"),
    [
        (Hint.NONE, PERSON, 1, True, NotCounted.NONE),
        (Hint.NONE, PERSON, 0, True, NotCounted.NONE),
        (Hint.NONE, PERSON, MOST, True, NotCounted.NONE),
        (Hint.NONE, PERSON, MOST + 1, True, NotCounted.FLOOD),
        (Hint.NONE, PERSON, 1, False, NotCounted.LATE),
        (Hint.NONE, PERSON, MOST + 1, False, NotCounted.FLOOD),
        (Hint.NONE, ROBOT, MOST + 1, False, NotCounted.BOT),
        (Hint.NONE, PREVIEW, 1, True, NotCounted.PREVIEW),
        (Hint.HEAD, ROBOT, MOST + 1, False, NotCounted.HEAD),
        (Hint.PREFETCH, PREVIEW, 1, False, NotCounted.PREFETCH),
    ],
)
def test_the_surest_reason(hint, agent, number, lasts, reason):
    assert why_not(hint=hint, agent=agent, number=number, lasts=lasts) == reason


@pytest.mark.parametrize("kind", [TouchKind.FRIEND, TouchKind.REFERRAL])
def test_what_we_wrote_ourselves_has_no_browser(kind):
    said = [why_not(hint=Hint.NONE, agent="", number=0, lasts=lasts, kind=kind) for lasts in (True, False)]
    assert said == [NotCounted.NONE, NotCounted.LATE]


@pytest.mark.parametrize(
    ("after", "unique"),
    [
        ([timedelta(0)], [True]),
        ([timedelta(0), timedelta(0)], [True, False]),
        ([timedelta(0), HOUR - SECOND], [True, False]),
        ([timedelta(0), HOUR], [True, True]),
        # Whoever reloads every half hour is seen every hour.
        ([n * HOUR / 2 for n in range(5)], [True, False, True, False, True]),
        ([timedelta(0), HOUR - SECOND, HOUR + SECOND], [True, False, True]),
    ],
)
def test_an_hour_from_the_last_unique_one(after, unique):
    moments = [Moment(NOON + one, n) for n, one in enumerate(after)]
    assert list(uniques(moments, None)) == unique


def test_what_was_before_is_counted_on():
    moments = [Moment(NOON, 5), Moment(NOON + SECOND, 6)]
    assert list(uniques(moments, NOON - HOUR + SECOND)) == [False, True]
    assert list(uniques(moments, NOON - HOUR)) == [True, False]


def test_a_scan_is_a_view_and_a_contact_is_not():
    assert [chain_of(kind) for kind in TouchKind.values] == ["view", "view", "friend", "referral"]


def test_numbers_of_an_address():
    rows = [("a", NOON), ("b", NOON), ("", NOON), ("a", NOON + HOUR - SECOND), ("a", NOON + HOUR)]
    before = {("a", NOON): 59}
    assert list(numbered(rows, before)) == [60, 1, 0, 61, 1]
    assert before == {("a", NOON): 61, ("b", NOON): 1, ("a", NOON + HOUR): 1}
    assert hour_of(NOON + HOUR - timedelta(microseconds=1)) == NOON
