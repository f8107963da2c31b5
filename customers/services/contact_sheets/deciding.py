"""What a slice of rows would do, decided against what is here; a try-out and a run ask the same."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from customers.choices import Outcome
from customers.queries import erased
from customers.services.contact_sheets.rows import Entry, RowReader, Rules
from customers.services.importing import strangers
from customers.services.importing.names import Names
from customers.services.ordering.booking import ERASED, Told

COUNTERS = ("created", "updated", "unchanged", "rejected", "customers_created", "warnings")


@dataclass
class Decided(strangers.Named):
    """A slice. `fresh` are to be made, `changed` pair an entry with the id of what it changes."""

    counters: Counter[str] = field(default_factory=Counter)
    fresh: list[Entry] = field(default_factory=list)
    changed: list[tuple[Entry, int]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def look(entries: Iterable[Entry], rules: Rules) -> Decided:
    """Begins a slice: whose keys are known; those that were erased and are nobody's since, and those that nobody may be
    made for, are a problem of their rows. Two queries, three once somebody was erased."""
    out = Decided()
    readable = [entry for entry in entries if not entry.problem]
    keys = {entry.who for entry in readable}
    out.find(rules.key, keys)
    gone = {value for _kind, value in erased.among((rules.key, key) for key in keys - out.owners.keys())}
    for entry in readable:
        if entry.who in gone:
            entry.problem = ERASED
        elif entry.who not in out.owners and not strangers.may_be_made(rules.key):
            entry.problem = strangers.UNKNOWN
    return out


def reject(entry: Entry, reader: RowReader, out: Decided) -> None:
    out.counters["rejected"] += 1
    column = reader.at.get("customer") if entry.problem == strangers.UNKNOWN else entry.column
    detail = reader.where(entry, column)
    out.told.append(Told(entry.row, Outcome.REJECTED, entry.problem, detail, raw=entry.raw))


def meet(entry: Entry, out: Decided) -> None:
    """Whoever is named by a row that is taken in and is not here is made."""
    if entry.who not in out.owners:
        out.strangers[entry.who] = out.strangers.get(entry.who) or entry.name


def tell(entry: Entry, outcome: str, reader: RowReader, names: Names, out: Decided, *, matched: Collection[str] = ()) -> Told | None:
    """Counts a row that comes in and tells of it where somebody may want to look: remarks, names nobody is called (but
    `matched`, which it has by now)."""
    out.counters[str(outcome)] += 1
    remarked = bool(entry.warnings)
    kinds = {"employee": "owner", "store": "store"}
    unknown = {
        kind: entry.word(word)
        for word, kind in kinds.items()
        if entry.word(word) and word not in matched and names.resolve(kind, entry.word(word)) is None
    }
    for word, kind in kinds.items():
        if kind in unknown:
            reader.warn(entry, f"name.{word}", word)
    out.counters["warnings"] += len(entry.warnings)
    if not entry.warnings and outcome != Outcome.UPDATED:
        return None
    one = Told(entry.row, outcome, warnings=entry.warnings or None, unknown=unknown or None, who=entry.who)
    one.raw = entry.raw if remarked else None
    out.told.append(one)
    return one

