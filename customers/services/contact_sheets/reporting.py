"""The user's own sheet back, with what became of each row and why."""

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from customers.choices import Outcome
from customers.services.importing import reporting
from customers.services.importing.reporting import Told
from customers.services.ordering.running import Opened


def write(path: Path | str, opened: Opened, told: Iterable[Told], *, only_problems: bool = False) -> None:
    """As for orders: a row without a result came in as it stands."""
    labels = {
        Outcome.CREATED: _("taken in"),
        Outcome.UPDATED: _("changed"),
        Outcome.UNCHANGED: _("as it was"),
        Outcome.REJECTED: _("rejected"),
    }
    reporting.write(
        path, opened.source, opened.layout, told, only_problems=only_problems,
        labels={str(key): str(label) for key, label in labels.items()},
    )  # fmt: skip
