"""Time decay: a touch weighs 2^(−Δt / 7 days). As whole numbers, so that a share does not hang on whose processor
rounded a float: 2^−r of the part of a half-life is a product of four table entries of 96 bits, one for each three digits of
its microseconds, and whole half-lives are shifts, of which nothing is lost."""

from collections.abc import Sequence
from decimal import Context, Decimal
from functools import cache

HALF_LIFE = 7 * 24 * 3600 * 1_000_000  # microseconds
BITS = 96
STEPS = (10**9, 10**6, 10**3, 1)


def weights(ages: Sequence[int]) -> list[int]:
    """For the microseconds between each touch and the order, in proportion to each other, never 0."""
    parts = [divmod(age, HALF_LIFE) for age in ages]
    oldest = max(lives for lives, _rest in parts)
    return [_within(rest) << (oldest - lives) for lives, rest in parts]


def _within(rest: int) -> int:
    """2^−(rest / half-life), times 2^BITS."""
    tables = _tables()
    found = 1 << BITS
    for step, table in zip(STEPS, tables, strict=True):
        digits, rest = divmod(rest, step)
        found = found * table[digits] >> BITS
    return found


@cache
def _tables() -> tuple[list[int], ...]:
    """Made at first use, in some hundredths of a second; `decimal` rounds correctly, wherever it runs."""
    exact = Context(prec=50)
    fall = exact.divide(-exact.ln(Decimal(2)), Decimal(HALF_LIFE))
    scale = Decimal(1 << BITS)
    return tuple(
        [int(exact.multiply(exact.exp(exact.multiply(fall, Decimal(step * digits))), scale)) for digits in range(1_000)]
        for step in STEPS
    )
