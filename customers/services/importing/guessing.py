"""Which column is which by what stands in it, where no header says so."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from customers.choices import Outcome
from customers.services.importing import cells, words

type Numbered = tuple[int, list[Any]]
_SHORT_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff·]{2,4}(?:先生|女士|小姐|太太)?")
_FIRM = re.compile(r"公司|集团|有限|商行|超市|百货|便利店|工作室|酒店|学校|医院|厂\Z|店\Z|中心\Z")


def by_content(head: Sequence[Numbered]) -> tuple[list[str | None], int]:
    """Fields of the columns and the first row of people: mobiles, then short Chinese names, then companies."""
    width = max(len(row) for _n, row in head)
    columns = [[row[i] for _n, row in head if i < len(row) and row[i] != ""] for i in range(width)]
    fields: list[str | None] = [None] * width
    first_row = head[0][0]
    _leave_out_our_answers(columns, fields)
    phone = _best(columns, fields, has_phone, len(head))
    if phone is not None:
        fields[phone] = "phone"
        # Titles above a table without a header: people begin where the first number stands.
        first = next(i for i, (_n, row) in enumerate(head) if phone < len(row) and has_phone(row[phone]))
        if first and all(sum(cell != "" for cell in row) <= 1 for _n, row in head[:first]):
            first_row = head[first][0]
    for field, test in (("name", _is_name), ("company", _is_company)):
        column = _best(columns, fields, test, len(head))
        if column is not None:
            fields[column] = field
    return fields, first_row


def blank_headers(headers: Sequence[str], fields: list[str | None], below: Sequence[Numbered]) -> None:
    """The column of numbers or of names whose header somebody forgot; `fields` is changed."""
    columns = [
        [row[i] for _n, row in below if i < len(row) and row[i] != ""] if not header else []
        for i, header in enumerate(headers)
    ]
    for field, test in (("phone", has_phone), ("name", _is_name)):
        column = _best(columns, fields, test, len(below)) if field not in fields else None
        if column is not None:
            fields[column] = field


def _leave_out_our_answers(columns: Sequence[Sequence[Any]], fields: list[str | None]) -> None:
    """The two columns of a report on a sheet without header."""
    answers = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            answers |= {str(label) for _value, label in Outcome.choices}
    for i in range(max(len(columns) - 2, 0), len(columns)):
        if columns[i] and answers.issuperset(columns[i]):
            fields[i:] = [words.IGNORE] * (len(columns) - i)
            break


def _best(
    columns: Sequence[Sequence[Any]], fields: Sequence[str | None], test: Callable[[Any], bool], rows: int
) -> int | None:
    """The column that passes the test in most rows, in half of them at least. Words that come again and again
    (金卡, 银卡) count for less: people differ."""
    best, best_score = None, 0.0
    for i, column in enumerate(columns):
        if fields[i] is not None or len(column) * 2 < rows:
            continue
        hits = [cell for cell in column if test(cell)]
        score = len(hits) * len(set(hits)) / max(len(hits), 1)
        if len(hits) * 2 >= rows and score > best_score:
            best, best_score = i, score
    return best


def has_phone(cell: Any) -> bool:
    return bool(cells.phones_in(cell)[0])


def _is_name(cell: Any) -> bool:
    return isinstance(cell, str) and bool(_SHORT_HAN.fullmatch(cell.strip())) and not _is_company(cell)


def _is_company(cell: Any) -> bool:
    return isinstance(cell, str) and bool(_FIRM.search(cell))
