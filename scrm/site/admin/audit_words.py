"""What the detail of a line in the audit log says: words for its keys and codes, and for an id the thing it stands for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.choices import HoldReason, Verdict
from campaigns.resources.costs import CostResource
from customers.choices import FieldKind, ImportKind, Medium, NameKind, Purpose, Score
from customers.models import Appointment, Customer, Feedback
from customers.resources.channels import ChannelResource
from customers.resources.products import ProductResource
from customers.resources.tags import TagResource
from scrm.kit import money
from scrm.kit.models import AuditEntry
from scrm.staff import leaving
from scrm.staff.choices import Role

SMALL = (TagResource, ProductResource, ChannelResource, CostResource)
Things = Mapping[tuple[str, int], SafeString | str]

# Words for the keys of `detail`. A test holds that every key that is written anywhere has one.
WORDS = {
    "before": _("before"),
    "after": _("after"),
    "role": _("role"),
    "rows": _("rows"),
    "created": _("new"),
    "updated": _("updated"),
    "unchanged": _("unchanged"),
    "merged": _("joined within the sheet"),
    "rejected": _("failed"),
    "skipped": _("skipped"),
    "warnings": _("with remarks"),
    "conflicts": _("other name"),
    "removed": _("removed"),
    "restored": _("put back as before"),
    "archived": _("archived"),
    "kept": _("kept"),
    "lines": _("lines booked"),
    "no_customer": _("without a customer"),
    "returns": _("returns"),
    "free": _("nothing paid"),
    "orders_created": _("new orders"),
    "orders_updated": _("orders changed"),
    "orders_unchanged": _("orders as they were"),
    "orders_removed": _("orders removed"),
    "orders_restored": _("orders put back"),
    "orders_kept": _("orders kept"),
    "customers_created": _("new customers"),
    "net_fen": _("net amount"),
    "amount_fen": _("amount"),
    "paid_fen": _("amount paid"),
    "file": _("file"),
    "kind": _("kind"),
    "sensitive": _("sensitive"),
    "fields": _("fields"),
    "broken_off": _("broken off"),
    "to": _("to"),
    "tasks": _("open tasks"),
    "appointments": _("appointments"),
    "appointment": _("appointment"),
    "feedback": _("feedback"),
    "folded": _("joined from"),
    "other": _("the other customer"),
    "purposes": _("for"),
    "medium": _("medium"),
    "records": _("records"),
    "entries_removed": _("removed"),
    "entries_restored": _("put back as before"),
    "entries_kept": _("kept"),
    "what": _("contents"),
    "coupon": _("coupon"),
    "format": _("format"),
    "verdict": _("verdict"),
    "version": _("version"),
    "wrong": _("wrong"),
    "month": _("month"),
    "reason": _("reason"),
}
# Words for codes, by the key they stand under: "owner" is a role in one, a name to match in another.
CODES: dict[str, dict[str, Any]] = {
    "before": dict(Role.choices),
    "after": dict(Role.choices),
    "role": dict(Role.choices),
    "purposes": dict(Purpose.choices),
    "medium": dict(Medium.choices),
    "verdict": dict(Verdict.choices),
    "reason": dict(HoldReason.choices),
    "what": {**dict(ImportKind.choices), **{one.noun: one.label for one in SMALL}},
    "kind": {**dict(FieldKind.choices), **dict(NameKind.choices), **dict(ImportKind.choices)},
}


def told(entry: AuditEntry, refers: Things) -> SafeString | None:
    """A line for each key; None where there is nothing to tell. `refers` is what `things` found."""
    # PostgreSQL keeps keys in an order of its own. What begins with "_" is for the page that tells of the act.
    order = [key for key in (*WORDS, *sorted(entry.detail.keys() - WORDS.keys())) if not key.startswith("_")]
    lines = [(WORDS.get(key, key), _shown(entry, key, refers)) for key in order if key in entry.detail]
    return format_html_join("", "<p>{}: {}</p>", lines) if lines else None


def moved(entry: AuditEntry) -> str:
    """What a hand-over gave away: "126 customers, 3 appointments"; nothing is left out but what is none."""
    tasks, appointments = entry.detail.get("tasks", 0), entry.detail.get("appointments", 0)
    parts = [
        (entry.count, ngettext("%(counter)s customer", "%(counter)s customers", entry.count)),
        (tasks, ngettext("%(counter)s open task", "%(counter)s open tasks", tasks)),
        (appointments, ngettext("%(counter)s appointment", "%(counter)s appointments", appointments)),
    ]
    said = [words % {"counter": f"{n:,}"} for n, words in parts if n]
    return gettext(", ").join([*said, *leaving.words_of(entry.detail.get("_others", {}))]) or "0"


def things(entries: Iterable[AuditEntry], viewer: Any) -> Things:
    """{(key, id): its name, a link where it has a page}, of what the viewer may see: one query for each kind."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for key in THINGS.keys() & entry.detail.keys():
            wanted.setdefault(key, set()).add(entry.detail[key])
    ids_of: dict[Callable[..., dict[int, SafeString]], set[int]] = {}
    for key, ids in wanted.items():
        ids_of.setdefault(THINGS[key], set()).update(ids)
    found = {find: find(ids, viewer) for find, ids in ids_of.items()}
    return {(key, pk): thing for key in wanted for pk, thing in found[THINGS[key]].items()}


def _customers(ids: set[int], viewer: Any) -> dict[int, SafeString]:
    rows = Customer.everyone.filter(pk__in=ids).visible_to(viewer)
    return {
        row.pk: _link(reverse("admin:customers_customer_change", args=[row.pk]), row, row.masked_phone if row.name else "")
        if row.erased_at is None
        else format_html("{}", gettext("erased"))
        for row in rows
    }


def _appointments(ids: set[int], viewer: Any) -> dict[int, SafeString]:
    rows = Appointment.objects.filter(pk__in=ids).visible_to(viewer).select_related("service")
    day = reverse("admin:customers_appointment_changelist")
    found = {}
    for row in rows:
        at = localtime(row.starts_at)
        found[row.pk] = _link(f"{day}?day={at:%Y-%m-%d}#appointment-{row.pk}", f"{at:%Y-%m-%d %H:%M}", row.service or "")
    return found


def _feedback(ids: set[int], viewer: Any) -> dict[int, SafeString]:
    rows = Feedback.objects.filter(pk__in=ids).visible_to(viewer).select_related("touchpoint")
    return {
        row.pk: _link(
            reverse("admin:customers_feedback_change", args=[row.pk]), Score(row.score).label, row.touchpoint or ""
        )
        for row in rows
    }


def _link(url: str, *words: Any) -> SafeString:
    return format_html('<a class="scrm-link" href="{}">{}</a>', url, " ".join(str(word) for word in words if str(word)))


# Keys under which an id stands.
THINGS = {"folded": _customers, "other": _customers, "appointment": _appointments, "feedback": _feedback}


def _shown(entry: AuditEntry, key: str, refers: Things) -> str:
    value = entry.detail[key]
    return refers.get((key, value), f"#{value}") if key in THINGS else _said(entry, key, value)


def _said(entry: AuditEntry, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if key.endswith("_fen") and isinstance(value, int):
        return money.show(value)
    if isinstance(value, list):
        return gettext(", ").join(_said(entry, key, part) for part in value)
    if key == "fields" and entry.object_type:
        names = {field.name: field for field in apps.get_model(entry.object_type)._meta.fields}
        return str(names[value].verbose_name) if value in names else str(value)
    return str(CODES.get(key, {}).get(value, value))
