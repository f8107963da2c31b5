"""活动规则: the shop's own rules for campaigns, one page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from campaigns.admin.campaigns.fields import MoneyField, PercentField
from campaigns.models import Rules
from scrm.kit.admin import RecordedAdmin

LIST = "admin:campaigns_rules_changelist"


class RulesForm(forms.ModelForm):
    month_target_fen = MoneyField(label=_("the month's target (yuan)"), required=False)
    margin_bp = PercentField(
        label=_("usual margin (%)"), help_text=_("Of an order, where its products do not say. Empty: it is not known.")
    )

    class Meta:
        model = Rules
        fields = ("bind_mode", "protected_days", "month_target_fen", "margin_bp", "counter_days", "online_days")


@admin.register(Rules)
class RulesAdmin(RecordedAdmin):
    form = RulesForm
    fieldsets = (
        (_("Who looks after whom"), {"fields": ("bind_mode", "protected_days")}),
        (_("Money"), {"fields": ("month_target_fen", "margin_bp")}),
        (_("Commission"), {"fields": ("counter_days", "online_days")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row, made when it is first looked at: its form stands in the place of the list."""
        if self.has_view_permission(request):
            Rules.objects.bulk_create([Rules(pk=1)], ignore_conflicts=True)
        return self.changeform_view(request, "1")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(LIST)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return redirect(LIST)
