"""Where the table stands in a sheet: which sheet, which header rows, which rows are people.

Nothing here knows a person. It sees texts, and answers with a `Layout` that can be stored as JSON and shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers.services.importing import cells, guessing, words
from customers.services.importing.nobody import MARKER, is_repeated_header, names_one_field
from scrm.kit.errors import Refused
from scrm.kit.tabular import Source

HEAD = 60  # rows looked at to find the header
_CARRIERS = frozenset(
    (
        "phone",
        "name",
        "wechat_id",
        "wechat_unionid",
        "wechat_openid",
        "wecom_external_userid",
        "card_no",
        "member_no",
    )
)
# Fields that a group word like 归属 or 导购 introduces.
_SERVED_BY = (None, "owner", "store", "source", "note", "tags")
_LETTER = re.compile("[A-Za-z]{1,3}")
_HAN = re.compile("[\u4e00-\u9fff]")
_KEY = re.compile("[A-Za-z][A-Za-z0-9_]*")
_LONG_DIGITS = re.compile(r"[0-9]{5,}")
_FIGURE = re.compile(r"[-+]?[0-9][0-9,.]*%?")
_DAY = re.compile(r"[0-9]{2,4}[-/.年][0-9]{1,2}([-/.月][0-9]{1,2})?")


@dataclass
class Layout:
    """`header_row` 0 means that the sheet has none; then `columns` are A, B, C…"""

    sheet: str = ""
    header_row: int = 0
    first_row: int = 1
    headers: list[str] = field(default_factory=list)
    fields: list[str | None] = field(default_factory=list)
    order_column: int | None = None
    lunar: bool = False
    samples: list[list[str]] = field(default_factory=list)
    inferred: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Layout":
        return cls(**data)


def letter(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def detect(source: Source, sheet: str | None = None, named: Iterable[str] = ()) -> Layout:
    """The layout of the named sheet, or of the only one that looks like customers. `named` are columns that somebody
    mapped: the row that holds all of them is the header, whatever else it says.

    Raises Refused: sheet.unknown, sheet.several (with their names), sheet.empty, layout.no_rows, layout.no_columns.
    """
    told = {words.canonical(name) for name in named if not _LETTER.fullmatch(name)}
    if sheet is not None:
        return _of_sheet(source, sheet, told)
    if not source.sheets:
        raise Refused(
            "file.no_sheet",
            _("The file has no visible sheet with content. Add the table to a visible sheet and save."),
        )
    if len(source.sheets) == 1:
        return _of_sheet(source, source.sheets[0], told)
    found: list[tuple[str, Layout]] = []
    for name in source.sheets:
        try:
            layout = _of_sheet(source, name, told)
        except Refused:
            continue
        if _looks_like_customers(layout):
            found.append((name, layout))
    if len(found) == 1:
        return found[0][1]
    if not found:
        raise no_sheet(source.sheets)
    raise which_sheet([name for name, _layout in found])


def no_sheet(names: list[str]) -> Refused:
    sentence = _("None of the sheets looks like customers: %(names)s. Choose one and map its columns.")
    return Refused("sheet.none_fits", sentence % {"names": "、".join(names)}, sheets=names)


def which_sheet(names: list[str]) -> Refused:
    sentence = _("Several sheets look like customers: %(names)s. Choose one.")
    return Refused("sheet.several", sentence % {"names": "、".join(names)}, sheets=names)


def _looks_like_customers(layout: Layout) -> bool:
    known = {f for f in layout.fields if f and f != words.IGNORE}
    if not known & _CARRIERS or not _tells_who(layout):
        return False
    return len(known) >= 2 or _holds_phones(layout)


def _tells_who(layout: Layout) -> bool:
    """Whether a name, a number or an id stands in it at all: 会员 over 35 and 120 counts them."""
    for own, samples in zip(layout.fields, layout.samples, strict=True):
        if own == "name" and not all(_FIGURE.fullmatch(text) for text in samples):
            return True
        if own == "phone" and any(len(re.sub("[^0-9*]", "", text)) >= 7 for text in samples):
            return True
        if own in _CARRIERS - {"name", "phone"} and samples:
            return True
    return False


def _holds_phones(layout: Layout) -> bool:
    return any(
        cells.phones_in(text)[0]
        for field, samples in zip(layout.fields, layout.samples, strict=True)
        if field == "phone"
        for text in samples
    )


def _of_sheet(source: Source, sheet: str, named: set[str]) -> Layout:
    head: list[tuple[int, list[Any]]] = []
    for number, row in source.rows(sheet):
        if any(cell != "" for cell in row):
            head.append((number, row))
        if len(head) >= HEAD:
            break
    if not head:
        raise Refused("sheet.empty", _("The sheet is empty."))
    merged = [area for area in source.merged(sheet) if area[0] <= head[-1][0]]
    spot = _row_with(head, named) or _find_header(head, merged)
    if spot is None:
        return _headerless(sheet, head)
    upper, lower, last = spot
    headers = _join_headers(head, upper, lower, merged)
    below = head[last + 1 :]
    layout = Layout(sheet=sheet, header_row=head[lower][0], first_row=head[last][0] + 1, headers=headers)
    layout.fields = words.assign(headers)
    _refuse_side_by_side(layout, below)
    _finish(layout, below)
    guessing.blank_headers(layout.headers, layout.fields, below)
    if not below:
        raise Refused("layout.no_rows", _("There are no data rows below the header. Put the customers below it, save and upload it again."))
    return layout


def _refuse_side_by_side(layout: Layout, below: Sequence[tuple[int, list[Any]]]) -> None:
    """姓名 电话 | 姓名 电话: taken for one table, whoever stands on the right would be lost in who stands on the left."""
    names, numbers = (
        [i for i, own in enumerate(layout.fields) if own == field] for field in ("name", "phone")
    )
    if len(names) < 2 or len(numbers) < 2:
        return
    (left, right), (one, other) = names[:2], numbers[:2]
    texts = [words.canonical(layout.headers[i]) for i in (left, right, one, other)]
    if texts[0] != texts[1] or texts[2] != texts[3] or right - left != other - one:
        return
    if any(
        all(i < len(row) and row[i] != "" for i in (left, right, one, other)) and row[one] != row[other]
        for _n, row in below
    ):
        raise Refused(
            "layout.side_by_side",
            _(
                "Two tables stand side by side, the second one around column %(letter)s. Put it below the first "
                "one and upload the file again."
            )
            % {"letter": letter(min(right, other))},
        )


def _finish(layout: Layout, below: Sequence[tuple[int, list[Any]]]) -> None:
    """As wide as its rows, with samples for the mapping screen."""
    width = max([len(layout.headers), *(len(row) for _n, row in below)], default=0)
    layout.headers += [""] * (width - len(layout.headers))
    layout.fields += [None] * (width - len(layout.fields))
    for column in range(width):
        seen = [text for _n, row in below if column < len(row) and (text := cells.to_text(row[column]))]
        layout.samples.append(list(dict.fromkeys(text[:80] for text in seen))[:3])
    for column, header in enumerate(layout.headers):
        if layout.order_column is None and layout.fields[column] is None and words.is_order_number(header):
            layout.order_column = column


def _row_with(head: Sequence[tuple[int, list[Any]]], named: set[str]) -> tuple[int, int, int] | None:
    for index, (_number, row) in enumerate(head):
        if named and named <= {words.canonical(cells.to_text(cell)) for cell in row}:
            below = index + 1
            return (
                index,
                index,
                below if below < len(head) and _say_the_same(head[index], head[below]) else index,
            )
    return None


def _find_header(
    head: Sequence[tuple[int, list[Any]]], merged: Sequence[tuple[int, int, int, int]]
) -> tuple[int, int, int] | None:
    """Indexes into `head` of the upper and the lower header row (equal for a single one) and of the last row that is
    no person's; None when there is none."""
    best, best_score = None, 0.0
    numbers_at = [
        {i for i, cell in enumerate(row) if cell != "" and guessing.has_phone(cell)} for _n, row in head
    ]
    for index, (_number, row) in enumerate(head):
        texts = [cell for cell in row if cell != ""]
        if numbers_at[index]:
            continue
        if sum(bool(MARKER.fullmatch(cells.to_text(cell))) for cell in texts) >= 3:
            continue
        fields = words.assign([cell if isinstance(cell, str) else "" for cell in row])
        known = {f for f in fields if f}
        people = known & _CARRIERS
        # Days and numbers in a header (a column for each month) pass only beside words that tell who.
        if not (people and len(known) >= 2) and any(
            not isinstance(cell, str) or _is_data(cell) for cell in texts
        ):
            continue
        numbers = set().union(*numbers_at[index + 1 :])
        fits = any(fields[i] == "phone" for i in numbers if i < len(fields))
        # One known word is a header only where numbers stand below it, where it is all there is, or where it tells of
        # people in a short row.
        count = sum(f is not None for f in fields)
        if len(known) < 2 and not fits and not (people and (len(texts) <= 2 or count * 2 >= len(texts))):
            continue
        if len(known) < 2 and "phone" in known and numbers and not fits:
            continue
        score = len(known) + 0.5 * len(people) + 0.01 * len(texts) + 2 * fits
        if score > best_score:
            best, best_score = index, score
    if best is None:
        return None
    for first in (best, best - 1):
        if 0 <= first < len(head) - 1 and _say_the_same(head[first], head[first + 1]):
            # 姓名 over name: the one that people read is the header.
            spoken = max((first, first + 1), key=lambda i: sum(_has_han(cell) for cell in head[i][1]))
            return spoken, spoken, first + 1
    upper = lower = best
    if best + 1 < len(head) and _continues(head[best], head[best + 1], merged):
        lower = best + 1
    elif best > 0 and _stands_above(head[best - 1], head[best], merged):
        upper = best - 1
    return upper, lower, lower


