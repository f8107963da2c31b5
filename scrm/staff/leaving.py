"""What somebody still holds when she leaves. The apps above know and register it; this one shows it on her page and
before she is deactivated, and whoever hands her work over takes all of it along."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrm.kit.registry import Registry


@dataclass(frozen=True)
class Held:
    """A sentence, and where it is handed on."""

    text: str
    link: str
    link_text: str


@dataclass(frozen=True)
class Work:
    """Open work that goes along in a hand-over. `words(n)` says it ("3 campaigns"); `stands(leaver)` is everything that
    makes a plan stale when it changes, one entry a piece; `hand_on` gives it to these colleagues, inside the transaction
    that ends the hand-over, and says how many pieces each of them got."""

    words: Callable[[int], str]
    stands: Callable[[int], Sequence[Any]]
    hand_on: Callable[[Any, Sequence[Any], Any], Mapping[int, int]]


holdings: Registry[Callable[[Any, Any], Held | None]] = Registry("holding of an employee")
works: Registry[Work] = Registry("open work of an employee")


def held(viewer: Any, employee: Any) -> list[Held]:
    found = [ask(viewer, employee) for ask in holdings]
    return [one for one in found if one is not None]


def words_of(counts: Mapping[str, int]) -> list[str]:
    """What {name of the work: pieces} is, in words; nothing of what is none."""
    return [work.words(count) for name, count in counts.items() if count and (work := works.get(name)) is not None]
