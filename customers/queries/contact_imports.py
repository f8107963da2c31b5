"""What is read of an import of appointments or follow-ups: its figures, and the rows behind each of them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.choices import Outcome
from customers.models import ImportBatch, ImportRow
from customers.queries.imports import Figure, not_reached_by

# Rows are told one by one only where somebody may want to look.
LABELS: dict[str, str | Promise] = {
    "all": _("All told rows"),
    "rejected": _("Failed"),
    "updated": _("Updated"),
    "warnings": _("With remarks"),
    "unknown": _("Unknown names"),
}
TILES: tuple[tuple[str, str, str | Promise], ...] = (
    # (key of the counter, figure that opens it ("" for none), label)
    ("created", "", _("New")),
    ("updated", "updated", _("Updated")),
    ("unchanged", "", _("Unchanged")),
    ("customers_created", "", _("Customers made")),
    ("rejected", "rejected", _("Failed")),
    ("warnings", "warnings", _("With remarks")),
)


# Each row is one of these.
_OUTCOMES = ("created", "updated", "unchanged", "rejected")


def rows(batch: ImportBatch, show: str = "all") -> QuerySet[ImportRow]:
    """The rows behind one figure, in the order of the sheet. `show` is a key of LABELS."""
    found = ImportRow.objects.filter(batch=batch).order_by("number")
    if show in (Outcome.REJECTED, Outcome.UPDATED):
        return found.filter(outcome=show)
    if show == "warnings":
        return found.filter(warnings__isnull=False)
    return found.filter(unknown__isnull=False) if show == "unknown" else found


def figures(batch: ImportBatch) -> list[Figure]:
    return [Figure(key, label, rows(batch, key).count()) for key, label in LABELS.items()]


def sentence(counters: dict[str, Any]) -> str:
    """Everything in one line; blank before there are figures."""
    if "created" not in counters or "rows" not in counters:
        return ""
    keys = ("rows", *_OUTCOMES, "customers_created", "skipped")
    said = gettext(
        "%(rows)s rows: %(created)s new, %(updated)s updated, %(unchanged)s unchanged, %(rejected)s failed; %(skipped)s rows such as "
        "the header are not counted; %(customers_created)s customers made"
    ) % {key: f"{counters.get(key, 0):,}" for key in keys}
    return said + not_reached_by(counters, _OUTCOMES)


def taken_back(counters: dict[str, Any]) -> str:
    """What an undo did, in one sentence; blank before it."""
    undo = counters.get("undo")
    if not undo:
        return ""
    said = {
        "entries_removed": gettext("%(count)s rows taken back"),
        "entries_restored": gettext("%(count)s put back as they were"),
        "entries_kept": gettext("%(count)s kept because something was done with them since"),
        "removed": gettext("%(count)s customers removed"),
        "kept": gettext("%(count)s customers kept because somebody has worked with them since"),
    }
    parts = [text % {"count": f"{undo[key]:,}"} for key, text in said.items() if undo.get(key)]
    return gettext(", ").join(parts) or gettext("none changed")
