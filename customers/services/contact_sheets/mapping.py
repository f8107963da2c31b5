"""Which column of a sheet of appointments or follow-ups is which field: found by the header, changed by the user."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from customers.services.contact_sheets.kinds import Kind
from customers.services.contact_sheets.words import IGNORE
from customers.services.importing.layout import Layout
from customers.services.ordering.mapping import mapped
from scrm.kit.errors import Refused


def targets_of(layout: Layout, kind: Kind, overrides: Iterable[str] = ()) -> list[str | None]:
    """The target of each column. Raises Refused mapping.malformed, mapping.no_field, mapping.no_column."""
    return mapped(layout, overrides, fields=kind.fields, ignore=IGNORE, example="customer=手机号")


def check(targets: Sequence[str | None], kind: Kind) -> None:
    """Refuses a mapping from which nothing could come, before anything is read."""
    for field, code, sentence in kind.needs:
        if field not in targets:
            raise Refused(code, _(sentence))
