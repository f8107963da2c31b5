"""What people changed by hand, field by field, as one viewer may read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers import sensitive
from customers.models import Channel, Customer, CustomField
from customers.queries import disclosure
from scrm.kit import phones
from scrm.staff.models import Department, Employee

SHOWN = 30
FIELDS = (
    "name", "phone", "gender", "city", "address", "company", "occupation", "education", "income_band",
    "spending_band", "budget", "source_id", "store_id", "owner_id", "known_since", "note", "archived_at",
)  # fmt: skip
HIDDEN = "•••"
# Rows that only say how she stood when somebody began to edit.
BEFORE = "before"


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Edit:
    at: datetime
    by: str
    created: bool
    changes: list[Change]


class Edits:
    """The newest edits of one person, in a constant number of queries. `revealed` as on her page."""

    def __init__(self, customer: Customer, viewer: Any, *, revealed: bool = False) -> None:
        self.revealed, self.held_back = revealed, False
        self.sensitive = disclosure.sees_sensitive(viewer)
        rows = customer.history.select_related("history_user").order_by("-history_date", "-history_id")
        self.rows = list(rows[: SHOWN + 1])
        self.own = {field.key: field for field in CustomField.objects.all()}
        self.names = self._names()

    def __iter__(self) -> Any:
        # Whom an import brought has no rows yet.
        for row, older in zip(self.rows, [*self.rows[1:], None][: len(self.rows)], strict=True):
            if older is None and len(self.rows) > SHOWN:
                return
            if row.history_change_reason == BEFORE:
                continue
            changes = [] if older is None else self._changes(older, row)
            if changes or row.history_type == "+":
                by = row.history_user.name if row.history_user else ""
                yield Edit(row.history_date, by, row.history_type == "+", changes)

    def _names(self) -> dict[str, dict[int, str]]:
        def wanted(name: str) -> set[int]:
            return {value for row in self.rows if (value := getattr(row, name)) is not None}

        return {
            "source_id": dict(Channel.objects.filter(pk__in=wanted("source_id")).values_list("pk", "name")),
            "store_id": dict(Department.objects.filter(pk__in=wanted("store_id")).values_list("pk", "name")),
            "owner_id": dict(Employee.objects.filter(pk__in=wanted("owner_id")).values_list("pk", "name")),
        }

    def _changes(self, older: Any, newer: Any) -> list[Change]:
        changes = []
        for name in FIELDS:
            before, after = getattr(older, name), getattr(newer, name)
            if before != after:
                label = str(Customer._meta.get_field(name.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]
                changes.append(Change(label, self._show(name, before), self._show(name, after)))
        if _birthday(older) != _birthday(newer):
            changes.append(Change(_("birthday"), _birthday(older), _birthday(newer)))
        changes += self._own_changes(older.custom, newer.custom)
        if older.legacy != newer.legacy:
            changes.append(Change(_("columns kept from sheets"), "", ""))
        return changes

    def _own_changes(self, older: dict[str, Any], newer: dict[str, Any]) -> list[Change]:
        changes = []
        for key in sorted(older.keys() | newer.keys()):
            before, after = older.get(key), newer.get(key)
            if before == after:
                continue
            field = self.own.get(key)
            if field is not None and field.sensitive and not self.sensitive:
                changes.append(Change(field.label, HIDDEN, HIDDEN))
            else:
                label = field.label if field else key
                changes.append(Change(label, self._text(before), self._text(after)))
        return changes

    def _show(self, name: str, value: Any) -> str:
        if name in self.names:
            return self.names[name].get(value, "")
        if name in sensitive.FIELDS and value and not self.sensitive:
            return HIDDEN
        if name == "phone":
            return phones.mask(value)
        if name == "gender":
            return str(dict(Customer._meta.get_field("gender").flatchoices).get(value, "")) if value else ""
        if name == "archived_at":
            return _("yes") if value else _("no")
        return self._text(value)

    def _text(self, value: Any) -> str:
        text = "" if value is None else str(value)
        shown = disclosure.text_for(self.revealed, text)
        self.held_back |= shown != text
        return shown


def _birthday(row: Any) -> str:
    return str(Customer(birth_year=row.birth_year, birth_md=row.birth_md, birth_lunar=row.birth_lunar).birthday or "")
