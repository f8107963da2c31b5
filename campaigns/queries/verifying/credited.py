"""Who brought which fen, order by order and under each model: what the boards and the books stand on."""

from collections.abc import Iterator

from campaigns.queries import recomputing
from campaigns.queries.verifying.comparing import Checked


def check() -> Iterator[Checked]:
    for what, stored, right in recomputing.compared():
        yield Checked(what, stored, right)
