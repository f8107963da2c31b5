"""What has been earned, taken back and refused for the orders of a slice so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from campaigns import paying_keys as keys
from campaigns.choices import EntryKind, HoldDecision
from campaigns.models import CommissionEntry, CommissionHold, Receipt
from campaigns.queries.commission.roots import roots
from scrm.kit.among import Among


@dataclass
class Earned:
    """One accrual with what names it. `taken`: how much of it has been taken back; `moves`: how often something was."""

    entry: CommissionEntry
    person: keys.Person
    taken: int = 0
    moves: int = 0
    # Of its newest entry.
    moved_in: date | None = None
    refused: bool = False
    arrived: date | None = None
    released: set[str] = field(default_factory=set)

    @property
    def last_month(self) -> date:
        return self.moved_in or self.entry.month


# (person, slot)
Place = tuple[keys.Person, str]
Standing = Mapping[int, dict[Place, list[Earned]]]


def read(order_ids: Sequence[int]) -> dict[int, dict[Place, list[Earned]]]:
    """By order, person and slot, the oldest first. Whoever was folded into another record counts as that one."""
    rows = CommissionEntry.objects.filter(Among("order", order_ids)).exclude(kind=EntryKind.PAYOUT)
    entries = list(rows.order_by("pk"))
    people = roots({entry.promoter_id for entry in entries if entry.promoter_id is not None})
    earned: dict[int, Earned] = {}
    found: dict[int, dict[Place, list[Earned]]] = {}
    for entry in entries:
        if entry.kind == EntryKind.ACCRUAL:
            promoter = None if entry.promoter_id is None else people[entry.promoter_id]
            one = earned[entry.pk] = Earned(entry, keys.Person(entry.employee_id, promoter))
            place = (one.person, keys.slot_of(entry.key))
            found.setdefault(entry.order_id or 0, {}).setdefault(place, []).append(one)
    for entry in entries:
        if entry.reverses_id is not None:
            one = earned[entry.reverses_id]
            one.taken -= entry.amount_fen
            one.moves += 1
            one.moved_in = max(one.last_month, entry.month)
            one.refused |= keys.is_refusal(entry.key)
    if earned:
        for pk, day in Receipt.objects.filter(Among("entry", list(earned))).values_list("entry_id", "payable_on"):
            earned[pk].arrived = day
        holds = CommissionHold.objects.filter(Among("entry", list(earned)), decision=HoldDecision.RELEASED)
        for pk, reason in holds.order_by().values_list("entry_id", "reason"):
            earned[pk].released.add(reason)
    return found
