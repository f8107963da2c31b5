"""The shop's own fields: a name, a kind, choices one a line. The key is nobody's affair but ours."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.choices import FieldKind
from customers.models import CustomField
from customers.queries.own_fields import OFFERED
from customers.services import fields
from scrm.kit.admin import HouseAdmin
from scrm.kit.errors import Refused


class OwnFieldForm(forms.ModelForm):
    lines = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
        help_text=_("Only for the kind “choice”: one a line."),
    )

    class Meta:
        model = CustomField
        fields = ("label", "kind", "sensitive", "position", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["lines"].initial = "\n".join(self.instance.choices)
        if "position" in self.fields:  # whoever may only read gets no fields at all
            self.fields["position"].help_text = _("Small numbers stand first.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind") or self.instance.kind or FieldKind.TEXT
        try:
            cleaned["choices"] = fields.clean_choices(kind, cleaned.get("lines", "").splitlines())
        except Refused as no:
            self.add_error("lines", str(no))
        try:
            if "label" in self.changed_data:
                fields.must_be_free(cleaned.get("label", ""))
        except Refused as no:
            self.add_error("label", str(no))
        return cleaned


@admin.register(CustomField)
class CustomFieldAdmin(HouseAdmin):
    form = OwnFieldForm
    list_display = ("label", "kind", "sensitive", "position", "is_active")
    list_before_template = "customers/fields/hint.html"
    ordering = ("position", "id")
    search_fields = ("label",)
    fields = ("label", "kind", "lines", "sensitive", "position", "is_active")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"offered": OFFERED, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Values already stored would not fit another kind."""
        return ("kind",) if obj is not None and fields.in_use(obj) else ()

    def save_model(self, request: HttpRequest, obj: CustomField, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("label", "sensitive", "position", "is_active")}
        values["choices"] = form.cleaned_data["choices"]
        if change:
            if "kind" in form.cleaned_data:
                values["kind"] = form.cleaned_data["kind"]
            fields.change_field(CustomField.objects.get(pk=obj.pk), by=request.user, **values)
        else:
            made = fields.create_field(kind=obj.kind, by=request.user, **values)
            obj.pk, obj.key = made.pk, made.key
