"""The shop's own fields: making them, and what a value of each kind must look like."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.choices import FieldKind
from customers.models import Customer, CustomField
from customers.services.importing import id_cards, targets, words
from scrm.kit import audit, jobs, money
from scrm.kit.errors import Refused

LONGEST = 2000
LONGEST_CHOICE = 100
NAMED = 10
# Looks for work until none is left, so that one job serves all changes.
INDEX = "customers.tasks.index_own_fields"
INDEXED = frozenset(("kind", "choices", "position", "is_active"))
CHANGEABLE = frozenset(("label", "kind", "choices", "sensitive", "position", "is_active"))


def create_field(
    *, label: str, by: Any, kind: str = FieldKind.TEXT, choices: Iterable[str] = (), **options: Any
) -> CustomField:
    """The key is made here and never changes: "f_" and the row's number. One of ID-card numbers is sensitive, whatever
    was said.

    Raises Refused("field.taken") for a name another field has, "field.built_in" for one that is there without being
    made, "field.choices" for a choice without choices.
    """
    must_be_free(label)
    field = CustomField(key=f"new_{uuid4().hex[:12]}", label=label.strip(), kind=kind, **options)
    field.choices = clean_choices(kind, choices)
    field.sensitive |= id_cards.is_id_card(label)
    try:
        with transaction.atomic():
            field.save()
            field.key = f"f_{field.pk}"
            field.save(update_fields=["key"])
            audit.record("field.created", by=by, on=field, kind=field.kind, sensitive=field.sensitive)
            jobs.enqueue(INDEX, key=INDEX)
    except IntegrityError:
        raise _taken(field.label) from None
    return field


def change_field(field: CustomField, *, by: Any, **values: Any) -> CustomField:
    """The key stays, and the kind once somebody has a value: it would no longer fit.

    Raises Refused("field.taken", "field.built_in", "field.choices", "field.in_use").
    """
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"cannot change {sorted(unknown)}")
    if "choices" in values or "kind" in values:
        kind = values.get("kind", field.kind)
        values["choices"] = clean_choices(kind, values.get("choices", field.choices))
    changed = [name for name, value in values.items() if getattr(field, name) != value]
    if not changed:
        return field
    if "label" in changed:
        must_be_free(values["label"])
    if "kind" in changed and in_use(field):
        raise Refused("field.in_use", _("Customers have values in this field; its kind stays. Make a new field."))
    for name in changed:
        setattr(field, name, values[name])
    try:
        with transaction.atomic():
            field.save(update_fields=changed)
            audit.record("field.changed", by=by, on=field, fields=sorted(changed))
            if not INDEXED.isdisjoint(changed):
                jobs.enqueue(INDEX, key=INDEX)
    except IntegrityError:
        raise _taken(field.label) from None
    return field


def in_use(field: CustomField) -> bool:
    """Whether anybody has a value in it, archived people and folded ones too. Looks through all of them."""
    return Customer.everyone.filter(custom__has_key=field.key).exists()


def _taken(label: str) -> Refused:
    said = _("There is a field “%(name)s” already. Choose it in the list, or take another name.")
    return Refused("field.taken", said % {"name": label})


def drop_unused(
    keys: Iterable[str], *, by: Any, wanted: Callable[[str], bool] = lambda _key: False
) -> None:
    """Fields that were made on the way to something that was given up: those that hold nothing go. `wanted` says
    which of them something else still means to fill."""
    with transaction.atomic():
        for field in CustomField.objects.select_for_update().filter(key__in=list(keys)):
            if not wanted(field.key) and not in_use(field):
                audit.record("field.dropped", by=by, on=field)
                field.delete()
                jobs.enqueue(INDEX, key=INDEX)


def must_be_free(label: str) -> None:
    """Raises Refused("field.built_in") for the name of a field that every customer has."""
    if words.canonical(label) in targets.built_in():
        sentence = _("“%(name)s” is there already, without making it. Choose it in the list, or take another name.")
        raise Refused("field.built_in", sentence % {"name": label.strip()})


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

    None for a blank. Raises Refused("field.value") that says what would fit for anything else.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return _CLEANERS[FieldKind(field.kind)](field, value)
    except (ValueError, TypeError):
        raise Refused("field.value", what_fits(field), key=field.key) from None


def what_fits(field: CustomField) -> str:
    """A sentence that says how a value of this field looks."""
    said = {
        FieldKind.NUMBER: _("“%(field)s”: enter a number, for example 12.5."),
        FieldKind.DATE: _("“%(field)s”: enter a date, for example 2024-05-01."),
        FieldKind.BOOLEAN: _("“%(field)s”: choose yes or no."),
        FieldKind.CHOICE: _("“%(field)s”: choose one of %(choices)s."),
        FieldKind.TEXT: _("“%(field)s”: at most %(longest)d characters."),
    }[FieldKind.TEXT if field.kind == FieldKind.CHOICE and not field.choices else FieldKind(field.kind)]
    return said % {"field": field.label, "choices": _some(field.choices), "longest": LONGEST}


def _some(choices: list[str]) -> str:
    shown = _(", ").join(choices[:NAMED])
    return _("%(choices)s…") % {"choices": shown} if len(choices) > NAMED else shown


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
