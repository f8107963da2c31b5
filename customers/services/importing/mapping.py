"""Which column is which field: found by the header, remembered for it, changed by the user."""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from customers.choices import ImportKind, Require
from customers.models import CustomField, ImportMapping
from customers.services.importing import id_cards, words
from customers.services.importing.layout import Layout, letter
from customers.services.importing.targets import CUSTOM
from scrm.kit.errors import Refused


def header_hash(layout: Layout) -> str:
    """The same header in the same order has the same hash, whatever its spaces, stars and brackets, without columns
    that have no header at its end and those of our own report."""
    texts = [words.canonical(header) for header in layout.headers if header not in (*words.REPORT, words.ORIGINAL_ROW)]
    while texts and not texts[-1]:
        texts.pop()
    if not layout.header_row:
        texts = [str(sum(field != words.IGNORE for field in layout.fields))]
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def known_fields() -> dict[str, str]:
    """What a column may become, by every way to say it: field names, keys and labels of own fields → target."""
    targets = {field: field for field in words.FIELDS}
    for key, label in CustomField.objects.filter(is_active=True).values_list("key", "label"):
        for word in (f"{CUSTOM}{key}", key, label):
            targets.setdefault(word, f"{CUSTOM}{key}")
    return {**targets, words.IGNORE: words.IGNORE}


def targets_of(
    layout: Layout, *, name: str = "", overrides: Iterable[str] = ()
) -> tuple[list[str | None], str]:
    """The target of each column and the name of the saved mapping used ("" for none).

    `overrides` are "FIELD=COLUMN" with the column's header or letter. Raises Refused mapping.unknown,
    mapping.no_field, mapping.no_column, mapping.malformed, mapping.id_card.
    """
    fields = known_fields()
    targets = _by_own_fields(layout, fields)
    saved = None
    if name:
        saved = ImportMapping.objects.filter(name=name, kind=ImportKind.CUSTOMERS).first()
        if saved is None:
            raise Refused(
                "mapping.unknown", _("There is no saved mapping called “%(name)s”.") % {"name": name}
            )
    else:
        saved = saved_for(layout, ImportKind.CUSTOMERS)
    targets = _without_id_cards(layout, by_saved(layout, targets, saved, set(fields.values())))
    chosen: dict[str, list[int]] = {}
    for override in overrides:
        word, mark, column = override.partition("=")
        if not mark or not word.strip() or not column.strip():
            raise Refused(
                "mapping.malformed",
                _("“%(text)s” is no mapping. Write FIELD=COLUMN, for example phone=手机号 or phone=B.")
                % {"text": override},
            )
        target = fields.get(word.strip())
        if target is None:
            raise Refused(
                "mapping.no_field",
                _("There is no field called “%(word)s”. Fields: %(fields)s.")
                % {"word": word.strip(), "fields": ", ".join(sorted(set(fields) - {words.IGNORE}))},
            )
        chosen.setdefault(target, []).append(column_index(layout, column.strip()))
    for target, indexes in chosen.items():
        if target != words.IGNORE:
            targets = [None if own == target else own for own in targets]
        for index in indexes:
            targets[index] = target
    refuse_open_id_cards(layout, targets)
    return targets, saved.name if saved else ""


def who_of(name: str) -> list[str]:
    """The headers that say who in a saved mapping: by them its header row is found, whatever else stands there."""
    saved = ImportMapping.objects.filter(name=name).first() if name else None
    who = (*words.IDENTITY_FIELDS, "name")
    return [header for header, target in saved.columns.items() if target in who] if saved else []


def _by_own_fields(layout: Layout, fields: Mapping[str, str]) -> list[str | None]:
    """A header that is the label of one of the shop's own fields is that field."""
    return [
        fields[header] if field is None and fields.get(header, "").startswith(CUSTOM) else field
        for header, field in zip(layout.headers, layout.fields, strict=True)
    ]


def existing(targets: Sequence[str | None]) -> list[str | None]:
    """The same targets; a field that was switched off or is gone is none, so that its column is kept as text."""
    known = set(known_fields().values())
    return [target if target in known else None for target in targets]


def saved_for(layout: Layout, kind: str) -> ImportMapping | None:
    """The mapping that was remembered last for this very header."""
    found = ImportMapping.objects.filter(kind=kind, header_hash=header_hash(layout))
    return found.order_by("-updated_at").first()


