"""Which column of a sheet of orders is which field: found by the header, changed by the user."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from customers.services.importing.layout import Layout
from customers.services.importing.mapping import column_index
from customers.services.ordering.words import FIELDS, IGNORE
from scrm.kit.errors import Refused


def targets_of(layout: Layout, overrides: Iterable[str] = ()) -> list[str | None]:
    """The target of each column. Raises Refused mapping.malformed, mapping.no_field, mapping.no_column."""
    return mapped(layout, overrides, fields=FIELDS, ignore=IGNORE, example="number=订单号")


def mapped(
    layout: Layout, overrides: Iterable[str], *, fields: Sequence[str], ignore: str, example: str
) -> list[str | None]:
    """The layout's own fields, changed by "FIELD=COLUMN" with the column's header or letter."""
    targets = list(layout.fields)
    for override in overrides:
        field, mark, column = (part.strip() for part in override.partition("="))
        if not mark or not field or not column:
            raise Refused(
                "mapping.malformed",
                _("“%(text)s” is no mapping. Write FIELD=COLUMN, for example %(example)s or %(letter)s.")
                % {"text": override, "example": example, "letter": f"{example.partition('=')[0]}=A"},
            )
        if field not in (*fields, ignore):
            raise Refused(
                "mapping.no_field",
                _("There is no field called “%(word)s”. Fields: %(fields)s.")
                % {"word": field, "fields": ", ".join(fields)},
            )
        index = column_index(layout, column)
        if field != ignore:
            targets = [None if own == field else own for own in targets]
        targets[index] = field
    return targets


def check(targets: Sequence[str | None]) -> None:
    """Refuses a mapping from which no order could come, before anything is read."""
    if "customer" not in targets:
        raise Refused(
            "mapping.no_customer",
            _("No column says who bought (a mobile number, a card number). Say which one it is."),
        )
    if "amount" not in targets and "unit_price" not in targets:
        raise Refused(
            "mapping.no_amount", _("No column says what was paid (an amount or a unit price). Say which one it is.")
        )
