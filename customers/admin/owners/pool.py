"""待分配(公海): people nobody looks after. A second list of customers, wider than what one sees elsewhere and masked, so
it has an admin of its own that is not registered: drop-downs and links to customers never come through it."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.admin import filters
from customers.admin.owners import bulk
from customers.admin.owners.pool_list import PoolColumns, PoolList
from customers.models import Customer
from customers.queries import colleagues, owners, people
from customers.services import owning
from customers.services.owning import acts
from scrm.kit.admin import PAGE, BigTableAdmin
from scrm.kit.errors import Refused
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Department

ADDRESS = "admin:customers_pool"


class PoolStoreFilter(filters.StoreFilter):
    """The stores of the pool, which for a consultant is her own; nobody's is a choice too."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("0", gettext("without a store")), *super().lookups(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(store=None) if self.value() == "0" else super().queryset(request, queryset)

    def options(self, request: HttpRequest) -> Any:
        viewer: Any = request.user
        if viewer.row_scope != Scope.SELF:
            return colleagues.stores_of(viewer)
        return Department.objects.filter(pk=viewer.department_id)


class PoolAdmin(PoolColumns, BigTableAdmin):
    list_display = ("shown_name", "shown_phone", "shown_store", "shown_source", "shown_batch", "since")
    list_display_links = None
    list_select_related = ("store", "source", "imported_in")
    list_filter = (PoolStoreFilter, filters.ChannelFilter, filters.BatchFilter)
    list_filter_submit = True
    list_before_template = "customers/owners/pool_before.html"
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("name_key",)
    search_help_text = _("Name, phone number or its last four digits, card number")
    empty_value_display = ""
    actions = ("claim", "share_out", "assign")

    class Media:
        css = {"all": ["customers/people.css", "customers/owners.css"]}

    # --- who sees what

    def get_queryset(self, request: HttpRequest) -> Any:
        return owners.pool_of(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return owners.may_see_pool(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return owners.may_see_pool(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_claim_permission(self, request: HttpRequest) -> bool:
        """Head office gives; it takes nobody for itself from here."""
        viewer: Any = request.user
        return owners.may_claim(viewer) and viewer.role in {Role.EMPLOYEE, Role.MANAGER}

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return colleagues.may_assign(request.user)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Which sheet they came by helps who shares them out."""
        shown = super().get_list_display(request)
        return [name for name in shown if name != "shown_batch" or colleagues.may_assign(request.user)]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PoolList]:
        return PoolList

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Not where names are masked: a search would spell them out."""
        return () if owners.names_only_masked(request.user) else super().get_search_fields(request)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not self.get_search_fields(request):
            return queryset, False
        return people.matching(queryset, request.user, search_term), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == PAGE or lookup in {shown.parameter_name for shown in self.list_filter}

    def _named(self, request: HttpRequest) -> dict[str, Any]:
        return {"title": gettext("Pool: to be assigned")}

    # --- what one does

    @admin.action(description=_("Take them: I look after them"), permissions=["claim"])
    def claim(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """By the ids as they were ticked: who is gone from the list meanwhile is told by name."""
        ticked = [int(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME) if pk.isdecimal() and len(pk) < 19]
        try:
            if request.POST.get("select_across") == "1" or len(ticked) > acts.CLAIM_AT_ONCE:
                claimed = owning.claim(queryset, by=request.user)  # type: ignore[arg-type]
            else:
                claimed = acts.claim_these(ticked, by=request.user)  # type: ignore[arg-type]
        except Refused as no:
            messages.error(request, str(no))
            return None
        count = len(claimed.got)
        said = ngettext("%(count)d customer is yours now.", "%(count)d customers are yours now.", count)
        messages.success(request, said % {"count": count})
        if claimed.lost:
            messages.warning(request, gettext("Somebody was quicker: %(people)s.") % {"people": claimed.said()})
        return None

    @admin.action(description=_("Share out evenly"), permissions=["assign"])
    def share_out(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return bulk.ask_then_do(self, request, queryset, bulk.SHARE)

    @admin.action(description=_("Assign to a colleague"), permissions=["assign"])
    def assign(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return bulk.ask_then_do(self, request, queryset, bulk.ASSIGN_FREE)


def pool(request: HttpRequest) -> HttpResponse:
    if not owners.may_see_pool(request.user):
        raise PermissionDenied
    request.crumb = gettext("Pool: to be assigned")  # type: ignore[attr-defined]
    mine = PoolAdmin(Customer, admin.site)
    if request.method == "POST" and "action" not in request.POST:
        return redirect(ADDRESS)
    return mine.changelist_view(request)