def by_saved(
    layout: Layout, targets: Sequence[str | None], saved: ImportMapping | None, known: Container[str]
) -> list[str | None]:
    """A saved mapping speaks of headers, or of letters where there are none; columns it does not know stay, and what
    is no field any more is none."""
    result = list(targets)
    columns = saved.columns if saved else {}
    for at, header in enumerate(layout.headers):
        key = words.canonical(header) if layout.header_row else letter(at)
        if key in columns:
            target = columns[key]
            result[at] = target if target is None or target in known else None
    return result


def refuse_open_id_cards(layout: Layout, targets: Sequence[str | None]) -> None:
    """Raises Refused("mapping.id_card") where a column of ID-card numbers would become something everybody reads."""
    for index in _open_id_cards(layout, targets):
        raise Refused(
            "mapping.id_card",
            _("“%(column)s” holds ID-card numbers: leave it out, or make a sensitive field of it.")
            % {"column": layout.headers[index]},
        )


def _without_id_cards(layout: Layout, targets: Sequence[str | None]) -> list[str | None]:
    open_ = set(_open_id_cards(layout, targets))
    return [words.IGNORE if index in open_ else target for index, target in enumerate(targets)]


def _open_id_cards(layout: Layout, targets: Sequence[str | None]) -> list[int]:
    """Columns of ID-card numbers that are neither left out nor a sensitive own field."""
    found = [at for at, header in enumerate(layout.headers) if id_cards.is_id_card(header)]
    kept = [at for at in found if targets[at] != words.IGNORE]
    if not kept:
        return []
    masked = {f"{CUSTOM}{key}" for key in CustomField.objects.filter(sensitive=True).values_list("key", flat=True)}
    return [at for at in kept if targets[at] not in masked]


def column_index(layout: Layout, column: str) -> int:
    """Index of a column by its header, else by its letter. Raises Refused mapping.no_column."""
    for index, header in enumerate(layout.headers):
        if header == column:
            return index
    word = words.canonical(column)
    for index, header in enumerate(layout.headers):
        if layout.header_row and words.canonical(header) == word:
            return index
    if column.isascii() and column.isalpha() and len(column) <= 3:
        number = 0
        for char in column.upper():
            number = number * 26 + ord(char) - 64
        if number <= len(layout.headers):
            return number - 1
    raise Refused(
        "mapping.no_column",
        _("The sheet has no column “%(column)s”. It has: %(headers)s.")
        % {"column": column, "headers": "、".join(h or letter(i) for i, h in enumerate(layout.headers))},
    )


def check(targets: Sequence[str | None], require: str) -> None:
    """Refuses a mapping that could make no person at all, before anything is read."""
    used = {target for target in targets if target}
    identities = used & set(words.IDENTITY_FIELDS)
    if require == Require.PHONE and "phone" not in used:
        raise Refused(
            "mapping.no_phone",
            _("No column of mobile numbers was found. Say which one it is."),
        )
    if not identities and not (require == Require.NAME and "name" in used):
        raise Refused(
            "mapping.no_identity",
            _(
                "No column says who a row is (phone, WeChat ID, card number). Say which one it is, or let a name be "
                "enough."
            ),
        )


def system_of(name: str) -> str:
    """What card numbers and opening figures of a saved mapping's sheets belong to; renaming it changes nothing."""
    return (
        ImportMapping.objects.filter(name=name).values_list("system", flat=True).first() or "" if name else ""
    )


def free_name(wanted: str) -> str:
    """The name itself, or with a number behind it: a mapping of another header is not overwritten unasked."""
    taken = set(ImportMapping.objects.filter(name__startswith=wanted[:50]).values_list("name", flat=True))
    names = (wanted[:60], *(f"{wanted[:50]} {n}" for n in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def remember(
    layout: Layout,
    targets: Sequence[str | None],
    *,
    name: str,
    system: str = "",
    kind: str = ImportKind.CUSTOMERS,
) -> ImportMapping:
    """Saves a mapping by name and for this header; one of the same name is replaced."""
    columns = {
        (words.canonical(header) if layout.header_row else letter(index)): target
        for index, (header, target) in enumerate(zip(layout.headers, targets, strict=True))
        if header or not layout.header_row
    }
    mapping, _made = ImportMapping.objects.update_or_create(
        name=name.strip()[:60],
        defaults={"kind": kind, "header_hash": header_hash(layout), "columns": columns, "system": system},
    )
    return mapping
