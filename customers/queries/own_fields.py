"""Finding people by the shop's own fields. Values stand in one JSON column; the first OFFERED fields have an index
each (services/own_indexes.py), made from the very expressions used here, so that a million people are no scan."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import F, Field, FloatField, Func, QuerySet, TextField, Value
from django.db.models.lookups import Contains, Exact, GreaterThanOrEqual, LessThanOrEqual

from customers.choices import FieldKind
from customers.models import Customer, CustomField
from customers.models.people import CustomerQuerySet
from customers.queries import disclosure
from customers.queries.people import HasBigrams
from scrm.kit.paginator import CAP

# More would fill the panel of filters and cost every import an index each.
OFFERED = 12
# What an index holds of a value: a longer one would not fit into an index row of PostgreSQL.
HELD = 100
FEWEST = 2
SOME = 1_000
# Number fields may hold phone numbers: who reads masks cannot close in on one by from and to.
NUMBERS_LIKE_PHONES = (13_000_000_000, 19_999_999_999)

TEXT, EXACT, RANGE, SPAN = "text", "exact", "range", "span"


def offered(viewer: Any = None) -> list[CustomField]:
    """The fields a list may be filtered by: the first in use, by their position; sensitive ones only for who may
    read them. Without a viewer: those that need an index."""
    fields = list(CustomField.objects.filter(is_active=True)[:OFFERED])
    hides = viewer is not None and not disclosure.sees_sensitive(viewer)
    return [field for field in fields if not (hides and field.sensitive)]


def mode(field: CustomField) -> str:
    """How it is asked for: TEXT in part, EXACT by one of its values, RANGE of numbers, SPAN of days."""
    if field.kind == FieldKind.NUMBER:
        return RANGE
    if field.kind == FieldKind.DATE:
        return SPAN
    if field.kind == FieldKind.BOOLEAN or (field.kind == FieldKind.CHOICE and field.choices):
        return EXACT
    return TEXT


def expression(key: str, how: str) -> str:
    """SQL of the value as it is indexed; `%(column)s` is the JSON column. `key` matches [a-z][a-z0-9_]*."""
    if connection.vendor == "postgresql":
        text = f"%(column)s ->> '{key}'"
        return {
            TEXT: f'left(lower({text}), {HELD}) COLLATE "C"',
            EXACT: f'left({text}, {HELD}) COLLATE "C"',
            SPAN: f'left({text}, {HELD}) COLLATE "C"',
            # A text that strayed into a number field must not make its row impossible to write.
            RANGE: f"CASE WHEN jsonb_typeof(%(column)s -> '{key}') = 'number' THEN ({text})::numeric END",
        }[how]
    text = f"""json_extract(%(column)s, '$."{key}"')"""
    return f"substr(lower({text}), 1, {HELD})" if how == TEXT else text


class OwnValue(Func):
    """The value of one own field, in the very words of its index; or in others, so that the index is left alone."""

    def __init__(self, key: str, how: str, *, indexed: bool = True) -> None:
        self.key, self.how, self.indexed = key, how, indexed
        output: Field[Any, Any] = FloatField() if how == RANGE else TextField()
        super().__init__(F("custom"), output_field=output)

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        column, params = compiler.compile(self.source_expressions[0])
        sql = f"({expression(self.key, self.how)})" % {"column": column}
        # A plus sign before it: to SQLite another expression of the same value.
        return (sql if self.indexed or connection.vendor == "postgresql" else f"+{sql}"), params


def holding(rows: CustomerQuerySet, field: CustomField, text: str, viewer: Any) -> QuerySet[Any]:
    """Whose value contains `text` (two characters or more, capitals alike). Who reads masks finds by digits a whole
    value only: parts would spell a number out, digit by digit."""
    key = _fold(text.strip())[:HELD]
    if len(key) < FEWEST:
        return rows.none()
    whole = not disclosure.sees_full_phones(viewer) and any(sign.isdigit() for sign in key)
    match = Exact if whole else Contains
    value, walked = OwnValue(field.key, TEXT), OwnValue(field.key, TEXT, indexed=False)
    if connection.vendor == "postgresql":
        pairs = sorted({key[at : at + 2] for at in range(len(key) - 1)})
        known = Customer.everyone.order_by().filter(HasBigrams(value, Value(pairs)), match(value, Value(key)))
    else:
        known = Customer.everyone.order_by(value).filter(
            GreaterThanOrEqual(value, Value("")), match(value, Value(key))
        )
    return _few_or_many(rows, known, [match(walked, Value(key))])


def being(rows: CustomerQuerySet, field: CustomField, wanted: str | bool) -> QuerySet[Any]:
    """Whose value is exactly this one."""
    if isinstance(wanted, bool):
        plain: Any = str(wanted).lower() if connection.vendor == "postgresql" else Value(int(wanted))
    else:
        plain = wanted[:HELD]
    return rows.filter(Exact(OwnValue(field.key, EXACT), plain))


def between(rows: CustomerQuerySet, field: CustomField, first: Any, last: Any, viewer: Any) -> QuerySet[Any]:
    """Numbers or days from `first` to `last`, both included; None leaves a side open."""
    how = mode(field)
    # A text that strayed among numbers is behind all of them on SQLite.
    lowest, highest = (-1e30, 1e30) if how == RANGE else ("0001-01-01", "9999-12-31")
    shape: Callable[[Any], Any] = float if how == RANGE else lambda day: str(day)
    value, walked = OwnValue(field.key, how), OwnValue(field.key, how, indexed=False)
    least = Value(shape(lowest if first is None else first))
    most = Value(shape(highest if last is None else last))
    known = Customer.everyone.order_by(value).filter(
        GreaterThanOrEqual(value, least), LessThanOrEqual(value, most)
    )
    found = _few_or_many(rows, known, [GreaterThanOrEqual(walked, least), LessThanOrEqual(walked, most)])
    if how == RANGE and not disclosure.sees_full_phones(viewer):
        begin, end = (Value(float(number)) for number in NUMBERS_LIKE_PHONES)
        found = found.exclude(GreaterThanOrEqual(walked, begin), LessThanOrEqual(walked, end))
    return found


def _few_or_many(rows: QuerySet[Any], known: QuerySet[Any], walk: list[Any]) -> QuerySet[Any]:
    """No planner knows for sure how many a value finds. A few people are looked up in the index; where there are
    more, the newest of them are met soon by walking back from the newest customer. (PostgreSQL takes the index only
    for fewer than it expects to find; SQLite has to be led past it by the words of `walk`.)"""
    limit = SOME if connection.vendor == "postgresql" else CAP
    few = known[: limit + 1].values("pk")
    return rows.filter(*walk) if few.count() > limit else rows.filter(pk__in=few)


def _fold(text: str) -> str:
    """As the database does: SQLite knows the capitals of ASCII only."""
    plain = text.replace("\x00", "")
    if connection.vendor == "postgresql":
        return plain.lower()
    return "".join(sign.lower() if sign.isascii() else sign for sign in plain)
