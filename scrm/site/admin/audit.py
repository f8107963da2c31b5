"""The audit log: who did what, when, to how many."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import display

from customers.models import Customer
from customers.queries import looks, people
from customers.services.owning import handing_over
from scrm.kit import acts
from scrm.kit.admin import BigTableAdmin, HouseList, ReadOnlyAdmin
from scrm.kit.models import AuditEntry
from scrm.site.admin import audit_words
from scrm.staff.choices import Role
from scrm.staff.models import Employee

FOUND = 200


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
        refers = audit_words.things(self.result_list, request.user)
        for entry in self.result_list:
            entry.refers = refers


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ["when", "who", "act", "thing", "quantity", "told"]
    list_display_links = None
    list_select_related = ["actor"]
    list_filter = [ActFilter, ("actor", RelatedDropdownFilter), ("at", RangeDateFilter)]
    list_filter_submit = True
    # Only switches the search box on; get_search_results does the work.
    search_fields = ["action"]
    search_help_text = _("Name of a customer or colleague, or a whole phone number")
    ordering = ["-id"]
    fields = ["when", "who", "act", "thing", "quantity", "told"]
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[HouseList]:
        return NamedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        hidden = unread_by(request.user)
        return rows.exclude(action__in=hidden) if hidden else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is None:
            return None
        entry.refers = audit_words.things([entry], request.user)
        if entry.object_type:
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
        return format_html('<a class="scrm-link" href="{}">{}</a>', url, text)

    @display(description=_("how many"), ordering="count")
    def quantity(self, entry: AuditEntry) -> str | SafeString:
        """Of a hand-over all that it moved: customers, tasks, appointments; it leads to who got what."""
        if entry.action != handing_over.DONE:
            return f"{entry.count:,}"
        return format_html('<a class="scrm-link" href="{}">{}</a>', reverse("admin:customers_handover_done", args=[entry.pk]), audit_words.moved(entry))

    @display(description=_("detail"), empty_value="–")
    def told(self, entry: AuditEntry) -> SafeString | None:
        return audit_words.told(entry, getattr(entry, "refers", {}))


def _may_open(request: HttpRequest, kind: str) -> bool:
    """By its admin, since some ask more, or less, than the permission to view."""
    mine = admin.site._registry.get(apps.get_model(kind))
    return mine is not None and mine.has_view_permission(request)


def _on(model: type[Model], ids: list[int]) -> Q:
    return Q(object_type=model._meta.label_lower, object_id__in=[str(pk) for pk in ids])
