"""Lines put together to orders, and what becomes of each line: the first that fits of no customer, return, free,
rejected, line (the product's policy for sheets of orders, docs/import.md)."""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from customers.choices import AmountIs, Returns
from customers.services.ordering.lines import Line, LineReader, Rules
from scrm.kit import money
from scrm.kit.tabular import Source

_SHARE = re.compile(r"([^、%]+?) ([0-9]{1,3}(?:\.[0-9]{1,2})?)%")
_SHARES = re.compile(rf"{_SHARE.pattern}(?:、{_SHARE.pattern})+")
LINE, NO_CUSTOMER, RETURN, FREE, REJECTED = "line", "no_customer", "return", "free", "rejected"


class Spans:
    """Where each order of a sheet ends: lines of one order need not stand together. `count` lines in all."""

    def __init__(self, reader: LineReader, source: Source, *, beat: Callable[[], object] = lambda: None) -> None:
        last: dict[str, int] = {}
        ordinal = -1
        for ordinal, (_row, _cells, number) in enumerate(reader.located(source)):
            last[number] = ordinal
            if ordinal % 50_000 == 0:
                beat()
        self.count = ordinal + 1
        self.skipped = reader.skipped
        self._last = last
        self._ends = array("B", bytes(self.count))
        for end in last.values():
            self._ends[end] = 1

    def end(self, number: str) -> int:
        return self._last[number]

    def ends_at(self, ordinal: int) -> bool:
        return bool(self._ends[ordinal])


@dataclass
class Purchase:
    """One order as the sheet has it. `verdicts` go with `lines`; `kept` are those that are booked, `amounts` theirs.
    `until` is the ordinal of its last line, `refunds` are the lines that give money back for another order."""

    number: str
    until: int
    lines: list[Line]
    verdicts: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    kept: list[Line] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    refunds: list[Line] = field(default_factory=list)
    total_fen: int = 0
    who: str = ""
    name: str = ""
    at: datetime | None = None
    channel: str = ""
    # (name as the sheet writes it, share in 1/10,000), the one who opened the order first
    served: list[tuple[str, int]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What the sheet says of the order as a whole. By the customer's key, so that a merge changes nothing."""
        said = [self.who, self.at.isoformat() if self.at else "", self.channel, str(self.total_fen), repr(self.served)]
        for line, amount in zip(self.kept, self.amounts, strict=True):
            price = "" if line.price is None else f"{line.price.normalize():f}"
            said.append(f"{line.code}\x1e{line.product}\x1e{line.quantity.normalize():f}\x1e{price}\x1e{amount}")
        return blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def assemble(reader: LineReader, source: Source, spans: Spans, *, done: int = 0) -> Iterator[Purchase]:
    """Every order whose last line is the `done`-th or a later one (from 0), in the order of their last lines."""
    open_orders: dict[str, list[Line]] = {}
    for ordinal, (row, cells, number) in enumerate(reader.located(source)):
        end = spans.end(number)
        if end < done:
            continue
        lines = open_orders.setdefault(number, [])
        # Rows without a readable number have nothing in common.
        lines.append(reader.read(row, cells, number, lines[-1] if lines and number else None))
        if ordinal == end:
            yield settle(Purchase(number, end, open_orders.pop(number)), reader.rules)


def settle(purchase: Purchase, rules: Rules) -> Purchase:
    """Gives each line its verdict, and the order its figures."""
    verdicts, codes = [], []
    for line in purchase.lines:
        verdict, code = _verdict(line)
        verdicts.append(verdict)
        codes.append(code)
    kept = [line for line, verdict in zip(purchase.lines, verdicts, strict=True) if verdict == LINE]
    totals = [line.total_fen for line in kept]
    instead, why = "", ""
    if kept and all(total is None for total in totals):
        instead, why = REJECTED, "order.no_amount"
    elif kept:
        purchase.total_fen, purchase.amounts = _figures(kept, totals, rules)
        if purchase.total_fen < 0 and rules.returns == Returns.RECORD:
            instead = RETURN
        elif purchase.total_fen <= 0:
            instead = FREE
    if instead:
        verdicts = [instead if verdict == LINE else verdict for verdict in verdicts]
        codes = [why if line in kept else code for line, code in zip(purchase.lines, codes, strict=True)]
        kept, purchase.amounts, purchase.total_fen = [], [], 0
    if rules.returns == Returns.RECORD:
        purchase.refunds = [line for line, v in zip(purchase.lines, verdicts, strict=True) if v == RETURN]
    purchase.verdicts, purchase.codes, purchase.kept = verdicts, codes, kept
    if kept:
        purchase.who, purchase.name = kept[0].who, next((line.name for line in kept if line.name), "")
        purchase.at = min((line.at for line in kept if line.at), default=None)
        purchase.channel = next((line.channel for line in kept if line.channel), "")
        purchase.served = _served(kept, purchase.amounts)
    return purchase


def _verdict(line: Line) -> tuple[str, str]:
    if not line.who and not line.who_problem:
        return NO_CUSTOMER, ""
    if line.quantity <= 0 and line.problem != "order.quantity":
        return RETURN, ""
    if line.problem or line.who_problem:
        return REJECTED, line.problem or line.who_problem
    return LINE, ""


def _figures(kept: list[Line], totals: list[int | None], rules: Rules) -> tuple[int, list[int]]:
    """(paid, amount of each line). An amount of the whole order stands on each of its lines or on the first one."""
    whole = next((line.total for line in kept if line.total is not None), None)
    if whole is not None:
        return whole, [total or 0 for total in totals]
    if rules.amount_is == AmountIs.LINE:
        amounts = [total or 0 for total in totals]
        return sum(amounts), amounts
    priced = [0 if line.price is None else money.to_fen(line.quantity * line.price) for line in kept]
    told = next((line.amount for line in kept if line.amount is not None), None)
    if told is None:
        return sum(priced), priced
    if any(priced):
        return told, priced
    return told, money.split(told, [max(int(line.quantity * 1000), 1) for line in kept])


def named(cell: str) -> list[str]:
    """Who a cell says has served: one name, or those of our own export with their shares."""
    told = _SHARES.fullmatch(cell)
    return [name for name, _part in _SHARE.findall(told[0])] if told else [cell]


def _served(kept: list[Line], amounts: list[int]) -> list[tuple[str, int]]:
    """Several on one order share by what each sold; where that is nothing, evenly. Our own export says the shares:
    小许 60%、小何 40%."""
    if told := _SHARES.fullmatch(kept[0].employee):
        return [(name, round(float(part) * 100)) for name, part in _SHARE.findall(told[0])]
    sold: dict[str, int] = {}
    for line, amount in zip(kept, amounts, strict=True):
        if line.employee:
            sold[line.employee] = sold.get(line.employee, 0) + max(amount, 0)
    if not sold:
        return []
    weights = list(sold.values()) if any(sold.values()) else [1] * len(sold)
    return list(zip(sold, money.split(10_000, weights), strict=True))
