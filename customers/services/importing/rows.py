"""From sheet rows to people's rows: who is meant, what is said of them, what could not be read.

`Reader.people()` walks a sheet once and yields (number, cells, is_sample) of the rows that are people; everything
else (titles, blanks, totals, notes, markers, continuation rows) is counted in `skipped`. `Reader.identify()` is the
cheap half of a row that resolving needs for a million rows; `Reader.read()` is the whole of it.
"""

import hashlib
from collections.abc import Container, Iterator, Sequence
from datetime import date
from typing import Any

from customers.birthdays import Birthday
from customers.choices import LEGACY_PREFIX, FieldKind, IdentityKind
from customers.naming import clean_name, is_blank
from customers.services.importing import cells as cell_rules
from customers.services.importing import dates, layout, words
from customers.services.importing.layout import Layout, letter
from scrm.kit import money
from scrm.kit.tabular import Source

# Longest text each column of Customer takes; what is longer is cut with a warning, and the whole kept in `legacy`.
TEXT_LIMITS = {
    "city": 100, "address": 300, "company": 200, "occupation": 100, "education": 50, "income_band": 50,
    "spending_band": 50, "budget": 50,
}  # fmt: skip
# What a cell merged over several people says of each of them; an amount is not.
_SAID_OF_ALL = ("source", "store", "owner", "city", "address", "company")
NAME_LIMIT, NOTE_LIMIT, FK_TEXT_LIMIT = 200, 20_000, 60
_ID_KINDS = {
    "wechat_unionid": IdentityKind.WECHAT_UNIONID.value,
    "wechat_openid": IdentityKind.WECHAT_OPENID.value,
    "wecom_external_userid": IdentityKind.WECOM_EXTERNAL_USERID.value,
    "member_no": IdentityKind.MEMBER_NO.value,
    "wechat_id": IdentityKind.WECHAT_ID.value,
}
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


class Row:
    """One person's row. `values` holds columns of Customer; `texts` what must still become a foreign key."""

    __slots__ = (
        "custom",
        "legacy",
        "number",
        "opening",
        "raw",
        "sample",
        "tags",
        "texts",
        "values",
        "warnings",
        "who",
    )

    def __init__(self, number: int, who: Who, raw: Sequence[Any]) -> None:
        self.number = number
        self.who = who
        self.raw = raw
        self.sample = False
        self.values: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.custom: dict[str, Any] = {}
        self.legacy: dict[str, Any] = {}
        self.opening: dict[str, Any] = {}
        self.tags: list[str] = []
        self.warnings: list[dict[str, Any]] = []


