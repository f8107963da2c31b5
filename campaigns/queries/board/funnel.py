"""view → visitor → lead → arrived → buyer → order → repeat, each with its share of the step before."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.queries.board import ratios
from campaigns.queries.board.figures import Sums


@dataclass(frozen=True)
class Step:
    """`of` per cent of the step before, blank where that was smaller or nothing; `wide` per cent of the widest step;
    `before` in the days it is held against."""

    key: str
    label: str | Promise
    value: int
    of: str
    wide: int
    before: int | None

    @property
    def change(self) -> str:
        """In per cent of before: "+20%"; blank where there is nothing to hold it against."""
        return ratios.change(self.value, self.before)


STEPS: tuple[tuple[str, str | Promise], ...] = (
    ("views", _("Views")),
    ("visitors", _("Visitors")),
    ("leads", _("Leads")),
    ("arrivals", _("Arrived")),
    ("buyers", _("Buyers")),
    ("orders", _("Orders")),
    ("repeats", _("Repeat orders")),
)


def steps(sums: Sums, before: Sums | None = None) -> list[Step]:
    """Nobody arrives where nothing is booked and no coupon is used: that step is left out then, and the next one is held
    against the leads."""
    found: list[Step] = []
    widest = max(sums.views, sums.visitors, sums.leads, sums.orders, 1)
    last = 0
    for key, label in STEPS:
        value = getattr(sums, key)
        if key == "arrivals" and not value and not (before and before.arrivals):
            continue
        of = ratios.percent(value, last) if found and value <= last else ""
        then = getattr(before, key) if before is not None else None
        found.append(Step(key, label, value, of, round(100 * value / widest), then))
        last = sums.buyers if key == "orders" else value
    return found