def _has_han(cell: Any) -> bool:
    return isinstance(cell, str) and bool(_HAN.search(cell))


def _say_the_same(top: tuple[int, list[Any]], low: tuple[int, list[Any]]) -> bool:
    """Two rows that name the same fields, one below the other: a header and the keys of its fields."""
    if low[0] != top[0] + 1 or not all(isinstance(cell, str) for cell in (*top[1], *low[1])):
        return False
    upper, lower = ([cells.to_text(cell) for cell in row] for row in (top[1], low[1]))
    both = [i for i in range(min(len(upper), len(lower))) if upper[i] and lower[i]]
    if sum(bool(text) for text in lower) > len(both) and any(
        lower[i] != upper[i] and not names_one_field(lower[i], upper[i]) for i in both
    ):
        return False  # 推荐人 with a blank at its right is a group word, not the 姓名 below it
    if is_repeated_header([lower[i] for i in both], [upper[i] for i in both]):
        return True
    # cust_name, lvl: keys that are no words, beside some that are.
    keys = [row for row in (upper, lower) if all(_KEY.fullmatch(row[i]) for i in both)]
    same = {words.field_of(lower[i]) for i in both if names_one_field(lower[i], upper[i])}
    return len(keys) == 1 and len(same) >= 2 and len(same) * 2 >= len(both)


