"""Which rows of a sheet are people, and who each of them is: the cheap half that a million rows need twice."""

import hashlib
from collections.abc import Container, Iterator, Sequence
from datetime import date
from typing import Any

from customers.choices import LEGACY_PREFIX, IdentityKind
from customers.naming import clean_name, is_blank
from customers.services.importing import cells as cell_rules
from customers.services.importing import nobody, words
from customers.services.importing.layout import Layout, letter
from scrm.kit.tabular import Source

# What a cell merged over several people does not say of each of them: who they are, what they spent or hold.
_SAID_OF_ONE = frozenset(
    (*words.IDENTITY_FIELDS, "name", "birthday", "points", "opening_spend", "opening_orders", words.IGNORE)
)
NAME_LIMIT = 200
_ID_KINDS = {
    "wechat_unionid": IdentityKind.WECHAT_UNIONID.value,
    "wechat_openid": IdentityKind.WECHAT_OPENID.value,
    "wecom_external_userid": IdentityKind.WECOM_EXTERNAL_USERID.value,
    "member_no": IdentityKind.MEMBER_NO.value,
    "wechat_id": IdentityKind.WECHAT_ID.value,
}
_GIVEN_OUT = frozenset(
    (
        IdentityKind.WECHAT_UNIONID.value,
        IdentityKind.WECHAT_OPENID.value,
        IdentityKind.WECOM_EXTERNAL_USERID.value,
    )
)
PHONE = IdentityKind.PHONE.value
# A number that is nobody's still makes the row a person's row, whatever was found out about it meanwhile.
_TAKEN = frozenset(("phone.shared", "phone.employee"))
SHEET_ROW = IdentityKind.SHEET_ROW.value


class Who:
    """What identifies a row. `ids` are (kind, value), the key phone first; `extras` are further mobiles of it."""

    __slots__ = ("extras", "ids", "name", "phone", "problem")

    def __init__(self) -> None:
        self.phone = ""
        self.extras: list[str] = []
        self.ids: list[tuple[str, str]] = []
        self.name = ""
        self.problem = ""


