"""Which rows of a sheet are its header: one, or two below each other; and what their cells say together."""

import re
from collections.abc import Sequence
from typing import Any

from customers.services.importing import cells, guessing, words
from customers.services.importing.nobody import MARKER, is_repeated_header
from customers.services.importing.vocabulary import Vocabulary

# Fields that say who somebody is.
CARRIERS = frozenset(
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
_HAN = re.compile("[\u4e00-\u9fff]")
_KEY = re.compile("[A-Za-z][A-Za-z0-9_]*")
_LONG_DIGITS = re.compile(r"[0-9]{5,}")
_DAY = re.compile(r"[0-9]{2,4}[-/.年][0-9]{1,2}([-/.月][0-9]{1,2})?")


def row_with(
    head: Sequence[tuple[int, list[Any]]], named: set[str], speech: Vocabulary
) -> tuple[int, int, int] | None:
    for index, (_number, row) in enumerate(head):
        if named and named <= {words.canonical(cells.to_text(cell)) for cell in row}:
            below = index + 1
            return (
                index,
                index,
                below if below < len(head) and _say_the_same(head[index], head[below], speech) else index,
            )
    return None


def find_header(
    head: Sequence[tuple[int, list[Any]]], merged: Sequence[tuple[int, int, int, int]], speech: Vocabulary
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
        fields = speech.assign([cell if isinstance(cell, str) else "" for cell in row])
        known = {f for f in fields if f}
        people = known & speech.carriers
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
        if 0 <= first < len(head) - 1 and _say_the_same(head[first], head[first + 1], speech):
            # 姓名 over name: the one that people read is the header.
            spoken = max((first, first + 1), key=lambda i: sum(_has_han(cell) for cell in head[i][1]))
            return spoken, spoken, first + 1
    upper = lower = best
    if best + 1 < len(head) and _continues(head[best], head[best + 1], merged, speech):
        lower = best + 1
    elif best > 0 and _stands_above(head[best - 1], head[best], merged):
        upper = best - 1
    return upper, lower, lower


def _has_han(cell: Any) -> bool:
    return isinstance(cell, str) and bool(_HAN.search(cell))


def _say_the_same(top: tuple[int, list[Any]], low: tuple[int, list[Any]], speech: Vocabulary) -> bool:
    """Two rows that name the same fields, one below the other: a header and the keys of its fields."""
    if low[0] != top[0] + 1 or not all(isinstance(cell, str) for cell in (*top[1], *low[1])):
        return False
    upper, lower = ([cells.to_text(cell) for cell in row] for row in (top[1], low[1]))
    both = [i for i in range(min(len(upper), len(lower))) if upper[i] and lower[i]]
    if sum(bool(text) for text in lower) > len(both) and any(
        lower[i] != upper[i] and not speech.names_one_field(lower[i], upper[i]) for i in both
    ):
        return False  # 推荐人 with a blank at its right is a group word, not the 姓名 below it
    if is_repeated_header([lower[i] for i in both], [upper[i] for i in both], speech.field_of):
        return True
    # cust_name, lvl: keys that are no words, beside some that are.
    keys = [row for row in (upper, lower) if all(_KEY.fullmatch(row[i]) for i in both)]
    same = {speech.field_of(lower[i]) for i in both if speech.names_one_field(lower[i], upper[i])}
    return len(keys) == 1 and len(same) >= 2 and len(same) * 2 >= len(both)


def _is_data(cell: Any) -> bool:
    text = cells.to_text(cell)
    return guessing.has_phone(text) or bool(_LONG_DIGITS.search(text)) or bool(_DAY.fullmatch(text))


def _continues(
    top: tuple[int, list[Any]],
    low: tuple[int, list[Any]],
    merged: Sequence[tuple[int, int, int, int]],
    speech: Vocabulary,
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
    fields = speech.assign([cells.to_text(cell) for cell in top[1]])
    known = sum(speech.field_of(cell) is not None for _i, cell in texts)
    # 金额 says nothing, 消费 above it does.
    spoken = known or any(
        speech.field_of(f"{cells.to_text(top[1][i])}{cell}")
        for i, cell in texts
        if i < len(top[1]) and top[1][i]
    )
    grouped = {i for i, _cell in texts if i < len(top[1]) and _is_group(i, top[1], low[1], across)}
    who = {i for i, f in enumerate(fields) if f in speech.carriers}
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


def join_headers(
    head: Sequence[tuple[int, list[Any]]],
    upper: int,
    lower: int,
    merged: Sequence[tuple[int, int, int, int]],
    speech: Vocabulary,
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
        and speech.field_of(text) not in _SERVED_BY
        and text not in (*words.REPORT, words.ORIGINAL_ROW)
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
