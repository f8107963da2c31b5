"""人设: who speaks, and how."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from campaigns.models import Persona
from scrm.kit.admin import RecordedAdmin
from scrm.staff.choices import Role
from scrm.staff.models import Employee


@admin.register(Persona)
class PersonaAdmin(RecordedAdmin):
    list_display = ("name", "tone", "avoid", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    fields = ("name", "tone", "avoid", "portrait", "speakers", "is_active")
    list_before_template = "campaigns/posters/tabs.html"
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/posters.css"]}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A shop's people are few enough to be ticked."""
        kwargs["queryset"] = Employee.objects.filter(is_active=True).exclude(role=Role.AGENCY).order_by("name", "id")
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.help_text = _("Nobody ticked: everybody may speak as it.")
        return field