class Finder:
    """`people()` walks the sheet and yields its people's rows; `identify()` says who one is. Everything else (titles,
    blanks, totals, notes, markers, continuation rows) is counted in `skipped`."""

    def __init__(
        self,
        found: Layout,
        targets: Sequence[str | None],
        *,
        system: str,
        today: date,
        custom: dict[str, Any] | None = None,
        own_phones: frozenset[str] = frozenset(),
        since_1904: bool = False,
    ) -> None:
        """`targets` names the field of each column ("phone", "custom:skin", "ignore", None = keep in legacy).
        `custom` maps keys to CustomField; `own_phones` are the employees' numbers, which count as missing.
        `since_1904` says that bare day numbers count from there."""
        self.layout = found
        self.headers = self._unique(found.headers, targets)
        self.system = system
        self.today = today
        self.custom_fields = custom or {}
        self.own_phones = own_phones
        self.since_1904 = since_1904
        self.skipped = 0
        # Of the whole sheet, once it has been walked to its end.
        self.skipped_in_all = 0
        # What stands beside too many names to be anybody's; the plan finds it.
        self.shared: Container[tuple[str, str]] = frozenset()
        columns: dict[str, list[int]] = {}
        for column, target in enumerate(targets):
            if target:
                columns.setdefault(target, []).append(column)
        self.columns = columns
        # The number she is known by comes first, wherever it stands.
        self.phone_columns = sorted(columns.get("phone", []), key=lambda c: words.is_further(found.headers[c]))
        self.name_columns = columns.get("name", [])
        self.name_parts = words.name_parts(found.headers, self.name_columns)
        self.card_columns = columns.get("card_no", [])
        self.card_kind = LEGACY_PREFIX + system
        self.id_columns = [(kind, columns[field]) for field, kind in _ID_KINDS.items() if field in columns]
        self.all_id_columns = [
            *self.id_columns,
            *([(self.card_kind, self.card_columns)] if self.card_columns else []),
        ]
        self.further = columns.get("identities", [])
        self.ignored = frozenset(columns.get(words.IGNORE, []))
        self.carriers = frozenset(
            column for field in (*words.IDENTITY_FIELDS, "name") for column in columns.get(field, [])
        )
        self.mapped = sorted(
            column for field, group in columns.items() if field != words.IGNORE for column in group
        )
        self.kept = [
            (column, self.headers[column]) for column, target in enumerate(targets) if target is None
        ]
        # Columns of numbers that hold the name as well: 姓名电话, or a list without header and without names.
        self.both = [
            column
            for column in self.phone_columns
            if not self.name_columns and (found.inferred or words.names_and_numbers(found.headers[column]))
        ]

    @staticmethod
    def _unique(headers: Sequence[str], targets: Sequence[str | None]) -> list[str]:
        """Header texts as keys of `legacy`: short, without NUL, a repeated one numbered."""
        seen: dict[str, int] = {}
        unique = []
        for column, header in enumerate(headers):
            stem, mark = words.marked(header)
            if mark == words.KEPT:
                # Our own export: the column is kept under the very name it had.
                unique.append(" ".join(stem.split())[:80])
                continue
            text = " ".join(header.replace("\x00", "").split())[:80] or letter(column)
            seen[text] = seen.get(text, 0) + 1
            unique.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
        return unique

    # --- walking ------------------------------------------------------------------------------------------

    def people(self, source: Source) -> Iterator[tuple[int, list[Any], Who, bool]]:
        """(row number, cells, who, is the template's sample row) of each row that is a person's, in order."""
        sheet = self.layout.sheet
        under, spans, down = self._merged(source, sheet)
        over: dict[int, tuple[int, Any]] = {}
        held: tuple[int, list[Any], Who] | None = None
        self.skipped = 0
        order, last_order = self.layout.order_column, ""
        first = self.layout.first_row
        for number, row in source.rows(sheet):
            if number < first or not row:
                self.skipped += 1
                continue
            for column, bottom in down.get(number, ()):
                value = row[column] if column < len(row) else ""
                # A number in a column nobody knows may be an amount, which is not everybody's.
                if column in self.mapped or isinstance(value, str):
                    over[column] = bottom, value
            who = self.identify(row)
            if (not who.ids and not who.extras and who.problem not in _TAKEN) or self._only_words(who):
                reason = self._no_person(number, row, who, under, spans, order, last_order)
                if reason:
                    self.skipped += 1
                    if reason == "marker" and held is not None:
                        yield (*held, True)
                        held = None
                    continue
            if order is not None and order < len(row):
                last_order = cell_rules.to_text(row[order])
            if over:
                row = _filled_down(row, number, over)
            if held is not None:
                yield (*held, False)
            if number <= first + 5:
                # A marker row below makes this one the template's sample: wait and see.
                held = (number, row, who)
            else:
                held = None
                yield number, row, who, False
        if held is not None:
            yield (*held, False)

    def _merged(
        self, source: Source, sheet: str
    ) -> tuple[set[int], set[int], dict[int, list[tuple[int, int]]]]:
        """Row numbers below the top of a vertical merge of who-columns; row numbers of text across the sheet; by the
        first row the (column, last row) of a store, a channel, a company merged beside the people it is said of."""
        under: set[int] = set()
        spans: set[int] = set()
        down: dict[int, list[tuple[int, int]]] = {}
        said_of_one = {c for field in _SAID_OF_ONE for c in self.columns.get(field, ())}
        for top, left, bottom, right in source.merged(sheet):
            if bottom > top and bottom - top < 1000:
                if any(left <= column <= right for column in self.carriers):
                    under.update(range(top + 1, bottom + 1))
                elif left not in said_of_one:
                    down.setdefault(top, []).append((left, bottom))
            if right - left >= 2:
                spans.add(top)
        return under, spans, down

    def _only_words(self, who: Who) -> bool:
        """Nothing identifies the row but Chinese words in the card column: a total, a note, a heading, or a card."""
        return (
            not who.phone
            and len(who.ids) == 1
            and who.ids[0][0] == self.card_kind
            and not who.ids[0][1].isascii()
        )

    def _no_person(
        self,
        number: int,
        row: list[Any],
        who: Who,
        under: set[int],
        spans: set[int],
        order: int | None,
        last_order: str,
    ) -> str:
        """Why a row without identity is no person; "" when it is one after all."""
        texts = [cell_rules.to_text(cell) for cell in row]
        if nobody.blank_row(texts, self.ignored):
            return "blank"
        if nobody.is_marker(row):
            return "marker"
        if nobody.is_total(texts):
            return "total"
        if nobody.is_repeated_header(texts, self.layout.headers):
            return "header"
        if who.ids:
            return "note" if nobody.is_note(texts, self.carriers, number in spans) else ""
        if number in under and (not who.name or who.problem == cell_rules.MISSING):
            return "merged"
        if not who.name and order is not None and last_order:
            own = texts[order] if order < len(texts) else ""
            if own in ("", last_order) and not self._says_phone(row):
                return "continuation"
        if nobody.is_note(texts, self.carriers, number in spans):
            return "note"
        return ""

    def _says_phone(self, row: Sequence[Any]) -> bool:
        return any(column < len(row) and row[column] != "" for column in self.phone_columns)

    # --- who ----------------------------------------------------------------------------------------------

    def identify(self, row: Sequence[Any]) -> Who:
        """Identities and name of a row, nothing else. Shared and own numbers count as missing."""
        who = Who()
        width = len(row)
        problem = cell_rules.MISSING
        for column in self.phone_columns:
            if column >= width:
                continue
            cell = row[column]
            if cell == "":
                continue
            found, code = cell_rules.phones_in(cell)
            if found:
                if self.own_phones:
                    found = [phone for phone in found if phone not in self.own_phones]
                    if not found:
                        problem = "phone.employee"
                        continue
                if self.shared:
                    found = [phone for phone in found if (PHONE, phone) not in self.shared]
                    if not found:
                        problem = "phone.shared"
                        continue
                if not who.phone:
                    who.phone = found[0]
                    found = found[1:]
                    who.ids.append((PHONE, who.phone))
                if found:
                    who.extras += [phone for phone in found if phone != who.phone and phone not in who.extras]
            elif problem == cell_rules.MISSING:
                problem = code
        who.problem = "" if who.phone else problem
        for kind, columns in self.id_columns:
            for column in columns:
                if column < width and row[column] != "" and (value := self._id(kind, row[column])):
                    who.ids.append((kind, value))
                    break
        for column in self.card_columns:
            if column < width and row[column] != "" and (value := self._id(self.card_kind, row[column])):
                who.ids.append((self.card_kind, value))
                break
        for column in self.further:
            if column < width and row[column] != "":
                self._identify_further(who, cell_rules.to_text(row[column]))
        said = [self._name(row, column) for column in self.name_parts or ()]
        for name in (_joined(*said),) if said else (self._name(row, column) for column in self.name_columns):
            if name:
                who.name = name[:NAME_LIMIT]
                break
        for column in self.both:
            if not who.name and column < width:
                who.name = cell_rules.name_beside_phone(row[column])
        return who

    def _identify_further(self, who: Who, text: str) -> None:
        """A line each, as our own export writes them: phone 13800001001, legacy:收银 8801."""
        for line in text.splitlines():
            kind, _gap, value = line.strip().partition(" ")
            known = kind in IdentityKind.values or kind.startswith(LEGACY_PREFIX)
            if not known or not value or (kind, value) in self.shared:
                continue
            if kind != PHONE:
                who.ids.append((kind, value))
            elif value not in self.own_phones and value != who.phone and cell_rules.phones_in(value)[0] == [value]:
                if who.phone:
                    who.extras.append(value)
                else:
                    who.phone, who.problem = value, ""
                    who.ids.insert(0, (PHONE, value))

    def _name(self, row: Sequence[Any], column: int) -> str:
        if column >= len(row) or row[column] == "":
            return ""
        name = clean_name(cell_rules.to_text(row[column]))
        return "" if is_blank(name) else name

    def _id(self, kind: str, cell: Any) -> str:
        value = cell_rules.identity_text(cell)
        if not value or (kind, value) in self.shared:
            return ""
        if kind == IdentityKind.WECHAT_ID and not cell_rules.is_wechat_id(value):
            return ""
        if kind == IdentityKind.WECHAT_OPENID and ":" not in value:
            return ""
        if kind in _GIVEN_OUT and not cell_rules.is_machine_id(value):
            return ""
        if kind in (self.card_kind, IdentityKind.MEMBER_NO) and not cell_rules.is_number(value):
            return ""
        if cell_rules.is_id_card(value):
            return ""
        return value

    def sheet_row_hash(self, row: Sequence[Any]) -> str:
        """What finds a name-only row of the same sheet again: SHA-256 of its mapped cells."""
        parts = [cell_rules.to_text(row[c]) if c < len(row) else "" for c in self.mapped]
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _joined(surname: str, given: str) -> str:
    """王 and 丽娟 are written without a space, Wang and Lijuan the other way round with one."""
    if surname and given and (surname + given).isascii():
        return f"{given} {surname}"
    return surname + given


def _filled_down(row: list[Any], number: int, over: dict[int, tuple[int, Any]]) -> list[Any]:
    """The row with the values of the cells merged over it; `over` forgets those that have ended."""
    row = list(row)
    for column, (bottom, value) in list(over.items()):
        if number > bottom:
            del over[column]
            continue
        row += [""] * (column + 1 - len(row))
        row[column] = value if row[column] == "" else row[column]
    return row