def _is_data(cell: Any) -> bool:
    text = cells.to_text(cell)
    return guessing.has_phone(text) or bool(_LONG_DIGITS.search(text)) or bool(_DAY.fullmatch(text))


def _continues(
    top: tuple[int, list[Any]], low: tuple[int, list[Any]], merged: Sequence[tuple[int, int, int, int]]
) -> bool:
    """Whether `low` is a second header row: texts only, nothing below the columns that tell who, adjacent."""
    if low[0] != top[0] + 1:
        return False
    texts = [(i, cell) for i, cell in enumerate(low[1]) if cell != ""]
    if not texts or not all(
        isinstance(cell, str) and not _is_data(cell) and len(cell) <= 20 for _i, cell in texts
    ):
        return False
    if sum(bool(MARKER.search(cell)) for _i, cell in texts) >= 3:
        return False
    down = {area[1] for area in merged if area[0] == top[0] and area[2] == low[0]}
    across = [area for area in merged if area[0] == area[2] == top[0] and area[3] > area[1]]
    fields = words.assign([cells.to_text(cell) for cell in top[1]])
    known = sum(words.field_of(cell) is not None for _i, cell in texts)
    # 金额 says nothing, 消费 above it does.
    spoken = known or any(
        words.field_of(f"{cells.to_text(top[1][i])}{cell}")
        for i, cell in texts
        if i < len(top[1]) and top[1][i]
    )
    grouped = {i for i, _cell in texts if i < len(top[1]) and _is_group(i, top[1], low[1], across)}
    who = {i for i, f in enumerate(fields) if f in _CARRIERS}
    if any(i in who - grouped for i, _cell in texts):
        return False
    # 联系方式 may be a group or a column of its own: what stands below it has to speak as headers do.
    if grouped & who and known < (1 if down - grouped else len(texts)):
        return False
    if down and all(i not in down for i, _cell in texts):
        return True
    under = all(any(a[1] <= i <= a[3] for a in across) for i, _cell in texts)
    blank_above = sum(i >= len(top[1]) or top[1][i] == "" for i, _cell in texts)
    return bool(across and under) or (blank_above >= 1 and (known >= 2 or bool(grouped and spoken)))


