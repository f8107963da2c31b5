"""What the key of an entry says. One key, one occasion: a job that runs again finds it taken.

    accrual:<order>:<person>:<slot>      and :2, :3 … where it had to be worked out anew
    reversal:<accrual>:<n>  back:<accrual>:<n>  refusal:<accrual>
    payout:<month>:<person>  adjust:<form>

A person is e5 (an employee) or c9 (a customer who recommends). A slot is what is paid for: k3 the credit of the links of
campaign 3, k3.2 its second level, s3 who served an order of it; q7 the links that brought product 7, p7 who sold it; all: who
served any order."""

import re
from datetime import date
from typing import NamedTuple

from campaigns.choices import EntryKind

PERSON = r"[ec]\d+"
SLOT = r"k\d+(?:\.2)?|[spq]\d+|all"
PATTERNS = {
    EntryKind.ACCRUAL: rf"accrual:(?P<order>\d+):(?P<person>{PERSON}):(?P<slot>{SLOT})(?::(?P<n>\d+))?",
    EntryKind.REVERSAL: r"reversal:(?P<accrual>\d+):\d+",
    EntryKind.ADJUSTMENT: r"back:(?P<accrual>\d+):\d+|refusal:(?P<refused>\d+)|adjust:\w+",
    EntryKind.PAYOUT: rf"payout:(?P<month>\d{{4}}-\d{{2}}):(?P<person>{PERSON})",
}


def read(kind: str, key: str) -> dict[str, str] | None:
    """The parts of a key; None for one that no entry of this kind has."""
    match = re.fullmatch(PATTERNS[EntryKind(kind)], key)
    return None if match is None else {name: part for name, part in match.groupdict().items() if part is not None}


class Person(NamedTuple):
    """Whom something is paid to: one of the two."""

    employee: int | None = None
    promoter: int | None = None

    @property
    def code(self) -> str:
        return f"e{self.employee}" if self.employee is not None else f"c{self.promoter}"


class Slot(NamedTuple):
    """What something is paid for."""

    campaign: int | None = None
    product: int | None = None
    served: bool = True
    level: int = 1

    @property
    def code(self) -> str:
        if self.campaign is not None:
            return f"{'s' if self.served else 'k'}{self.campaign}{'.2' if self.level == 2 else ''}"
        return "all" if self.product is None else f"{'p' if self.served else 'q'}{self.product}"


def accrual(order: int, person: Person, slot: str, nth: int = 1) -> str:
    return f"accrual:{order}:{person.code}:{slot}" + (f":{nth}" if nth > 1 else "")


def slot_of(key: str) -> str:
    """The slot's code of an accrual."""
    return key.split(":")[3]


def nth_of(key: str) -> int:
    """The number of an accrual among those of its place."""
    return int((read(EntryKind.ACCRUAL, key) or {}).get("n", 1))


def reversal(entry: int, nth: int) -> str:
    return f"reversal:{entry}:{nth}"


def back(entry: int, nth: int) -> str:
    return f"back:{entry}:{nth}"


def refusal(entry: int) -> str:
    return f"refusal:{entry}"


def is_refusal(key: str) -> bool:
    return key.startswith("refusal:")


def payout(month: date, person: Person) -> str:
    return f"payout:{month:%Y-%m}:{person.code}"
