"""The line of steps on top of each page, so that nobody wonders how far it still is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEPS: tuple[tuple[str, str | Promise], ...] = (
    ("upload", _("Upload")),
    ("columns", _("Columns")),
    ("preview", _("Preview")),
    ("run", _("Import")),
    ("result", _("Result")),
)


@dataclass(frozen=True)
class Step:
    key: str
    label: str | Promise
    number: int
    standing: str  # "done", "now", "later"


def line(current: str) -> list[Step]:
    at = [key for key, _label in STEPS].index(current)
    return [
        Step(key, label, n + 1, "done" if n < at else "now" if n == at else "later")
        for n, (key, label) in enumerate(STEPS)
    ]
