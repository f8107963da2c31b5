"""What an audit found, and how it says so."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHECKS: dict[str, str | Promise] = {
    "key": _("the key says something else than the entry"),
    "amount": _("the amount is not rate × share, nor the share of the fixed sum"),
    "share": _("the share is more than was paid for the order"),
    "belongs": _("it names no accrual of the same person and order"),
    "taken": _("more was taken back than earned, or more given back than taken"),
    "reversed": _("what was taken back is not in proportion to what was given back"),
    "refused": _("it was refused and something of it still stands"),
    "month": _("it stands in a month before its day, or in none"),
    "closed": _("the closed month is not what it was when it was closed"),
    "statement": _("the statements do not add up to the ledger"),
    "payout": _("more, or less, was paid out than was payable"),
}


@dataclass(frozen=True)
class Where:
    """Names the row."""

    person: str = ""
    month: str = ""
    entry: int | None = None
    order: int | None = None


@dataclass(frozen=True)
class Finding:
    """`expected` and `found` are fen, where there are any."""

    check: str
    where: Where
    expected: int | None = None
    found: int | None = None

    @property
    def words(self) -> str:
        return str(CHECKS[self.check])

    def plain(self) -> dict[str, Any]:
        said = {"check": self.check, **asdict(self.where), "expected": self.expected, "found": self.found}
        return {name: value for name, value in said.items() if value not in (None, "")}
