"""Dealing out, for any number of people and colleagues: everyone goes somewhere, as evenly as whole people can."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from customers.services.owning import dealing


@dataclass(frozen=True)
class Colleague:
    pk: int


ids = st.lists(st.integers(1, 10**9), unique=True, max_size=200)
staff = st.lists(st.integers(1, 10**6), unique=True, min_size=1, max_size=30)


@given(ids, staff)
def test_sums_and_evenness(people: list[int], among: list[int]) -> None:
    people.sort()
    dealt = dealing.deal(people, [Colleague(pk) for pk in among], {})  # type: ignore[list-item]
    got = {pk: sum(1 for to in dealt.values() if to.pk == pk) for pk in among}
    each, rest = divmod(len(people), len(among))
    assert list(dealt) == people
    # Largest remainder, ties by id: the smallest ids have one more.
    assert got == {pk: each + (at < rest) for at, pk in enumerate(sorted(among))}


@given(ids, staff, st.randoms(use_true_random=False))
def test_the_order_of_colleagues_does_not_matter(people: list[int], among: list[int], random: object) -> None:
    there = dealing.deal(people, [Colleague(pk) for pk in among], {})  # type: ignore[list-item]
    random.shuffle(among)  # type: ignore[attr-defined]
    assert dealing.deal(people, [Colleague(pk) for pk in among], {}) == there  # type: ignore[list-item]


@given(ids, staff, st.integers(1, 50))
def test_slice_by_slice_it_is_the_same(people: list[int], among: list[int], size: int) -> None:
    """A job deals a slice at a time and is told what each has got so far."""
    colleagues = [Colleague(pk) for pk in among]
    held: dict[int, int] = {}
    pieces: dict[int, object] = {}
    for start in range(0, len(people), size):
        dealt = dealing.deal(people[start : start + size], colleagues, held)  # type: ignore[arg-type]
        pieces |= dealt
        for to in dealt.values():
            held[to.pk] = held.get(to.pk, 0) + 1
    assert pieces == dealing.deal(people, colleagues, {})  # type: ignore[arg-type]