class Reader:
    def __init__(
        self,
        found: Layout,
        targets: Sequence[str | None],
        *,
        system: str,
        today: date,
        custom: dict[str, Any] | None = None,
        own_phones: frozenset[str] = frozenset(),
    ) -> None:
        """`targets` names the field of each column ("phone", "custom:skin", "ignore", None = keep in legacy).
        `custom` maps keys to CustomField; `own_phones` are the employees' numbers, which count as missing."""
        self.layout = found
        self.headers = self._unique(found.headers, targets)
        self.system = system
        self.today = today
        self.custom_fields = custom or {}
        self.own_phones = own_phones
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
        self.phone_columns = columns.get("phone", [])
        self.name_columns = columns.get("name", [])
        self.card_columns = columns.get("card_no", [])
        self.card_kind = LEGACY_PREFIX + system
        self.id_columns = [(kind, columns[field]) for field, kind in _ID_KINDS.items() if field in columns]
        self.all_id_columns = [
            *self.id_columns,
            *([(self.card_kind, self.card_columns)] if self.card_columns else []),
        ]
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
        self.plain = [(f, columns[f]) for f in TEXT_LIMITS if f in columns]
        self.links = [(f, columns[f]) for f in ("source", "store", "owner") if f in columns]
        self.custom_columns = [
            (field[7:], group)
            for field, group in columns.items()
            if field.startswith("custom:") and field[7:] in self.custom_fields
        ]
        self.lunar = frozenset(c for c in columns.get("birthday", []) if words.is_lunar(found.headers[c]))

    @staticmethod
    def _unique(headers: Sequence[str], targets: Sequence[str | None]) -> list[str]:
        """Header texts as keys of `legacy`: short, without NUL, a repeated one numbered."""
        seen: dict[str, int] = {}
        unique = []
        for column, header in enumerate(headers):
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
                over[column] = bottom, row[column] if column < len(row) else ""
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
        said = {c for field in _SAID_OF_ALL for c in self.columns.get(field, ())}
        for top, left, bottom, right in source.merged(sheet):
            if bottom > top and bottom - top < 1000:
                if any(left <= column <= right for column in self.carriers):
                    under.update(range(top + 1, bottom + 1))
                elif left in said:
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
        if layout.blank_row(texts, self.ignored):
            return "blank"
        if layout.is_marker(row):
            return "marker"
        if layout.is_total(texts):
            return "total"
        if layout.is_repeated_header(texts, self.layout.headers):
            return "header"
        if who.ids:
            return "note" if layout.is_note(texts, self.carriers, number in spans) else ""
        if number in under and (not who.name or who.problem == cell_rules.MISSING):
            return "merged"
        if not who.name and order is not None and last_order:
            own = texts[order] if order < len(texts) else ""
            if own in ("", last_order) and not self._says_phone(row):
                return "continuation"
        if layout.is_note(texts, self.carriers, number in spans):
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
        for column in self.name_columns:
            if column < width and row[column] != "":
                name = clean_name(cell_rules.to_text(row[column]))
                if name and not is_blank(name):
                    who.name = name[:NAME_LIMIT]
                    break
        for column in self.both:
            if not who.name and column < width:
                who.name = cell_rules.name_beside_phone(row[column])
        return who

    def _id(self, kind: str, cell: Any) -> str:
        value = cell_rules.identity_text(cell)
        if not value or (kind, value) in self.shared:
            return ""
        if kind == IdentityKind.WECHAT_ID and not cell_rules.is_wechat_id(value):
            return ""
        if kind == IdentityKind.WECHAT_OPENID and ":" not in value:
            return ""
        if cell_rules.is_id_card(value):
            return ""
        return value

    def sheet_row_hash(self, row: Sequence[Any]) -> str:
        """What finds a name-only row of the same sheet again: SHA-256 of its mapped cells."""
        parts = [cell_rules.to_text(row[c]) if c < len(row) else "" for c in self.mapped]
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    # --- what is said -------------------------------------------------------------------------------------

    def read(self, number: int, cells: Sequence[Any], who: Who, sample: bool) -> Row:
        """Everything a row says, policy by policy. A bad birthday or amount never loses the person."""
        row = Row(number, who, cells)
        if sample:
            row.sample = True
            row.warnings.append({"code": "row.sample"})
        self._read_who(row, cells)
        for field, columns in self.plain:
            text, column = self._first(cells, columns, row)
            if text and not is_blank(text):
                row.values[field] = self._cut(row, column, text, TEXT_LIMITS[field])
        for field, columns in self.links:
            text, column = self._first(cells, columns, row)
            if text and not is_blank(text):
                if len(text) > FK_TEXT_LIMIT:
                    self._warn(row, "text.too_long", column, text)
                    row.legacy[self.headers[column]] = text
                else:
                    row.texts[field] = text
        if "gender" in self.columns:
            self._read_gender(row, cells)
        if "birthday" in self.columns:
            self._read_birthday(row, cells)
        if "known_since" in self.columns:
            day = self._day(row, cells, self.columns["known_since"])
            if day:
                row.values["known_since"] = day
        if "note" in self.columns:
            self._read_notes(row, cells)
        if "tags" in self.columns:
            self._read_tags(row, cells)
        self._read_figures(row, cells)
        for key, columns in self.custom_columns:
            self._read_custom(row, cells, key, columns)
        width = len(cells)
        for column, header in self.kept:
            if column < width and cells[column] != "":
                text = cell_rules.to_text(cells[column])
                if text and not cell_rules.is_id_card(text):
                    row.legacy[header] = text
        return row

    def _first(self, cells: Sequence[Any], columns: Sequence[int], row: Row) -> tuple[str, int]:
        """Text of the first filled column; what the further ones say is kept in `legacy`."""
        text, where = "", columns[0]
        width = len(cells)
        for column in columns:
            if column < width and cells[column] != "":
                own = cell_rules.to_text(cells[column])
                if not text or is_blank(text):
                    text, where = own or text, column
                elif own and own != text:
                    row.legacy[self.headers[column]] = own
        return text, where

    def _warn(self, row: Row, code: str, column: int, text: str) -> None:
        row.warnings.append(
            {
                "code": code,
                "column": self.headers[column],
                "cell": f"{letter(column)}{row.number}",
                "value": text[:80],
            }
        )

    def _cut(self, row: Row, column: int, text: str, limit: int) -> str:
        if len(text) <= limit:
            return text
        self._warn(row, "text.too_long", column, text)
        row.legacy[self.headers[column]] = text
        return text[:limit].rstrip()

    def _read_who(self, row: Row, cells: Sequence[Any]) -> None:
        """Keeps what identify() could not use: landlines, notes beside numbers, unusable ids, further names."""
        who, width = row.who, len(cells)
        for column in self.phone_columns:
            if column >= width or cells[column] == "":
                continue
            cell = cells[column]
            if cell == who.phone:
                continue
            text = cell_rules.to_text(cell)
            found, code = cell_rules.phones_in(cell)
            if not found:
                if code != cell_rules.MISSING:
                    row.legacy[self.headers[column]] = text
                    self._warn(row, code, column, text)
            elif len(found) > 1 or found[0] != who.phone or cell_rules.beside_phone(cell):
                row.legacy[self.headers[column]] = text
                if "?" in text or "？" in text:
                    self._warn(row, "phone.stray", column, text)
                elif not who.phone:
                    self._warn(row, who.problem, column, text)
            elif "?" in text or "？" in text:
                self._warn(row, "phone.stray", column, text)
        ids = dict(who.ids)
        for kind, columns in self.all_id_columns:
            used = ids.get(kind)
            for column in columns:
                if column < width and cells[column] != "" and cells[column] != used:
                    value = cell_rules.identity_text(cells[column])
                    if value and value != used and not cell_rules.is_id_card(value):
                        row.legacy[self.headers[column]] = cell_rules.to_text(cells[column])
                        if used is None:
                            code = "identity.shared" if (kind, value) in self.shared else "identity.unusable"
                            self._warn(row, code, column, value)
        text, column = self._first(cells, self.name_columns, row) if self.name_columns else ("", 0)
        if who.name:
            row.values["name"] = who.name
            if len(text) > NAME_LIMIT:
                self._cut(row, column, text, NAME_LIMIT)
            if self.headers[column] in row.legacy and row.legacy[self.headers[column]] == who.name:
                del row.legacy[self.headers[column]]
        elif text:
            self._warn(row, "name.blank", column, text)

    def _read_gender(self, row: Row, cells: Sequence[Any]) -> None:
        text, column = self._first(cells, self.columns["gender"], row)
        if not text:
            return
        gender = cell_rules.parse_gender(text)
        if gender is None:
            self._warn(row, "gender.unknown", column, text)
            row.legacy[self.headers[column]] = text
        elif gender:
            row.values["gender"] = gender.value

    def _read_birthday(self, row: Row, cells: Sequence[Any]) -> None:
        width = len(cells)
        for column in self.columns["birthday"]:
            if column >= width or cells[column] == "":
                continue
            try:
                birthday = dates.parse_birthday(cells[column], today=self.today, lunar=column in self.lunar)
            except dates.NotADate as problem:
                self._warn(row, problem.code, column, cell_rules.to_text(cells[column]))
                row.legacy[self.headers[column]] = cell_rules.to_text(cells[column])
                continue
            if birthday and "birthday" not in row.values:
                row.values["birthday"] = birthday
            elif birthday and row.values["birthday"] != birthday:
                row.legacy[self.headers[column]] = str(birthday)

    def _day(self, row: Row, cells: Sequence[Any], columns: Sequence[int]) -> date | None:
        for column in columns:
            if column >= len(cells) or cells[column] == "":
                continue
            try:
                day = dates.parse_day(cells[column], today=self.today)
            except dates.NotADate as problem:
                self._warn(row, problem.code, column, cell_rules.to_text(cells[column]))
                row.legacy[self.headers[column]] = cell_rules.to_text(cells[column])
                continue
            if day:
                return day
        return None

    def _read_notes(self, row: Row, cells: Sequence[Any]) -> None:
        """Several note columns are one note, a line each, since each of them was written for people to read."""
        parts = []
        for column in self.columns["note"]:
            if column < len(cells) and cells[column] != "":
                text = cell_rules.to_text(cells[column])
                if text and not is_blank(text):
                    parts.append(self._cut(row, column, text, NOTE_LIMIT))
        if parts:
            row.values["note"] = "\n".join(dict.fromkeys(parts))

    def _read_tags(self, row: Row, cells: Sequence[Any]) -> None:
        for column in self.columns["tags"]:
            if column < len(cells) and cells[column] != "":
                text = cell_rules.to_text(cells[column])
                tags, prose = cell_rules.split_tags(text)
                if prose:
                    self._warn(row, "tags.prose", column, text)
                    row.legacy[self.headers[column]] = text
                row.tags += [tag for tag in tags if tag not in row.tags]

    def _read_figures(self, row: Row, cells: Sequence[Any]) -> None:
        """Opening figures and points. A negative one is left out with a warning: nobody starts below nothing."""
        for field in ("opening_spend", "opening_orders", "points"):
            for column in self.columns.get(field, ()):
                if column >= len(cells) or cells[column] == "":
                    continue
                cell = cells[column]
                if isinstance(cell, str) and is_blank(cell):
                    continue
                header = self.headers[column]
                cut, whole = False, None
                try:
                    if field == "opening_spend":
                        whole = money.parse_fen(cell)
                    else:
                        whole, cut = money.parse_whole(cell)
                    if whole is not None and field == "opening_orders" and whole > 10_000_000:
                        raise money.NotANumber(str(cell))
                except money.NotANumber:
                    self._warn(row, "number.unreadable", column, cell_rules.to_text(cell))
                    row.legacy[header] = cell_rules.to_text(cell)
                    continue
                if whole is None:
                    continue
                if whole < 0:
                    self._warn(row, "number.negative", column, cell_rules.to_text(cell))
                    continue
                if cut:
                    self._warn(row, "number.cut", column, cell_rules.to_text(cell))
                if field == "points":
                    # Loyalty takes it over from here once the shop has a programme.
                    row.legacy[header] = whole
                else:
                    row.opening["spend_fen" if field == "opening_spend" else "orders"] = whole
                break
        if "opening_last_order" in self.columns:
            day = self._day(row, cells, self.columns["opening_last_order"])
            if day:
                row.opening["last_order_on"] = day
        if "opening_level" in self.columns:
            text, column = self._first(cells, self.columns["opening_level"], row)
            if text and not is_blank(text):
                row.opening["level"] = self._cut(row, column, text, 60)

    def _read_custom(self, row: Row, cells: Sequence[Any], key: str, columns: Sequence[int]) -> None:
        text, column = self._first(cells, columns, row)
        if not text or is_blank(text):
            return
        cell, field = cells[column], self.custom_fields[key]
        value: Any = text[:2000]
        try:
            if field.kind == FieldKind.NUMBER:
                number = money.parse_number(cell)
                value = (
                    None
                    if number is None
                    else int(number)
                    if number == number.to_integral_value()
                    else float(number)
                )
            elif field.kind == FieldKind.DATE:
                day = dates.parse_day(cell, today=date(2999, 12, 31))
                value = day.isoformat() if day else None
            elif field.kind == FieldKind.BOOLEAN:
                value = _YES_NO[text.strip().lower()]
            elif field.kind == FieldKind.CHOICE and field.choices and text not in field.choices:
                raise KeyError(text)
        except (money.NotANumber, dates.NotADate, KeyError):
            self._warn(row, "field.unreadable", column, text)
            row.legacy[self.headers[column]] = text
            return
        if value is not None:
            row.custom[key] = value


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


_YES_NO = {
    **dict.fromkeys(("是", "有", "y", "yes", "true", "1", "√", "✓", "对"), True),
    **dict.fromkeys(("否", "无", "没有", "n", "no", "false", "0", "×", "✗", "不"), False),
}


def birthday_columns(birthday: Birthday) -> dict[str, Any]:
    """The three columns of Customer that hold a birthday."""
    return {
        "birth_year": birthday.year,
        "birth_md": birthday.month * 100 + birthday.day,
        "birth_lunar": birthday.lunar,
    }
