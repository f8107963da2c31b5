"""From the rows of a sheet to what each says: who, when, by whom. What cannot be read makes a row a rejected one, with
a code and the cell, or leaves one field empty with a remark; nothing is guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.utils import timezone

from customers.choices import AppointmentState, IdentityKind, ImportKind
from customers.naming import clean_name, is_blank
from customers.services import visits
from customers.services.contact_sheets import when
from customers.services.contact_sheets.words import IGNORE, STATES, plain
from customers.services.importing import cells, dates, nobody
from customers.services.importing.layout import Layout, letter
from customers.services.importing.vocabulary import Vocabulary
from scrm.kit.tabular import Merge, Source

NUMBER_LIMIT, NAME_LIMIT, WORD_LIMIT = 80, 200, 100
# Nobody books further ahead; a date beyond is a slip of the pen.
AHEAD = timedelta(days=3 * 366)
_WORDS = ("store", "service", "employee", "state", "medium")


@dataclass(frozen=True)
class Rules:
    """`key` is the kind of identity that the customer column holds: phone, member_no or legacy:NAME."""

    source: str = "sheet"
    key: str = IdentityKind.PHONE.value


class Entry:
    """One row. `who` is the customer's key; `problem` a code with `column` where the row cannot be taken in; `words` what
    its further cells say, by field; `key` finds it again, `digest` tells whether it has changed."""

    __slots__ = (
        "at", "column", "digest", "key", "minutes", "name", "next_at", "number", "ordinal", "problem", "raw", "row",
        "warnings", "who", "words",
    )  # fmt: skip

    def __init__(self, ordinal: int, row: int, raw: Sequence[Any]) -> None:
        self.ordinal, self.row, self.raw = ordinal, row, raw
        self.number = self.who = self.name = self.problem = self.key = self.digest = ""
        self.column: int | None = None
        self.at: datetime | None = None
        self.minutes: int | None = None
        self.next_at: datetime | None = None
        self.words: dict[str, str] = {}
        self.warnings: list[dict[str, Any]] = []

    def word(self, field: str) -> str:
        return self.words.get(field, "")


class RowReader:
    """Reads the rows of one sheet under one mapping. `skipped` counts what is none, once `located` has ended."""

    def __init__(
        self,
        layout: Layout,
        targets: Sequence[str | None],
        rules: Rules,
        *,
        kind: str,
        speech: Vocabulary,
        fields: Sequence[str],
        today: date,
        own_phones: frozenset[str] = frozenset(),
        since_1904: bool = False,
        merged: Sequence[Merge] = (),
    ) -> None:
        self.layout, self.rules, self.kind, self.speech = layout, rules, kind, speech
        self.today, self.own_phones, self.since_1904 = today, own_phones, since_1904
        self.skipped = 0
        self.at: dict[str, int] = {}
        for column, target in enumerate(targets):
            if target in fields:
                self.at.setdefault(str(target), column)
        self.ignored = frozenset(i for i, target in enumerate(targets) if target == IGNORE)
        self.headers = [
            " ".join(header.split())[:80] or letter(column) for column, header in enumerate(layout.headers)
        ]
        # A customer merged over several rows is the customer of each of them; so is a day.
        mapped = set(self.at.values())
        self._down = {
            (top, left): bottom
            for top, left, bottom, right in merged
            if bottom > top and left == right and left in mapped and top >= layout.first_row
        }

    def located(self, source: Source) -> Iterator[tuple[int, int, Sequence[Any]]]:
        """(ordinal, row number, cells) of every row that is one, in the order of the sheet. Each walk starts at the top."""
        self.skipped = 0
        ordinal = 0
        carried: dict[int, tuple[int, Any]] = {}
        for number, row in source.rows(self.layout.sheet):
            if number < self.layout.first_row or not row:
                self.skipped += 1
                continue
            if self._down:
                row = list(self._carried(number, row, carried))
            if self._is_none(row):
                self.skipped += 1
                continue
            yield ordinal, number, row
            ordinal += 1

    def _carried(self, number: int, row: Sequence[Any], carried: dict[int, tuple[int, Any]]) -> Sequence[Any]:
        filled = list(row)
        for column in self.at.values():
            own = filled[column] if column < len(filled) else ""
            if (bottom := self._down.get((number, column))) is not None:
                carried[column] = (bottom, own)
            elif own == "" and column in carried and number <= carried[column][0]:
                filled += [""] * (column + 1 - len(filled))
                filled[column] = carried[column][1]
        return filled

    def _is_none(self, row: Sequence[Any]) -> bool:
        """Titles, totals, notes, the header once more, blanks; asked of rows whose customer has no digit."""
        who = self._cell(row, "customer")
        if who != "" and (not isinstance(who, str) or any(char.isdigit() for char in who)):
            return False
        texts = [cells.to_text(cell) for cell in row]
        if nobody.blank_row(texts, self.ignored) or nobody.is_marker(row) or nobody.is_total(texts):
            return True
        if nobody.is_repeated_header(texts, self.layout.headers, self.speech.field_of):
            return True
        return nobody.is_note(texts, frozenset(self.at.values()), False)

    def read(self, ordinal: int, number: int, row: Sequence[Any]) -> Entry:
        entry = Entry(ordinal, number, row)
        self._read_who(entry, row)
        self._read_when(entry, row)
        if (own := self._cell(row, "number")) != "":
            entry.number = cells.identity_text(own)[:NUMBER_LIMIT]
        for field in _WORDS:
            text = " ".join(cells.to_text(self._cell(row, field)).split())
            if text and not is_blank(text):
                entry.words[field] = text[:WORD_LIMIT]
        for field in ("content", "note"):
            text = cells.without_id_cards(cells.to_text(self._cell(row, field)).replace("\r\n", "\n"))
            if text and not is_blank(text):
                entry.words[field] = text
        if self.kind == ImportKind.APPOINTMENTS:
            self._hold_back(entry)
        entry.key, entry.digest = self._key(entry), self._digest(entry)
        return entry

    def _cell(self, row: Sequence[Any], field: str) -> Any:
        column = self.at.get(field)
        return row[column] if column is not None and column < len(row) else ""

    def _read_who(self, entry: Entry, row: Sequence[Any]) -> None:
        cell = self._cell(row, "customer")
        name = self._cell(row, "customer_name")
        if cell == "" or (isinstance(cell, str) and is_blank(cell)):
            self.reject(entry, "contact.no_customer", "customer")
        elif self.rules.key == IdentityKind.PHONE:
            found, code = cells.phones_in(cell)
            if found and found[0] in self.own_phones:
                self.reject(entry, "phone.employee", "customer")
            elif found:
                entry.who = found[0]
                if name == "":
                    name = cells.name_beside_phone(cell)
            else:
                masked = isinstance(cell, str) and "*" in cell
                self.reject(entry, "contact.masked" if masked else code, "customer")
        else:
            entry.who = cells.identity_text(cell)
            if not entry.who or not cells.is_number(entry.who):
                entry.who = ""
                self.reject(entry, "order.customer", "customer")
        if name != "" and not is_blank(text := clean_name(cells.to_text(name))):
            entry.name = text[:NAME_LIMIT]

    def _read_when(self, entry: Entry, row: Sequence[Any]) -> None:
        booked = self.kind == ImportKind.APPOINTMENTS
        latest = self.today + AHEAD
        cell, clock = self._cell(row, "at"), self._cell(row, "time")
        try:
            entry.at, entry.minutes = when.parse(cell, clock, latest=latest, since_1904=self.since_1904)
        except dates.NotADate:
            self.reject(entry, "contact.at", "at")
            return
        if entry.at is None:
            self.reject(entry, "contact.no_at", "at")
            return
        if not booked and timezone.localtime(entry.at).date() > self.today:
            self.reject(entry, "contact.not_yet", "at")
        if booked and when.has_no_time(cell, clock, entry.at):
            self.warn(entry, "contact.no_time", "at")
        ends = self._cell(row, "ends")
        entry.minutes = entry.minutes or when.between(entry.at, ends, latest=latest, since_1904=self.since_1904)
        if (long := self._cell(row, "minutes")) != "" and entry.minutes is None:
            entry.minutes = when.minutes_of(long)
        if (following := self._cell(row, "next_at")) != "":
            try:
                entry.next_at = when.parse(following, "", latest=latest, since_1904=self.since_1904)[0]
            except dates.NotADate as problem:
                self.warn(entry, problem.code, "next_at")

    def _hold_back(self, entry: Entry) -> None:
        """Nobody came, or failed to come, to what lies ahead: as by hand. The digest does not have the word, so that the
        sheet brings it once its time has come."""
        state = STATES.get(plain(entry.word("state")))
        if entry.at is None or state not in (AppointmentState.ARRIVED, AppointmentState.NO_SHOW):
            return
        if visits.too_early(entry.at, state):
            self.warn(entry, "contact.too_early", "state")
            del entry.words["state"]

    def _key(self, entry: Entry) -> str:
        """What finds the row again where it has no number of its own. By the customer's key, so that a merge of two
        people changes nothing."""
        if entry.at is None or not entry.who:
            return ""
        said = [self.rules.key, entry.who, entry.at.astimezone(timezone.get_default_timezone()).isoformat()]
        if self.kind == ImportKind.APPOINTMENTS:
            said += [self.rules.source, entry.word("service")]
        else:
            said.append(" ".join(entry.word("content").split()))
        return f"sheet:{_hash(said)}"

    def _digest(self, entry: Entry) -> str:
        if self.kind != ImportKind.APPOINTMENTS:
            return ""
        at = "" if entry.at is None else entry.at.isoformat()
        words = (entry.word(field) for field in ("store", "service", "employee", "state", "note"))
        return _hash([entry.who, at, str(entry.minutes or ""), *words])

    def reject(self, entry: Entry, code: str, field: str) -> None:
        if not entry.problem:
            entry.problem, entry.column = code, self.at.get(field)

    def warn(self, entry: Entry, code: str, field: str) -> None:
        """As ImportRow keeps it; `field` is one that the sheet has."""
        entry.warnings.append({"code": code, "field": field, **self.where(entry, self.at[field])})

    def where(self, entry: Entry, column: int | None) -> dict[str, str]:
        """The cell a sentence names: {"column", "cell", "value"}."""
        if column is None:
            return {}
        value = cells.to_text(entry.raw[column]) if column < len(entry.raw) else ""
        return {"column": self.headers[column], "cell": f"{letter(column)}{entry.row}", "value": value[:80]}


def _hash(said: Sequence[str]) -> str:
    return blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
