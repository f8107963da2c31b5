"""Two records beside each other: what one has to see to say whether they are one person, and what a merge would do.
Numbers are masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from customers.models import Customer, Opening
from customers.queries import disclosure, purchases
from scrm.kit import money


@dataclass(frozen=True)
class Row:
    """One fact of both; `key` names it for tests and styles."""

    key: str
    label: str
    keep: str
    fold: str

    @property
    def same(self) -> bool:
        return self.keep == self.fold and self.keep not in ("", "0")


@dataclass(frozen=True)
class Total:
    """What somebody has bought, opening figures included."""

    orders: int
    net_fen: int

    def __add__(self, other: "Total") -> "Total":
        return Total(self.orders + other.orders, self.net_fen + other.net_fen)

    @property
    def net(self) -> str:
        return money.show(self.net_fen)


@dataclass(frozen=True)
class Bought:
    figures: purchases.Figures
    openings: list[Opening]

    @property
    def total(self) -> Total:
        return Total(
            self.figures.orders + sum(row.orders or 0 for row in self.openings),
            self.figures.net_fen + sum(row.spend_fen or 0 for row in self.openings),
        )

    @property
    def last(self) -> date | None:
        days = [self.figures.last, *(row.last_order_on for row in self.openings)]
        return max((day for day in days if day), default=None)


def bought(keep: Customer, fold: Customer) -> tuple[Bought, Bought]:
    """Three queries."""
    openings: dict[int, list[Opening]] = {keep.pk: [], fold.pk: []}
    for row in Opening.objects.filter(customer__in=[keep.pk, fold.pk]):
        openings[row.customer_id].append(row)
    one, other = (Bought(purchases.figures(person), openings[person.pk]) for person in (keep, fold))
    return one, other


def facts(keep: Customer, fold: Customer, hers: Bought, theirs: Bought) -> list[Row]:
    """No query, where owner and store were fetched with the people."""
    own, others = _facts_of(keep, hers), _facts_of(fold, theirs)
    labels = {
        "phone": _("Phone"), "birthday": _("Birthday"), "known_since": _field("known_since"), "orders": _("orders"),
        "net": _("Net spend (with opening figures)"), "last_order": _("Last order"), "last_contact": _("last contact"),
        "owner": _field("owner"), "store": _field("store"),
    }  # fmt: skip
    return [Row(key, str(capfirst(label)), own[key], others[key]) for key, label in labels.items()]


def _field(name: str) -> Any:
    return Customer._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _facts_of(person: Customer, what: Bought) -> dict[str, str]:
    since = person.known_since or localtime(person.created_at).date()
    contact = person.last_contact_at
    return {
        "phone": person.masked_phone,
        "birthday": str(person.birthday or ""),
        "known_since": since.isoformat(),
        "orders": f"{what.total.orders:,}",
        "net": what.total.net,
        "last_order": what.last.isoformat() if what.last else "",
        "last_contact": localtime(contact).strftime("%Y-%m-%d %H:%M") if contact else "",
        "owner": person.owner.name if person.owner else "",
        "store": person.store.name if person.store else "",
    }


def together(hers: Bought, theirs: Bought) -> str:
    """Nothing is lost or doubled: "Orders 3 + 2 = 5, net spend ¥8,000.00 + ¥940.00 = ¥8,940.00"."""
    one, other, both = hers.total, theirs.total, hers.total + theirs.total
    orders = f"{one.orders:,} + {other.orders:,} = {both.orders:,}"
    net = f"{one.net} + {other.net} = {both.net}"
    return _("Orders %(orders)s, net spend %(net)s: the same sum before the merge and after it.") % {"orders": orders, "net": net}


def counts(labels: Mapping[str, str | Promise], keep: Mapping[str, int], fold: Mapping[str, int]) -> list[Row]:
    """How many rows of each kind hang on either; kinds of which neither has any are left out."""
    return [
        Row(name, capfirst(str(labels[name])), f"{keep.get(name, 0):,}", f"{fold.get(name, 0):,}")
        for name in labels
        if keep.get(name) or fold.get(name)
    ]


# What becomes of the rows of each kind, by the name of its mover; of one without a sentence it is said in general.
MOVES: dict[str, Any] = {
    "identities": ngettext_lazy(
        "%(count)s number or card leads to %(keep)s then.", "%(count)s numbers and cards lead to %(keep)s then.", "count"
    ),
    "tags": ngettext_lazy(
        "%(count)s tag is put on %(keep)s, where she does not have it yet.",
        "%(count)s tags are put on %(keep)s, as far as she does not have them yet.", "count",
    ),
    "consents": ngettext_lazy(
        "%(count)s consent is kept under %(keep)s.", "%(count)s consents are kept under %(keep)s.", "count"
    ),
    "openings": ngettext_lazy(
        "%(count)s opening figure is added to %(keep)s.", "%(count)s opening figures are added to %(keep)s.", "count"
    ),
    "orders": ngettext_lazy("%(count)s order is moved to %(keep)s.", "%(count)s orders are moved to %(keep)s.", "count"),
    "follow_ups": ngettext_lazy(
        "%(count)s follow-up is moved to %(keep)s.", "%(count)s follow-ups are moved to %(keep)s.", "count"
    ),
    "appointments": ngettext_lazy(
        "%(count)s appointment is moved to %(keep)s.", "%(count)s appointments are moved to %(keep)s.", "count"
    ),
    "tasks": ngettext_lazy("%(count)s task is moved to %(keep)s.", "%(count)s tasks are moved to %(keep)s.", "count"),
    "feedback": ngettext_lazy(
        "%(count)s feeling is moved to %(keep)s.", "%(count)s feelings are moved to %(keep)s.", "count"
    ),
    "relations": ngettext_lazy(
        "%(count)s WeChat contact is moved to %(keep)s, where the colleague does not have her yet.",
        "%(count)s WeChat contacts are moved to %(keep)s, as far as the colleague does not have her yet.", "count",
    ),
}  # fmt: skip
BOTH = ngettext_lazy(
    "%(label)s: %(count)s moved to %(keep)s; %(both)s that both have counts once.",
    "%(label)s: %(count)s moved to %(keep)s; %(both)s that both have count once.", "both",
)  # fmt: skip


def sentences(
    labels: Mapping[str, str | Promise],
    moving: Mapping[str, int],
    keep: Customer,
    doubled: Mapping[str, int] | None = None,
) -> list[tuple[str, int, str]]:
    """(mover, rows that move, what becomes of them) of a plan; the pair itself is among the candidates and moves nowhere,
    nor does what is `doubled`."""
    said = []
    for name, count in moving.items():
        both = (doubled or {}).get(name, 0)
        count -= (name == "candidates") + both
        if count or both:
            general = BOTH if both else _("%(label)s: %(count)s moved to %(keep)s.")
            words = MOVES.get(name, general)
            shown = {"count": count, "both": both, "keep": keep.name_and_tail, "label": capfirst(str(labels[name]))}
            said.append((name, count, str(words % shown)))
    return said


def same_evidence(first: Customer, second: Customer) -> list[str]:
    """"the same name 陈佳怡", "the same birthday 1992-06-18": as both stand now."""
    found = []
    if first.name_key and first.name_key == second.name_key:
        found.append(_("the same name %(name)s") % {"name": disclosure.text_for(False, first.name)})
    if first.birthday is not None and first.birthday == second.birthday:
        found.append(_("the same birthday %(day)s") % {"day": first.birthday})
    return found