def _is_group(
    column: int, top: Sequence[Any], low: Sequence[Any], across: Sequence[tuple[int, int, int, int]]
) -> bool:
    """Whether the word in the upper row stands over several of the lower one: merged, or with a blank at its right."""
    if top[column] == "":
        return False
    if across:
        return any(left == column for _row, left, _bottom, _right in across)
    right = column + 1
    return right < len(low) and low[right] != "" and (right >= len(top) or top[right] == "")


def _stands_above(
    top: tuple[int, list[Any]], low: tuple[int, list[Any]], merged: Sequence[tuple[int, int, int, int]]
) -> bool:
    """Whether `top` is the upper of two header rows: group words over the columns, or vertical merges."""
    if low[0] != top[0] + 1 or not all(cell == "" or isinstance(cell, str) for cell in top[1]):
        return False
    if any(area[0] == top[0] and area[2] == low[0] for area in merged):
        return True
    texts = [cell for cell in top[1] if cell != ""]
    return len(texts) >= 2 and all(
        len(cell) <= 20 and not _is_data(cell) and not re.search("[:：]", cell) for cell in texts
    )


def _join_headers(
    head: Sequence[tuple[int, list[Any]]], upper: int, lower: int, merged: Sequence[tuple[int, int, int, int]]
) -> list[str]:
    """The lower wins; where it is blank the upper one carries down, unless it is a group word over other columns."""
    low = [cells.to_text(cell) for cell in head[lower][1]]
    if upper == lower:
        return low
    top = [cells.to_text(cell) for cell in head[upper][1]]
    width = max(len(low), len(top))
    low += [""] * (width - len(low))
    top += [""] * (width - len(top))
    spans = [a for a in merged if a[0] == a[2] == head[upper][0] and a[3] > a[1]]
    across = {a[1] for a in spans}
    groups = _groups(top, spans)
    # 姓名 and 电话 under 推荐人 are not the customer's.
    low = [
        f"{groups[i]}{text}"
        if words.is_somebody_else(groups[i])
        and words.field_of(text) not in _SERVED_BY
        and text not in words.REPORT
        else text
        for i, text in enumerate(low)
    ]
    return [low[i] or (top[i] if i not in across else "") for i in range(width)]


def _groups(top: Sequence[str], spans: Sequence[tuple[int, int, int, int]]) -> list[str]:
    """The group word over each column: across its merge, or as far as the cells right of it are blank."""
    groups = list(top)
    if spans:
        for _row, left, _bottom, right in spans:
            for column in range(left, min(right + 1, len(top))):
                groups[column] = top[left]
        return groups
    for column in range(1, len(top)):
        groups[column] = top[column] or groups[column - 1]
    return groups


def _headerless(sheet: str, head: Sequence[tuple[int, list[Any]]]) -> Layout:
    fields, first_row = guessing.by_content(head)
    layout = Layout(sheet=sheet, header_row=0, first_row=first_row, inferred=True, fields=fields)
    layout.headers = [""] * len(fields)
    _finish(layout, [item for item in head if item[0] >= first_row])
    return layout
