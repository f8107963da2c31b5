"""From the rows of a sheet to lines of orders: which row belongs to which order, and what it says.

A row is skipped (header, blank, total, note), continues the order above (its number or its buyer is blank), or
begins one. What cannot be read makes a line a rejected one, with a code and the cell; nothing is guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b
from typing import Any

from customers.choices import IdentityKind
from customers.naming import clean_name, is_blank
from customers.services.importing import cells, dates, nobody
from customers.services.importing.layout import Layout, letter
from customers.services.ordering import moments
from customers.services.ordering.words import FIELDS, IGNORE, field_of
from scrm.kit import money
from scrm.kit.tabular import Source

ONE = Decimal(1)
_PRICE, _PIECES = Decimal("0.0001"), Decimal("0.001")
MOST = Decimal(10) ** 9
NUMBER_LIMIT, TEXT_LIMIT = 80, 200
_GOODS = ("product_code", "product_name", "quantity", "unit_price", "amount")


class Line:
    """`who` is the customer's key, "" for none; `problem` a code with `column` where the row cannot be booked;
    `amount` fen of the cell, None where it is empty; `warnings` as ImportRow stores them."""

    __slots__ = (
        "amount", "at", "channel", "code", "column", "employee", "name", "number", "price", "problem", "product",
        "quantity", "raw", "refund_of", "row", "total", "warnings", "who", "who_problem",
    )  # fmt: skip

    def __init__(self, row: int, raw: Sequence[Any]) -> None:
        self.row, self.raw = row, raw
        self.number = self.who = self.who_problem = self.name = self.code = self.product = ""
        self.channel = self.employee = self.refund_of = self.problem = ""
        self.at: datetime | None = None
        self.quantity = ONE
        self.price: Decimal | None = None
        self.amount: int | None = None
        # Of the whole order, where a sheet of ours says it.
        self.total: int | None = None
        self.column: int | None = None
        self.warnings: list[dict[str, Any]] | None = None

    @property
    def total_fen(self) -> int | None:
        """The amount of the cell, else quantity × unit price rounded once, half up; None when neither is known."""
        if self.amount is not None:
            return self.amount
        return None if self.price is None else money.to_fen(self.quantity * self.price)


@dataclass(frozen=True)
class Rules:
    """`key` is the kind of identity that the customer column holds: phone, member_no or legacy:NAME."""

    source: str = "sheet"
    key: str = IdentityKind.PHONE.value
    returns: str = "skip"
    amount_is: str = "line"


class LineReader:
    """Reads the rows of one sheet under one mapping. `skipped` counts what is no line, once `lines` has ended."""

    def __init__(
        self,
        layout: Layout,
        targets: Sequence[str | None],
        rules: Rules,
        *,
        today: date,
        own_phones: frozenset[str] = frozenset(),
        since_1904: bool = False,
    ) -> None:
        self.layout, self.rules, self.today, self.since_1904 = layout, rules, today, since_1904
        self.own_phones = own_phones
        self.skipped = 0
        self.at: dict[str, int] = {}
        for column, target in enumerate(targets):
            if target in FIELDS:
                self.at.setdefault(str(target), column)
        self.ignored = frozenset(i for i, target in enumerate(targets) if target == IGNORE)
        self.mapped = sorted(self.at.values())
        self.headers = [
            " ".join(header.split())[:80] or letter(column) for column, header in enumerate(layout.headers)
        ]
        self.amount_unit = cells.unit_of(self._header("amount"))
        self.price_unit = cells.unit_of(self._header("unit_price"))

    def _header(self, field: str) -> str:
        return self.layout.headers[self.at[field]] if field in self.at else ""

    def located(self, source: Source) -> Iterator[tuple[int, Sequence[Any], str]]:
        """(row number, cells, order number) of every line, in the order of the sheet: the cheap half of reading.

        A blank number is that of the line above. "" where it cannot be read. Each walk starts at the top.
        """
        self.skipped = 0
        equal: dict[str, int] = {}
        first, column = self.layout.first_row, self.at.get("number")
        above = ""
        for number, row in source.rows(self.layout.sheet):
            if number < first or not row:
                self.skipped += 1
                continue
            own = row[column] if column is not None and column < len(row) else ""
            if (own == "" or not _has_digit(own)) and self._is_no_line(row):
                self.skipped += 1
                continue
            if column is None:
                above = self._row_number(row, equal)
            elif own != "":
                above = cells.identity_text(own)[:NUMBER_LIMIT]
            yield number, row, above

    def read(self, row_number: int, row: Sequence[Any], number: str, above: Line | None) -> Line:
        """`above` is the line before it in its own order: where the buyer is blank, hers is meant."""
        line = Line(row_number, row)
        line.number = number
        if not number:
            own = self._cell(row, "number")
            self._reject(line, "order.no_number" if own == "" else "order.number", "number")
        self._read_who(line, row, above)
        self._read_figures(line, row)
        moment = self._cell(row, "ordered_at")
        if moment != "":
            try:
                line.at = moments.parse_moment(moment, today=self.today, since_1904=self.since_1904)
            except dates.NotADate as problem:
                line.warnings = [self.warning(line, problem.code, "ordered_at")]
        for field in ("product_code", "product_name", "channel", "employee"):
            column = self.at.get(field)
            if column is not None and column < len(row) and row[column] != "":
                self._read_text(line, field, row[column])
        if (source := self._cell(row, "source")) != "" and cells.to_text(source) != self.rules.source:
            self._reject(line, "order.other_source", "source")
        if (total := self._cell(row, "order_total")) != "":
            try:
                line.total = money.parse_fen(total)
            except money.NotANumber:
                self._reject(line, "order.amount", "order_total")
        if (refund_of := self._cell(row, "refund_of")) != "":
            line.refund_of = cells.identity_text(refund_of)[:NUMBER_LIMIT]
        return line

    def _cell(self, row: Sequence[Any], field: str) -> Any:
        column = self.at.get(field)
        return row[column] if column is not None and column < len(row) else ""

    def _is_no_line(self, row: Sequence[Any]) -> bool:
        """Asked only of rows without a number that has a digit: titles, totals, the header once more, blanks. Where
        the sheet has numbers, a row that has none and names no goods is no line either."""
        texts = [cells.to_text(cell) for cell in row]
        if nobody.blank_row(texts, self.ignored) or nobody.is_marker(row) or nobody.is_total(texts):
            return True
        if nobody.is_repeated_header(texts, self.layout.headers, field_of):
            return True
        if nobody.is_note(texts, frozenset(self.mapped), False):
            return True
        if "number" not in self.at or self._cell(row, "number") != "":
            return False
        return all(self._cell(row, field) == "" for field in _GOODS)

    def _row_number(self, row: Sequence[Any], equal: dict[str, int]) -> str:
        """What finds an order of a sheet without numbers again: its mapped cells, and which of equal rows it is."""
        said = "\x1f".join(cells.to_text(row[c]) if c < len(row) else "" for c in self.mapped)
        digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        nth = equal[digest] = equal.get(digest, 0) + 1
        return f"row-{digest}" if nth == 1 else f"row-{digest}-{nth}"

    def _read_who(self, line: Line, row: Sequence[Any], above: Line | None) -> None:
        cell = self._cell(row, "customer")
        if cell == "" or (isinstance(cell, str) and is_blank(cell)):
            if above is not None:
                line.who, line.who_problem, line.name = above.who, above.who_problem, above.name
            return
        if self.rules.key == IdentityKind.PHONE:
            found, code = cells.phones_in(cell)
            if found:
                line.who = "" if found[0] in self.own_phones else found[0]
            elif code != cells.MISSING:
                line.who_problem = code
        else:
            line.who = cells.identity_text(cell)
            if line.who and not cells.is_number(line.who):
                line.who, line.who_problem = "", "order.customer"
        name = self._cell(row, "customer_name")
        if name != "" and not is_blank(text := clean_name(cells.to_text(name))):
            line.name = text[:TEXT_LIMIT]

    def _read_figures(self, line: Line, row: Sequence[Any]) -> None:
        amount, price, quantity = (self._cell(row, field) for field in ("amount", "unit_price", "quantity"))
        if amount != "" and not _is_blank(amount):
            try:
                line.amount = money.parse_fen(amount, unit=self.amount_unit)
            except money.NotANumber:
                self._reject(line, "order.amount", "amount")
        if price != "" and not _is_blank(price):
            try:
                value = money.parse_number(price)
                if value is not None:
                    line.price = (value * self.price_unit / 100).quantize(_PRICE, ROUND_HALF_UP)
            except money.NotANumber:
                self._reject(line, "order.price", "unit_price")
        if quantity != "" and not _is_blank(quantity):
            try:
                pieces = _quantity(quantity)
            except money.NotANumber:
                self._reject(line, "order.quantity", "quantity")
                return
            if pieces is not None:
                line.quantity = pieces
        elif line.amount is not None and line.amount < 0 and "quantity" not in self.at:
            line.quantity = -ONE

    def _read_text(self, line: Line, field: str, cell: Any) -> None:
        text = " ".join(cells.to_text(cell).split())
        if is_blank(text):
            return
        if field == "product_code":
            line.code = cells.identity_text(cell)[:60]
        elif field == "product_name":
            line.product = text[:TEXT_LIMIT]
        elif field == "channel":
            line.channel = text[:60]
        else:
            line.employee = text[:100]

    def _reject(self, line: Line, code: str, field: str) -> None:
        if not line.problem:
            line.problem, line.column = code, self.at.get(field)

    def warning(self, line: Line, code: str, field: str) -> dict[str, Any]:
        """As ImportRow keeps it; `field` is one that the sheet has."""
        return {"code": code, "field": field, **self.where(line, self.at[field])}

    def where(self, line: Line, column: int | None) -> dict[str, str]:
        """The cell a sentence names: {"column", "cell", "value"}."""
        if column is None:
            return {}
        value = cells.to_text(line.raw[column]) if column < len(line.raw) else ""
        return {"column": self.headers[column], "cell": f"{letter(column)}{line.row}", "value": value[:80]}


def _quantity(cell: Any) -> Decimal | None:
    if isinstance(cell, int) and not isinstance(cell, bool):
        value: Decimal | None = Decimal(cell)
    else:
        value = money.parse_number(cell)
    if value is None:
        return None
    if abs(value) > MOST:
        raise money.NotANumber(str(cell))
    return value if value == value.to_integral_value() else value.quantize(_PIECES, ROUND_HALF_UP)


def _has_digit(cell: Any) -> bool:
    return not isinstance(cell, str) or any(char.isdigit() for char in cell)


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and is_blank(cell)
