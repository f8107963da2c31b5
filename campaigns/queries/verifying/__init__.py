"""Credits and every figure of the boards worked out once more from the raw rows, by plain SQL and Python that share nothing
with what keeps and reads the rollups; each difference is named."""

from collections.abc import Iterator

from campaigns.queries.verifying import arrived, credited, rest, rollups, shown
from campaigns.queries.verifying.comparing import Checked


def check() -> Iterator[Checked]:
    """Every figure, one after the other."""
    yield from credited.check()
    yield from boards()


def boards() -> Iterator[Checked]:
    """Those of the boards, from the credits as they stand."""
    yield from arrived.check()
    yield from rollups.check()
    yield from shown.check()
    yield from rest.check()
