from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scrm.kit.admin import HistoryAdmin, HouseAdmin
from scrm.staff.admin.choosing import ChoosableMixin
from scrm.staff.models import Department
from scrm.staff.queries import colleagues


@admin.register(Department)
class DepartmentAdmin(ChoosableMixin, HistoryAdmin, HouseAdmin):
    list_display = ["place", "kind", "people", "in_use"]
    list_display_links = ["place"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name"]
    ordering = ["path", "id"]
    fields = ["name", "kind", "parent", "is_active"]
    autocomplete_fields = ["parent"]

    def choosable(self, request: HttpRequest) -> QuerySet[Department]:
        return colleagues.stores_choosable_by(request.user)  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.is_drop_down(request):
            return rows
        return rows.annotate(staff=Count("employees", filter=Q(employees__is_active=True)))

    @display(description=_("name"), ordering="path")
    def place(self, department: Department) -> str:
        """Indented by its depth in the tree."""
        depth = max(department.path.count("/") - 2, 0)
        return format_html('<span style="padding-left: {}rem">{}</span>', depth * 1.25, department.name)

    @display(description=_("people"), ordering="staff")
    def people(self, department: Any) -> int:
        return int(department.staff)

    @display(description=_("in use"), boolean=True, ordering="is_active")
    def in_use(self, department: Department) -> bool:
        return department.is_active
