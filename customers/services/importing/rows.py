"""What a person's row says, cell by cell: values, own fields, opening figures, tags, and what could not be read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from customers.birthdays import Birthday
from customers.choices import FieldKind
from customers.naming import is_blank
from customers.services.importing import cells as cell_rules
from customers.services.importing import dates, words
from customers.services.importing.finding import NAME_LIMIT, PHONE, SHEET_ROW, Finder, Who
from customers.services.importing.layout import letter
from scrm.kit import money

__all__ = ["PHONE", "SHEET_ROW", "Reader", "Row", "Who", "birthday_columns"]

# Longest text each column of Customer takes; what is longer is cut with a warning, and the whole kept in `legacy`.
TEXT_LIMITS = {
    "city": 100, "address": 300, "company": 200, "occupation": 100, "education": 50, "income_band": 50,
    "spending_band": 50, "budget": 50,
}  # fmt: skip
NOTE_LIMIT, FK_TEXT_LIMIT = 20_000, 60


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


class Reader(Finder):
    """A Finder that also reads the whole of a row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = self.columns
        self.plain = [(f, columns[f]) for f in TEXT_LIMITS if f in columns]
        self.links = [(f, columns[f]) for f in ("source", "store", "owner") if f in columns]
        self.custom_columns = [
            (field[7:], group)
            for field, group in columns.items()
            if field.startswith("custom:") and field[7:] in self.custom_fields
        ]
        self.units = {c: cell_rules.unit_of(self.layout.headers[c]) for c in columns.get("opening_spend", [])}
        self.lunar = frozenset(
            c for c in columns.get("birthday", []) if words.is_lunar(self.layout.headers[c])
        )

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
                    row.legacy[header] = cell_rules.without_id_cards(text)
        if width > len(self.headers):
            self._read_beyond(row, cells)
        return row

    def _read_beyond(self, row: Row, cells: Sequence[Any]) -> None:
        """Values right of the last column that the head of the sheet showed: remarks somebody added far below."""
        for column in range(len(self.headers), len(cells)):
            text = cell_rules.to_text(cells[column])
            if text and not cell_rules.is_id_card(text):
                row.legacy.setdefault(letter(column), cell_rules.without_id_cards(text))

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
            elif (
                len(found) > 1
                or found[0] != who.phone
                or cell_rules.beside_phone(cell)
                or cell_rules.more_than_phones(cell, 1)
            ):
                row.legacy[self.headers[column]] = text
                if "?" in text or "？" in text:
                    self._warn(row, "phone.stray", column, text)
                elif not who.phone:
                    self._warn(row, who.problem, column, text)
            elif "?" in text or "？" in text:
                self._warn(row, "phone.stray", column, text)
        for kind, columns in self.all_id_columns:
            used = {value for own, value in who.ids if own == kind}
            for column in columns:
                if column < width and cells[column] != "" and cells[column] not in used:
                    text = cell_rules.to_text(cells[column])
                    value = cell_rules.identity_text(cells[column]) or ("" if is_blank(text) else text)
                    if value not in ("", "0", *used) and not cell_rules.is_id_card(value):
                        row.legacy[self.headers[column]] = text
                        if not used:
                            code = "identity.shared" if (kind, value) in self.shared else "identity.unusable"
                            self._warn(row, code, column, value)
        text, column = "", 0
        if self.name_parts:  # 姓 and 名: both are in it
            text, column = who.name, self.name_parts[0]
        elif self.name_columns:
            text, column = self._first(cells, self.name_columns, row)
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
                birthday = dates.parse_birthday(
                    cells[column], today=self.today, lunar=column in self.lunar, since_1904=self.since_1904
                )
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
                day = dates.parse_day(cells[column], today=self.today, since_1904=self.since_1904)
            except dates.NotADate as problem:
                self._warn(row, problem.code, column, cell_rules.to_text(cells[column]))
                row.legacy[self.headers[column]] = cell_rules.to_text(cells[column])
                continue
            if day:
                self._keep_rest(row, cells, columns, column)
                return day
        return None

    def _keep_rest(self, row: Row, cells: Sequence[Any], columns: Sequence[int], used: int) -> None:
        """What the further columns of a field say, read or not: the first one counts, the rest is kept."""
        first = cell_rules.to_text(cells[used])
        for column in columns[columns.index(used) + 1 :]:
            text = cell_rules.to_text(cells[column]) if column < len(cells) else ""
            if text and text != first and not is_blank(text):
                row.legacy[self.headers[column]] = text

    def _read_notes(self, row: Row, cells: Sequence[Any]) -> None:
        """Several note columns are one note, a line each, since each of them was written for people to read."""
        parts = []
        for column in self.columns["note"]:
            if column < len(cells) and cells[column] != "":
                text = cell_rules.to_text(cells[column])
                if text and not is_blank(text):
                    text = cell_rules.without_id_cards(text)
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
                        whole = money.parse_fen(cell, unit=self.units.get(column, 100))
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
                self._keep_rest(row, cells, self.columns[field], column)
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
                day = dates.parse_day(cell, today=date(2999, 12, 31), since_1904=self.since_1904)
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
