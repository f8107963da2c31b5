"""The shop's own fields: making them, and what a value of each kind must look like."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.choices import FieldKind
from customers.models import CustomField
from scrm.kit import audit, money
from scrm.kit.errors import Refused

LONGEST = 2000
LONGEST_CHOICE = 100
CHANGEABLE = frozenset(("label", "choices", "sensitive", "position", "is_active"))


def create_field(
    *, label: str, by: Any, kind: str = FieldKind.TEXT, choices: Iterable[str] = (), **options: Any
) -> CustomField:
    """The key is made here and never changes: "f_" and the row's number.

    Raises Refused("field.taken") for a name another field has, "field.choices" for a choice without choices.
    """
    field = CustomField(key=f"new_{uuid4().hex[:12]}", label=label.strip(), kind=kind, **options)
    field.choices = clean_choices(kind, choices)
    try:
        with transaction.atomic():
            field.save()
            field.key = f"f_{field.pk}"
            field.save(update_fields=["key"])
            audit.record("field.created", by=by, on=field, kind=field.kind, sensitive=field.sensitive)
    except IntegrityError:
        raise Refused("field.taken", _("There is a field of this name already.")) from None
    return field


def change_field(field: CustomField, *, by: Any, **values: Any) -> CustomField:
    """Key and kind stay: the values already stored would no longer fit."""
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"cannot change {sorted(unknown)}")
    if "choices" in values:
        values["choices"] = clean_choices(field.kind, values["choices"])
    changed = [name for name, value in values.items() if getattr(field, name) != value]
    if not changed:
        return field
    for name in changed:
        setattr(field, name, values[name])
    try:
        with transaction.atomic():
            field.save(update_fields=changed)
            audit.record("field.changed", by=by, on=field, fields=sorted(changed))
    except IntegrityError:
        raise Refused("field.taken", _("There is a field of this name already.")) from None
    return field


def clean_choices(kind: str, choices: Iterable[str]) -> list[str]:
    """Trimmed, without blanks and repeats, in the order given; nothing for other kinds than a choice."""
    if kind != FieldKind.CHOICE:
        return []
    kept = list(dict.fromkeys(text.strip()[:LONGEST_CHOICE] for text in choices if text.strip()))
    if not kept:
        raise Refused("field.choices", _("Write at least one choice, one a line."))
    return kept


def clean_value(field: CustomField, value: Any) -> Any:
    """What `Customer.custom` stores: text, int or float, "2026-11-21", true or false, one of the choices.

    None for a blank. Raises Refused("field.value") with the field's name for anything else.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return _CLEANERS[FieldKind(field.kind)](field, value)
    except (ValueError, TypeError):
        message = _("“%(field)s” cannot be read.") % {"field": field.label}
        raise Refused("field.value", message, key=field.key) from None


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keys to clean values; a blank is None ("take it away"). Refused("field.unknown") for other keys."""
    known = {field.key: field for field in CustomField.objects.filter(key__in=list(values))}
    unknown = values.keys() - known.keys()
    if unknown:
        raise Refused("field.unknown", _("There is no such field."), keys=sorted(unknown))
    return {key: clean_value(known[key], value) for key, value in values.items()}


def _text(field: CustomField, value: Any) -> str:
    text = str(value).replace("\x00", "").strip()
    if len(text) > LONGEST:
        raise ValueError
    return text


def _number(field: CustomField, value: Any) -> int | float | None:
    number = money.parse_number(value if isinstance(value, int | float | str) else str(value))
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _date(field: CustomField, value: Any) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(str(value).strip())).isoformat()[:10]


def _boolean(field: CustomField, value: Any) -> bool:
    answer = {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())
    if answer is None:
        raise ValueError
    return answer


def _choice(field: CustomField, value: Any) -> str:
    """A field whose choices nobody wrote takes any text: an import may have made it from a column."""
    text = _text(field, value)
    if field.choices and text not in field.choices:
        raise ValueError
    return text


_CLEANERS = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.CHOICE: _choice,
}
