"""Touchpoints: where in the journey a feeling belongs. Set once, like channels."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.models import Touchpoint
from scrm.kit.admin import RecordedAdmin


@admin.register(Touchpoint)
class TouchpointAdmin(RecordedAdmin):
    list_display = ("name", "stage", "position", "is_active", "changed_on", "change")
    list_filter = ("stage", "is_active")
    list_filter_submit = True
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "stage", "position", "is_active")}),
        (
            _("What was improved"),
            {
                "fields": ("changed_on", "change"),
                "description": _("The feelings before and after this day are compared, so that you see whether it helped."),
            },
        ),
    )
