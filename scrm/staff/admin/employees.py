"""Accounts, for the owner: add by name, phone, role and store; hand over a link; unlock; deactivate."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from scrm.kit import phones
from scrm.kit.admin import HistoryAdmin, HouseAdmin
from scrm.staff import leaving
from scrm.staff.admin import doors
from scrm.staff.admin.choosing import ChoosableMixin
from scrm.staff.admin.forms import EmployeeForm
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from scrm.staff.queries import colleagues, locks
from scrm.staff.services import employees
from scrm.staff.services.locks import unlock

NEED_A_STORE = {Role.EMPLOYEE, Role.MANAGER}


@admin.register(Employee)
class EmployeeAdmin(ChoosableMixin, HistoryAdmin, HouseAdmin):
    form = EmployeeForm
    list_display = ["person", "role", "department", "state", "last_login"]
    list_display_links = ["person"]
    list_filter = ["is_active", "role", "department"]
    list_select_related = ["department"]
    ordering = ["-is_active", "id"]
    search_fields = ["name"]
    search_help_text = _("Name or phone number")
    add_fieldsets = [(None, {"fields": ["name", "phone", "role", "department"]})]
    fieldsets = [
        (None, {"fields": ["name", "phone", "role", "department", "scope", "joined_on"]}),
        (_("Account"), {"fields": ["standing", "last_login", "left_on"]}),
    ]
    readonly_fields = ["standing", "last_login", "left_on"]
    autocomplete_fields = ["department"]
    change_form_before_template = "admin/staff/held.html"
    actions = ["unlock_selected"]
    actions_detail = ["hand_over_link", "unlock_one", "deactivate", "reactivate"]

    # --- who sees what

    def choosable(self, request: HttpRequest) -> QuerySet[Employee]:
        return colleagues.choosable_by(request.user)  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return locks.with_lock(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By name; in the list also by phone number, which a drop-down would give away digit by digit."""
        wanted = Q(name__icontains=search_term)
        digits = phones.normalise(search_term) or phones.squeeze(search_term)
        if digits.isdigit() and not self.is_drop_down(request):
            wanted |= Q(phone__startswith=digits)
        return queryset.filter(wanted), False

    # --- columns

    @display(description=_("employee"), ordering="name", header=True)
    def person(self, employee: Employee) -> list[str]:
        return [employee.name, employee.phone, employee.name[:1]]

    @display(
        description=_("account"),
        label={"active": "success", "new": "info", "locked": "danger", "left": "default"},
    )
    def state(self, employee: Any) -> tuple[str, str]:
        if not employee.is_active:
            return "left", gettext("left")
        if getattr(employee, "locked", False):
            return "locked", gettext("locked")
        if not employee.has_usable_password():
            return "new", gettext("has no password yet")
        return "active", gettext("works here")

    @display(description=_("account"))
    def standing(self, employee: Employee) -> str:
        return self.state(employee)[1]

    # --- writing

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """One way to save: adding ends at the login link, whichever button was pressed."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": object_id is not None}
        employee = self.get_object(request, object_id) if object_id else None
        held = {"held": leaving.held(request.user, employee) if employee is not None else []}
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | buttons | held)

    def save_model(self, request: HttpRequest, obj: Employee, form: Any, change: bool) -> None:
        obj._history_user = request.user  # type: ignore[attr-defined]
        data = form.cleaned_data
        if data.get("role") in NEED_A_STORE and "department" in data and data["department"] is None:
            said = _("%(name)s has no store yet: choose one here, else her new customers belong to no store.")
            messages.warning(request, said % {"name": data["name"]})
        if change:
            values = {field: form.cleaned_data[field] for field in form.changed_data}
            employees.change_employee(obj, by=request.user, **values)  # type: ignore[arg-type]
            return
        added = employees.add_employee(
            name=data["name"],
            phone=data["phone"],
            role=data["role"],
            department=data["department"],
            by=request.user,  # type: ignore[arg-type]
        )
        obj.pk, obj._state.adding = added.pk, False
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Employee, post_url_continue: Any = None
    ) -> HttpResponse:
        """Straight to the login link: without it the new account is of no use."""
        return doors.show_link(self, request, obj)

    # --- doors on one employee: a GET asks, a POST does

    @action(
        description=_("Login link"),
        url_path="login-link",
        icon="key",
        permissions=["login_link"],
        variant=ActionVariant.PRIMARY,
    )
    def hand_over_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return doors.login_link(self, request, object_id)

    @action(description=_("Unlock"), url_path="unlock", icon="lock_open", permissions=["unlock"])
    def unlock_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return doors.unlock(self, request, object_id)

    @action(description=_("Deactivate"), url_path="deactivate", icon="person_off", permissions=["deactivate"])
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return doors.deactivate(self, request, object_id)

    @action(description=_("Reactivate"), url_path="reactivate", icon="person_add", permissions=["reactivate"])
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return doors.reactivate(self, request, object_id)

    @admin.action(description=_("Unlock the selected people"), permissions=["change"])
    def unlock_selected(self, request: HttpRequest, queryset: QuerySet[Employee]) -> None:
        freed = unlock(list(queryset), by=request.user)  # type: ignore[arg-type]
        messages.success(
            request,
            ngettext("%(count)d person unlocked.", "%(count)d people unlocked.", freed) % {"count": freed},
        )

    def _standing(self, request: HttpRequest, object_id: Any) -> Any:
        if not self.has_change_permission(request):
            return None
        return self.get_object(request, str(object_id)) if object_id else None

    def has_login_link_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        employee = self._standing(request, object_id)
        return employee is not None and employee.is_active

    def has_unlock_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        employee = self._standing(request, object_id)
        return employee is not None and employee.locked

    def has_deactivate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        employee = self._standing(request, object_id)
        return employee is not None and employee.is_active and employee.pk != request.user.pk

    def has_reactivate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        employee = self._standing(request, object_id)
        return employee is not None and not employee.is_active
