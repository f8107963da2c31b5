"""The audit log: who did what, when, to how many."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from customers.choices import FieldKind, NameKind
from scrm.kit import acts
from scrm.kit.admin import BigTableAdmin, ReadOnlyAdmin
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role

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
    "archived": _("archived"),
    "kept": _("kept"),
    "kind": _("kind"),
    "sensitive": _("sensitive"),
    "fields": _("fields"),
    "broken_off": _("broken off"),
}
# Words for codes, by the key they stand under: "owner" is a role in one, a name to match in another.
CODES: dict[str, dict[str, Any]] = {
    "before": dict(Role.choices),
    "after": dict(Role.choices),
    "role": dict(Role.choices),
    "kind": {**dict(FieldKind.choices), **dict(NameKind.choices)},
}


class ActFilter(DropdownFilter):
    title, parameter_name = _("act"), "act"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(acts.choices())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class NamedList(ChangeList):
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
        for entry in self.result_list:
            entry.thing_name = names.get((entry.object_type, entry.object_id), "")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ["when", "who", "act", "thing", "count", "told"]
    list_display_links = None
    list_select_related = ["actor"]
    list_filter = [ActFilter, ("actor", RelatedDropdownFilter), ("at", RangeDateFilter)]
    list_filter_submit = True
    ordering = ["-id"]
    fields = ["when", "who", "act", "thing", "count", "told"]
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedList

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
            if key in entry.detail
        )
        return format_html_join("", "<p>{}: {}</p>", lines)


def _said(entry: AuditEntry, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(_said(entry, key, part) for part in value)
    if key == "fields" and entry.object_type:
        names = {field.name: field for field in apps.get_model(entry.object_type)._meta.fields}
        return str(names[value].verbose_name) if value in names else str(value)
    return str(CODES.get(key, {}).get(value, value))
