"""One order's net amount over its touches."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.choices import Model
from campaigns.services.crediting import halving
from campaigns.services.crediting.splitting import Touched, position, shares

AT = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
A, B, C = 11, 12, 13


def before(*pairs: tuple[int, float]) -> list[Touched]:
    """(link, days before the order), ids in this order."""
    return [Touched(AT - timedelta(days=days), pk, link) for pk, (link, days) in enumerate(pairs, 1)]


def test_nothing_without_touches() -> None:
    assert shares(10_000, AT, []) == {}


def test_one_touch_takes_all() -> None:
    assert shares(10_001, AT, before((A, 3))) == {model: {A: 10_001} for model in Model}


def test_two_touches() -> None:
    assert shares(10_001, AT, before((A, 7), (B, 0))) == {
        Model.LAST: {B: 10_001},
        Model.FIRST: {A: 10_001},
        Model.LINEAR: {A: 5_001, B: 5_000},
        Model.POSITION: {A: 5_001, B: 5_000},
        # One half-life: 1/3 and 2/3.
        Model.DECAY: {A: 3_334, B: 6_667},
    }


def test_three_touches() -> None:
    assert shares(10_000, AT, before((A, 14), (B, 7), (C, 0))) == {
        Model.LAST: {C: 10_000},
        Model.FIRST: {A: 10_000},
        # Of equal remainders the smaller link id.
        Model.LINEAR: {A: 3_334, B: 3_333, C: 3_333},
        Model.POSITION: {A: 4_000, B: 2_000, C: 4_000},
        Model.DECAY: {A: 1_429, B: 2_857, C: 5_714},
    }


def test_many_touches_share_the_middle() -> None:
    assert [position(count) for count in (1, 2, 3, 4, 7)] == [
        [1], [1, 1], [2, 1, 2], [4, 1, 1, 4], [10, 1, 1, 1, 1, 1, 10]
    ]  # fmt: skip
    assert shares(10_000, AT, before((A, 4), (B, 3), (B, 2), (C, 1)))[Model.POSITION] == {A: 4_000, B: 2_000, C: 4_000}


def test_touches_of_one_link_are_one_share() -> None:
    """Added up before they are rounded: thirds of 100 twice would be 66."""
    found = shares(100, AT, before((A, 3), (B, 2), (A, 1)))
    assert found[Model.LINEAR] == {A: 67, B: 33}
    assert found[Model.POSITION] == {A: 80, B: 20}
    assert (found[Model.LAST], found[Model.FIRST]) == ({A: 100}, {A: 100})


def test_ties_in_time_go_by_id() -> None:
    late, early = Touched(AT, 2, A), Touched(AT, 1, B)
    found = shares(101, AT, [late, early])
    assert (found[Model.FIRST], found[Model.LAST]) == ({B: 101}, {A: 101})
    assert found[Model.DECAY] == {A: 51, B: 50}


def test_a_refund_to_nothing_leaves_who_had_a_part() -> None:
    assert shares(0, AT, before((A, 2), (B, 1))) == {
        Model.LAST: {B: 0},
        Model.FIRST: {A: 0},
        Model.LINEAR: {A: 0, B: 0},
        Model.POSITION: {A: 0, B: 0},
        Model.DECAY: {A: 0, B: 0},
    }


@pytest.mark.parametrize("days", [0, 7, 70, 364])
def test_whole_half_lives_are_exact_however_old(days: int) -> None:
    """What counts is the time between the touches; none becomes too old to be told from another."""
    old, new = halving.weights([(days + 7) * 86_400_000_000, days * 86_400_000_000])
    assert new == 2 * old


def test_half_a_half_life() -> None:
    """2^−½ = 0.70710678…: of 1 + 0.7071 fen in a hundred million."""
    assert shares(100_000_000, AT, before((A, 3.5), (B, 0)))[Model.DECAY] == {A: 41_421_356, B: 58_578_644}


def test_seconds_count() -> None:
    """2^(−1/604800): a second is a share of 2.9 in ten million."""
    found = shares(10_000_000_000, AT, before((A, 1 / 86_400), (B, 0)))[Model.DECAY]
    assert found == {A: 4_999_997_135, B: 5_000_002_865}


@given(
    st.integers(0, 10**12),
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 365 * 86_400 * 10**6)), min_size=1, max_size=40),
)
def test_every_model_sums_to_the_fen(net: int, touches: list[tuple[int, int]]) -> None:
    way = [Touched(AT - timedelta(microseconds=age), pk, link) for pk, (link, age) in enumerate(touches)]
    found = shares(net, AT, way)
    assert {model: sum(parts.values()) for model, parts in found.items()} == dict.fromkeys(Model, net)
    assert found == shares(net, AT, list(reversed(way)))
    links = {link for link, _age in touches}
    for model in (Model.LINEAR, Model.POSITION, Model.DECAY):
        assert found[model].keys() == links
