"""One sentence on each campaign."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import translation

from campaigns.choices import CampaignState
from campaigns.models import Campaign
from campaigns.queries.board import standing
from campaigns.queries.board.figures import Sums
from campaigns.queries.breaking_even import BreakEven
from campaigns.queries.returns import Return
from scrm.kit import clock

RUNNING, ENDED = CampaignState.RUNNING, CampaignState.ENDED


@pytest.fixture(autouse=True)
def stage() -> Iterator[None]:
    with time_machine.travel("2026-11-21T04:00:00Z", tick=False), translation.override("en"):
        yield


def campaign(state: str = RUNNING, *, began: int = 20, left: int | None = 5) -> Campaign:
    """It began so many days ago, and has so many after today."""
    return Campaign(
        name="B", state=state, starts_on=clock.days_ago(began), ends_on=None if left is None else clock.days_ago(-left)
    )


def even(**changed: Any) -> BreakEven:
    values: dict[str, Any] = {
        "cost_fen": 10_000, "from_budget": False, "order_fen": 1_000, "order_source": "own", "margin_bp": 5_000,
        "margin_source": "rules", "pay_fen": 0, "orders": 6,
    }  # fmt: skip
    return BreakEven(**values | changed)


def said(of: Campaign, numbers: BreakEven | None = None, gained: Return | None = None, orders: int = 6) -> tuple[str, str, str]:
    found = standing.of(of, Sums(orders=orders, net_fen=6_000), even=numbers, gained=gained)
    return found.code, found.words, found.tone


def gain(fen: int, cost: int = 10_000) -> Return:
    return Return(cost_fen=cost, net_fen=6_000, earned_fen=fen + cost)


def test_how_many_orders_are_missing_and_how_many_days_are_left() -> None:
    # 10,000 at 500 an order: 20; today is one of the days that are left.
    assert said(campaign(began=2, left=5), even(), gain(-7_000)) == (
        "missing", "14 more orders until it pays for itself, 6 days left", "",
    )  # fmt: skip


def test_it_loses_where_it_is_late_and_too_slow() -> None:
    assert said(campaign(), even(), gain(-7_000)) == (
        "losing", "Lost ¥70.00 so far, 14 more orders until it pays for itself, 6 days left", "bad",
    )  # fmt: skip
    # Six in seven days: in twenty more there will be fourteen and more.
    assert said(campaign(began=6, left=20), even(), gain(-7_000))[0] == "missing"
    # 19 of 20 and some days left: that will do.
    assert said(campaign(), even(orders=19), gain(-500))[0] == "missing"
    # Without an end nobody is late.
    assert said(campaign(left=None), even(), gain(-7_000))[:2] == ("missing", "14 more orders until it pays for itself")
    # What is not spent yet is not lost.
    assert said(campaign(), even(from_budget=True), gain(2_000, cost=1_000))[0] == "missing"


def test_it_pays_for_itself() -> None:
    assert said(campaign(left=0), even(orders=20), gain(300)) == ("paid", "Pays for itself, ¥3.00 earned so far, 1 day left", "good")


def test_what_nobody_can_say() -> None:
    assert said(campaign(left=None), even(cost_fen=0), gain(0, cost=0)) == ("no_cost", "6 orders so far", "")
    assert said(campaign(left=None), even(order_fen=None), gain(0)) == ("unknown", "6 orders so far", "")
    assert said(campaign(left=None), even(pay_fen=500), gain(-1)) == ("loses", "Every order loses money", "bad")


def test_when_it_is_over() -> None:
    assert said(campaign(ENDED), even(), gain(746_000)) == ("earned", "Earned ¥7,460.00", "good")
    assert said(campaign(ENDED), even(), gain(-839_200)) == ("lost", "Lost ¥8,392.00", "bad")
    assert said(campaign(ENDED), even(), gain(0, cost=0))[0] == "nothing"


def test_before_it_begins() -> None:
    assert said(campaign(CampaignState.SCHEDULED, began=-3), even(), gain(0)) == ("scheduled", "Begins in 3 days", "")
    assert said(campaign(CampaignState.DRAFT))[0] == "draft"


@pytest.mark.parametrize(
    ("state", "words"), [(RUNNING, "6 orders so far, 6 days left"), (ENDED, "Over: 6 orders, ¥60.00")]
)
def test_nothing_of_cost_for_whoever_sees_no_money(state: str, words: str) -> None:
    assert said(campaign(state))[1:] == (words, "")


def test_where_the_margin_is_not_known_that_is_said() -> None:
    found = standing.of(campaign(began=2), Sums(), even=even(margin_bp=None), gained=gain(-1))
    assert found.hint == "Margins are not known: all that came in is taken for earned."
