"""What a try-out of a sheet of orders, appointments or follow-ups finds out: figures and the first problems, as the
wizard shows them. Every row's answer only where a report is to be written: a preview of a million rows keeps none."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from customers.choices import Outcome
from customers.services.ordering.booking import Told
from scrm.kit import clock

MOST = 50


def worst_first(one: Told) -> tuple[bool, bool, int]:
    """Failed rows, then remarks; what only names somebody unknown stands in a list of its own too."""
    only_names = not one.code and all(said["code"].startswith("name.") for said in one.warnings or ())
    return one.outcome != Outcome.REJECTED, only_names, one.row


@dataclass
class Trial:
    """What a run would do. `cursor` is where the slice to come starts."""

    counters: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    skipped: int = 0
    notes: list[dict[str, Any]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    keep_told: bool = True
    # Rows that come in with something left out.
    remarked: int = 0
    # The worst first.
    problems: list[Told] = field(default_factory=list)
    # Names that nobody here is called: what they name, the name, how often.
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    # Keys of people who would be made.
    strangers: set[str] = field(default_factory=set)
    cursor: int = 0
    finished: bool = False

    def hear(self, counters: Counter[str], told: Sequence[Told], strangers: Iterable[str] = ()) -> None:
        """A slice decided."""
        self.counters.update(counters)
        self.strangers.update(strangers)
        if self.keep_told:
            self.told += told
        bad = (one for one in told if one.code or one.warnings)
        self.problems = nsmallest(MOST, [*self.problems, *bad], key=worst_first)
        for one in told:
            self.remarked += bool(one.warnings)
            for what, names in (one.unknown or {}).items():
                self.unknown.setdefault(what, Counter()).update(name for name in names.split("\n") if name)

    def finish(self) -> None:
        self.finished = True
        self.counters["customers_created"] = len(self.strangers)
        self.told.sort(key=lambda one: one.row)

    def as_json(self, counters: Iterable[str], names: Iterable[str]) -> dict[str, Any]:
        """Codes, not sentences: whoever looks reads them in her own language. `names` are what a name may name."""
        return {
            "notes": self.notes,
            "counters": {key: self.counters[key] for key in counters},
            "rows": self.rows,
            "skipped": self.skipped,
            "remarked": self.remarked,
            # What another import does afterwards this preview does not know.
            "at": clock.now().isoformat(),
            "problems": [
                {"row": one.row, "code": one.code, "detail": one.detail, "warnings": one.warnings}
                for one in self.problems
            ],
            "unknown": {what: dict(self.unknown.get(what, Counter()).most_common(MOST)) for what in names},
            "refused": "",
        }
