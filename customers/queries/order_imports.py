"""What is read of an import of orders: its figures, and the rows behind each of them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.choices import Outcome
from customers.models import ImportBatch, ImportRow
from customers.queries.imports import Figure, not_reached_by
from scrm.kit import money

# Lines are told row by row only where somebody may want to look.
LABELS: dict[str, str | Promise] = {
    "all": _("All told rows"),
    "no_customer": _("No customer"),
    "return": _("Returns left out"),
    "free": _("Nothing paid"),
    "rejected": _("Failed"),
    "updated": _("Orders changed"),
    "warnings": _("With remarks"),
    "unknown": _("Unknown names"),
}
TILES: tuple[tuple[str, str, str | Promise], ...] = (
    # (key of the counter, figure that opens it ("" for none), label)
    ("orders_created", "", _("New orders")),
    ("orders_updated", "updated", _("Orders changed")),
    ("orders_unchanged", "", _("Orders as they were")),
    ("customers_created", "", _("Customers made")),
    ("no_customer", "no_customer", _("Rows without a customer")),
    ("returns", "return", _("Rows of returns")),
    ("free", "free", _("Rows of unpaid orders")),
    ("rejected", "rejected", _("Failed rows")),
)


# Each row is one of these.
_LINES = ("lines", "no_customer", "returns", "free", "rejected")


def rows(batch: ImportBatch, show: str = "all") -> QuerySet[ImportRow]:
    """The rows behind one figure, in the order of the sheet. `show` is a key of LABELS."""
    found = ImportRow.objects.filter(batch=batch).order_by("number")
    if show in (Outcome.REJECTED, Outcome.UPDATED):
        return found.filter(outcome=show)
    if show == "warnings":
        return found.filter(warnings__isnull=False)
    if show == "unknown":
        return found.filter(unknown__isnull=False)
    return found if show == "all" else found.filter(outcome=Outcome.SKIPPED, code=f"order.{show}")


def figures(batch: ImportBatch) -> list[Figure]:
    return [Figure(key, label, rows(batch, key).count()) for key, label in LABELS.items()]


def sentence(counters: dict[str, Any]) -> str:
    """Everything in one line; blank before there are figures."""
    if "orders_created" not in counters or "rows" not in counters:
        return ""
    keys = ("rows", *_LINES, "orders_created", "orders_updated", "orders_unchanged", "skipped")
    told = {key: f"{counters.get(key, 0):,}" for key in keys}
    said = gettext(
        "%(rows)s rows: %(lines)s rows of goods, %(no_customer)s without a customer, %(returns)s returns, %(free)s with nothing paid, "
        "%(rejected)s failed; %(skipped)s rows such as the header are not counted. Orders: %(orders_created)s new, "
        "%(orders_updated)s changed, %(orders_unchanged)s unchanged; net %(net)s"
    ) % {**told, "net": money.show(counters.get("net_fen", 0))}
    return said + not_reached_by(counters, _LINES)


def taken_back(counters: dict[str, Any]) -> str:
    """What an undo did, in one sentence; blank before it."""
    undo = counters.get("undo")
    if not undo:
        return ""
    said = {
        "orders_removed": gettext("%(count)s orders removed"),
        "refunds_removed": gettext("%(count)s refunds removed"),
        "orders_restored": gettext("%(count)s orders put back as they were"),
        "orders_kept": gettext("%(count)s orders kept because something was done with them since"),
        "removed": gettext("%(count)s customers removed"),
        "kept": gettext("%(count)s customers kept because somebody has worked with them since"),
    }
    parts = [text % {"count": f"{undo[key]:,}"} for key, text in said.items() if undo.get(key)]
    return gettext(", ").join(parts) or gettext("none changed")
