"""The audit log: who did what, when, to how many."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import display

from customers.choices import FieldKind, ImportKind, Medium, NameKind, Purpose
from customers.models import Customer
from customers.queries import looks, people
from customers.resources.channels import ChannelResource
from customers.resources.products import ProductResource
from customers.resources.tags import TagResource
from scrm.kit import acts, money
from scrm.kit.admin import BigTableAdmin, HouseList, ReadOnlyAdmin
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee

FOUND = 200
SMALL = (TagResource, ProductResource, ChannelResource)

# Words for the keys of `detail`; others are shown as they are.
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
    "file": _("file"),
    "kind": _("kind"),
    "sensitive": _("sensitive"),
    "fields": _("fields"),
    "broken_off": _("broken off"),
    "to": _("to"),
    "tasks": _("open tasks"),
    "appointments": _("appointments"),
    "appointment": _("appointment"),
    "purposes": _("for"),
    "medium": _("medium"),
    "records": _("records"),
    "entries_removed": _("removed"),
    "entries_restored": _("put back as before"),
    "entries_kept": _("kept"),
    "what": _("contents"),
    "format": _("format"),
}
# Words for codes, by the key they stand under: "owner" is a role in one, a name to match in another.
CODES: dict[str, dict[str, Any]] = {
    "before": dict(Role.choices),
    "after": dict(Role.choices),
    "role": dict(Role.choices),
    "purposes": dict(Purpose.choices),
    "medium": dict(Medium.choices),
    "what": {**dict(ImportKind.choices), **{one.noun: one.label for one in SMALL}},
    "kind": {**dict(FieldKind.choices), **dict(NameKind.choices), **dict(ImportKind.choices)},
}


def unread_by(viewer: Any) -> frozenset[str]:
    """Acts whose lines are the owner's alone: an operator looks at most numbers herself, so it is not her who watches."""
    return frozenset() if viewer.role == Role.OWNER else frozenset((looks.SHOWN, looks.REFUSED))


class ActFilter(DropdownFilter):
    title, parameter_name = _("act"), "act"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        hidden = unread_by(request.user)
        return [(name, label) for name, label in acts.choices() if name not in hidden]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class NamedList(HouseList):
    """Puts the name of the thing on each row: one query for each kind of thing on the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        wanted: dict[str, set[int]] = {}
        for entry in self.result_list:
            if entry.object_type and entry.object_id.isdigit():
                wanted.setdefault(entry.object_type, set()).add(int(entry.object_id))
        names = {
            (kind, str(pk)): str(thing)
            for kind, ids in wanted.items()
            for pk, thing in apps.get_model(kind)._base_manager.in_bulk(ids).items()
        }
        open_to = {kind for kind in wanted if _may_open(request, kind)}
        for entry in self.result_list:
            entry.thing_name = names.get((entry.object_type, entry.object_id), "")
            entry.may_open = entry.object_type in open_to


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ["when", "who", "act", "thing", "count", "told"]
    list_display_links = None
    list_select_related = ["actor"]
    list_filter = [ActFilter, ("actor", RelatedDropdownFilter), ("at", RangeDateFilter)]
    list_filter_submit = True
    # Only switches the search box on; get_search_results does the work.
    search_fields = ["action"]
    search_help_text = _("Name of a customer or colleague, or a whole phone number")
    ordering = ["-id"]
    fields = ["when", "who", "act", "thing", "count", "told"]
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[HouseList]:
        return NamedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        hidden = unread_by(request.user)
        return rows.exclude(action__in=hidden) if hidden else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None and entry.object_type:
            entry.may_open = _may_open(request, entry.object_type)
        return entry

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What colleagues of this name did, and what was done to them or to customers so called: the newest FOUND
        of each, so that a common name costs no walk through the log."""
        if not search_term.strip():
            return queryset, False
        word = search_term.strip()
        colleagues = Employee.objects.filter(Q(name__icontains=word) | Q(phone=word)).order_by("-pk")
        staff = list(colleagues.values_list("pk", flat=True)[:FOUND])
        customers = people.matching(Customer.everyone.visible_to(request.user), request.user, search_term)
        found = customers.order_by("-pk").values_list("pk", flat=True)[:FOUND]
        wanted = Q(actor__in=staff) | _on(Employee, staff) | _on(Customer, list(found))
        return queryset.filter(wanted), False

    @display(description=_("when"), ordering="id")
    def when(self, entry: AuditEntry) -> str:
        return timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")

    @display(description=_("by"))
    def who(self, entry: AuditEntry) -> str:
        """A command or a job has no name."""
        return str(entry.actor or pgettext("app", "System"))

    @display(description=_("act"))
    def act(self, entry: AuditEntry) -> str:
        return acts.label(entry.action)

    @display(description=_("what"), empty_value="")
    def thing(self, entry: Any) -> SafeString | str:
        """Its kind and name; a link where the thing has a page."""
        if not entry.object_type:
            return ""
        model = apps.get_model(entry.object_type)
        name = getattr(entry, "thing_name", "") or f"#{entry.object_id}"
        text = f"{model._meta.verbose_name} {name}"
        if not getattr(entry, "may_open", False):
            return text
        try:
            url = reverse(f"admin:{entry.object_type.replace('.', '_')}_change", args=[entry.object_id])
        except NoReverseMatch:
            return text
        return format_html('<a href="{}">{}</a>', url, text)

    @display(description=_("detail"), empty_value="–")
    def told(self, entry: AuditEntry) -> SafeString | None:
        if not entry.detail:
            return None
        order = [
            *WORDS,
            *sorted(entry.detail.keys() - WORDS.keys()),
        ]  # PostgreSQL keeps keys in an order of its own
        lines = (
            (WORDS.get(key, key), _said(entry, key, entry.detail[key]))
            for key in order
            # What begins with "_" is for the page that tells of the act.
            if key in entry.detail and not key.startswith("_")
        )
        return format_html_join("", "<p>{}: {}</p>", lines)


def _may_open(request: HttpRequest, kind: str) -> bool:
    """By its admin, since some ask more, or less, than the permission to view."""
    mine = admin.site._registry.get(apps.get_model(kind))
    return mine is not None and mine.has_view_permission(request)


def _on(model: type[Model], ids: list[int]) -> Q:
    return Q(object_type=model._meta.label_lower, object_id__in=[str(pk) for pk in ids])


def _said(entry: AuditEntry, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if key.endswith("_fen") and isinstance(value, int):
        return money.show(value)
    if isinstance(value, list):
        return ", ".join(_said(entry, key, part) for part in value)
    if key == "fields" and entry.object_type:
        names = {field.name: field for field in apps.get_model(entry.object_type)._meta.fields}
        return str(names[value].verbose_name) if value in names else str(value)
    return str(CODES.get(key, {}).get(value, value))
