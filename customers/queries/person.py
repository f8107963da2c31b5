"""One person, as one viewer may read her: numbers and sensitive fields masked here, once, for every page."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from customers import sensitive
from customers.birthdays import Birthday
from customers.choices import BatchState, FieldKind, IdentityKind, ImportKind
from customers.models import Customer, CustomerTag, CustomField, Identity, ImportRow, Opening
from customers.naming import fold_name
from customers.queries import disclosure, reachability
from scrm.kit import clock, money, phones

HIDDEN = "•••"
ROWS_SHOWN = 50
DETAILS = (
    "gender", "birthday", "city", "address", "company", "occupation", "education", "income_band",
    "spending_band", "budget", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    label: str
    value: str
    hidden: bool = False


@dataclass(frozen=True)
class Known:
    """An identity: what kind, which value, and where it came from."""

    pk: int
    label: str
    value: str
    verified: bool
    main: bool
    by_hand: bool
    batch: Any
    first_seen: datetime


@dataclass(frozen=True)
class OtherName:
    name: str
    batch: int


class Reader:
    """What `viewer` may read of `customer`. Each method is one query, or none.

    `revealed`: her numbers were asked for, and the asking is recorded. Until then numbers inside texts are masked for
    everybody, like her phone; `held_back` tells whether there were any in what was read so far."""

    def __init__(self, customer: Customer, viewer: Any, *, revealed: bool = False) -> None:
        self.customer, self.viewer, self.revealed = customer, viewer, revealed
        self.sensitive = disclosure.sees_sensitive(viewer)
        self.held_back = bool(customer.phone) and not revealed

    @cached_property
    def reach(self) -> reachability.Reach:
        """What may be sent to her: asked once for all parts of a page, in three queries."""
        return reachability.of_one(self.customer)

    def text(self, value: Any) -> str:
        text = str(value)
        shown = disclosure.text_for(self.revealed, text)
        self.held_back |= shown != text
        return shown

    @property
    def name(self) -> str:
        return self.text(self.customer.name) or _("(no name)")

    @property
    def phone(self) -> str:
        """Masked for everybody until it was asked for."""
        return disclosure.phone_for(self.revealed, self.customer.phone)

    def who(self) -> str:
        """One line of what is known: "32 years old · 女 · 杭州 · 小学老师"."""
        person = self.customer
        years = age(person.birthday, clock.today())
        parts = [
            _("%(age)s years old") % {"age": years} if years is not None else "",
            str(person.get_gender_display()) if person.gender else "",
            self.text(person.city),
            self.text(person.occupation),
        ]
        return " · ".join(part for part in parts if part)

    def details(self) -> list[Line]:
        """The known ones of the plain fields, in the order of the form; sensitive ones as dots without the right."""
        lines = []
        for name in DETAILS:
            value = getattr(self.customer, name)
            if value in (None, ""):
                continue
            if name == "birthday":
                label = _("birthday")
            else:
                label = str(Customer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            hidden = name in sensitive.FIELDS and not self.sensitive
            shown = self.customer.get_gender_display() if name == "gender" else self.text(value)
            lines.append(Line(label, HIDDEN if hidden else str(shown), hidden))
        return lines

    def own_fields(self) -> list[Line]:
        """Values of the shop's own fields; sensitive ones as dots without the right."""
        lines = []
        for field in CustomField.objects.filter(is_active=True):
            value = self.customer.custom.get(field.key)
            if value is None:
                continue
            hidden = field.sensitive and not self.sensitive
            lines.append(Line(field.label, HIDDEN if hidden else self.text(show(field, value)), hidden))
        return lines

    def legacy(self) -> list[Line]:
        """Columns of sheets that no field took, as they stood; of health, money and children as dots without the right."""
        lines = []
        for column, value in self.customer.legacy.items():
            hidden = sensitive.is_hinted(column) and not self.sensitive
            lines.append(Line(self.text(column), HIDDEN if hidden else self.text(value), hidden))
        return lines

    def told_in_confidence(self) -> list[str]:
        """What of her is sensitive, by its label, never its value: own fields, plain ones, and that she is a child."""
        kept = CustomField.objects.filter(sensitive=True, is_active=True)
        found = [own.label for own in kept if self.customer.custom.get(own.key) not in (None, "")]
        for name in sorted(sensitive.FIELDS):
            if getattr(self.customer, name):
                found.append(str(Customer._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
        years = age(self.customer.birthday, clock.today())
        if years is not None and years < sensitive.CHILD:
            found.append(_("under 14"))
        return found

    def source(self) -> str:
        """A channel's name comes from a sheet too ("老客介绍 138…")."""
        return self.text(self.customer.source) if self.customer.source else ""

    def tags(self) -> list[CustomerTag]:
        links = self.customer.tag_links.select_related("tag__group", "employee", "batch")
        shown = list(links.order_by("tag__group__position", "tag__group_id", "tag__name"))
        for link in shown:
            link.tag.name = self.text(link.tag.name)
        return self._with_batches(shown)

    def identities(self) -> list[Known]:
        rows = self.customer.identities.exclude(kind=IdentityKind.SHEET_ROW).select_related("batch")
        return [self._known(row) for row in self._with_batches(list(rows))]

    def _known(self, row: Identity) -> Known:
        phone = row.kind == IdentityKind.PHONE
        return Known(
            pk=row.pk,
            label=self.text(row.kind_label),
            value=self._number(row.value) if phone else self.text(row.value),
            verified=row.verified,
            main=phone and row.value == self.customer.phone,
            by_hand=row.source == "person",
            batch=row.batch,
            first_seen=row.first_seen,
        )

    def _number(self, number: str) -> str:
        self.held_back |= not self.revealed
        return disclosure.phone_for(self.revealed, number)

    def openings(self) -> list[Opening]:
        return self._with_batches(list(self.customer.openings.select_related("batch")))

    @cached_property
    def import_rows(self) -> list[ImportRow]:
        """Newest first: which rows of which sheets met her."""
        rows = self.customer.import_rows.filter(batch__kind=ImportKind.CUSTOMERS)
        rows = rows.select_related("batch__created_by").order_by("-batch_id", "number")
        return self._with_batches(list(rows[:ROWS_SHOWN]))

    def other_names(self) -> list[OtherName]:
        """What sheets call her, as long as nobody has said which name is hers; no query beyond `import_rows`."""
        found: dict[str, OtherName] = {}
        for row in self.import_rows:
            name = (row.detail or {}).get("name", "") if row.conflict else ""
            waits = name and "settled" not in (row.detail or {}) and row.batch.state != BatchState.UNDONE
            if waits and fold_name(name) != fold_name(self.customer.name):
                found.setdefault(fold_name(name), OtherName(self.text(name), row.batch_id))
        return list(found.values())

    def _with_batches[Row: Any](self, rows: list[Row]) -> list[Row]:
        for row in rows:
            if row.batch is not None:
                row.batch.shown = self.text(row.batch)
        return rows


def opening_facts(opening: Opening) -> str:
    """"¥3,456.70 · 12 orders · last on 2025-09-30 · 金卡"."""
    parts = [
        money.show(opening.spend_fen),
        "" if opening.orders is None else _("%(count)s orders") % {"count": opening.orders},
        _("last on %(day)s") % {"day": opening.last_order_on.isoformat()} if opening.last_order_on else "",
        opening.level,
    ]
    return " · ".join(part for part in parts if part)


def show(field: CustomField, value: Any) -> str:
    if field.kind == FieldKind.BOOLEAN:
        return _("yes") if value else _("no")
    if isinstance(value, int | float) and not isinstance(value, bool) and not phones.is_plain(str(value)):
        return f"{value:,}"
    return str(value)


def age(birthday: Birthday | None, today: date) -> int | None:
    """Whole years; a lunar birthday counts as its solar twin a month later, which is right but for some weeks."""
    if birthday is None or birthday.year is None:
        return None
    month, day = birthday.month, birthday.day
    years = today.year - birthday.year
    if birthday.lunar:
        month = month + 1
    return max(years - ((today.month, today.day) < (month, day)), 0)
