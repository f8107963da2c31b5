"""Where the table stands in a sheet: which sheet, which header rows, which rows are people.

Nothing here knows a person. It sees texts, and answers with a `Layout` that can be stored as JSON and shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers.services.importing import cells, guessing, heading, words
from customers.services.importing.vocabulary import LooksAt, Vocabulary
from scrm.kit.errors import Refused
from scrm.kit.tabular import Source

HEAD = 60  # rows looked at to find the header
_LETTER = re.compile("[A-Za-z]{1,3}")
_FIGURE = re.compile(r"[-+]?[0-9][0-9,.]*%?")


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


def detect(
    source: Source, sheet: str | None = None, named: Iterable[str] = (), speech: Vocabulary | None = None
) -> Layout:
    """The layout of the named sheet, or of the only one that looks right (like customers, unless `speech` is another). `named` are columns that somebody
    mapped: the row that holds all of them is the header, whatever else it says.

    Raises Refused: sheet.unknown, sheet.several (with their names), sheet.empty, layout.no_rows, layout.no_columns.
    """
    speech = speech or CUSTOMERS
    told = {words.canonical(name) for name in named if not _LETTER.fullmatch(name)}
    if sheet is not None:
        return _of_sheet(source, sheet, told, speech)
    if not source.sheets:
        raise Refused(
            "file.no_sheet",
            _("The file has no visible sheet with content. Add the table to a visible sheet and save."),
        )
    if len(source.sheets) == 1:
        return _of_sheet(source, source.sheets[0], told, speech)
    found: list[tuple[str, Layout]] = []
    for name in source.sheets:
        try:
            layout = _of_sheet(source, name, told, speech)
        except Refused:
            continue
        if speech.looks_right(layout):
            found.append((name, layout))
    if len(found) == 1:
        return found[0][1]
    if not found:
        raise no_sheet(source.sheets)
    raise which_sheet([name for name, _layout in found])


def no_rows() -> Refused:
    sentence = _("There are no data rows below the header. Put the customers below it, save and upload it again.")
    return Refused("layout.no_rows", sentence)


def no_sheet(names: list[str]) -> Refused:
    sentence = _("None of the sheets looks like customers: %(names)s. Choose one and map its columns.")
    return Refused("sheet.none_fits", sentence % {"names": "、".join(names)}, sheets=names)


def which_sheet(names: list[str]) -> Refused:
    sentence = _("Several sheets look like customers: %(names)s. Choose one.")
    return Refused("sheet.several", sentence % {"names": "、".join(names)}, sheets=names)


def looks_like_customers(layout: LooksAt) -> bool:
    known = {f for f in layout.fields if f and f != words.IGNORE}
    if not known & heading.CARRIERS or not _tells_who(layout):
        return False
    return len(known) >= 2 or _holds_phones(layout)


def _tells_who(layout: LooksAt) -> bool:
    """Whether a name, a number or an id stands in it at all: 会员 over 35 and 120 counts them."""
    for own, samples in zip(layout.fields, layout.samples, strict=True):
        if own == "name" and not all(_FIGURE.fullmatch(text) for text in samples):
            return True
        if own == "phone" and any(len(re.sub("[^0-9*]", "", text)) >= 7 for text in samples):
            return True
        if own in heading.CARRIERS - {"name", "phone"} and samples:
            return True
    return False


def _holds_phones(layout: LooksAt) -> bool:
    return any(
        cells.phones_in(text)[0]
        for field, samples in zip(layout.fields, layout.samples, strict=True)
        if field == "phone"
        for text in samples
    )


def _of_sheet(source: Source, sheet: str, named: set[str], speech: Vocabulary) -> Layout:
    head: list[tuple[int, list[Any]]] = []
    for number, row in source.rows(sheet):
        if any(cell != "" for cell in row):
            head.append((number, row))
        if len(head) >= HEAD:
            break
    if not head:
        raise Refused("sheet.empty", _("The sheet is empty."))
    merged = [area for area in source.merged(sheet) if area[0] <= head[-1][0]]
    spot = heading.row_with(head, named, speech) or heading.find_header(head, merged, speech)
    if spot is None:
        return _headerless(sheet, head, speech)
    upper, lower, last = spot
    headers = heading.join_headers(head, upper, lower, merged, speech)
    below = head[last + 1 :]
    layout = Layout(sheet=sheet, header_row=head[lower][0], first_row=head[last][0] + 1, headers=headers)
    layout.fields = speech.assign(headers)
    _refuse_side_by_side(layout, below)
    _finish(layout, below)
    if speech.blank_headers:
        speech.blank_headers(layout.headers, layout.fields, below)
    if not below:
        raise no_rows()
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


def _headerless(sheet: str, head: Sequence[tuple[int, list[Any]]], speech: Vocabulary) -> Layout:
    if speech.by_content:
        fields, first_row = speech.by_content(head)
    else:
        fields, first_row = [None] * max(len(row) for _n, row in head), head[0][0]
    layout = Layout(sheet=sheet, header_row=0, first_row=first_row, inferred=True, fields=fields)
    layout.headers = [""] * len(fields)
    _finish(layout, [item for item in head if item[0] >= first_row])
    return layout


CUSTOMERS = Vocabulary(
    field_of=words.field_of,
    assign=words.assign,
    carriers=heading.CARRIERS,
    looks_right=looks_like_customers,
    by_content=guessing.by_content,
    blank_headers=guessing.blank_headers,
)
