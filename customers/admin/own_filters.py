"""The shop's own fields as filters of the customer list: one fold of the panel, an input or two for each."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin import ListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from customers.admin.person_fields import DayInput
from customers.models import CustomField
from customers.queries import own_fields
from customers.services import fields
from scrm.kit.errors import Refused

PREFIX = "own_"
FROM, TO = "_from", "_to"


class NumberField(forms.CharField):
    """As people write numbers: "3.5万" too."""

    def __init__(self, field: CustomField, *, placeholder: Any) -> None:
        self.field = field
        widget = UnfoldAdminTextInputWidget({"inputmode": "decimal", "placeholder": placeholder})
        super().__init__(required=False, max_length=40, widget=widget)

    def clean(self, value: Any) -> Any:
        try:
            return fields.clean_value(self.field, super().clean(value))
        except Refused as no:
            raise forms.ValidationError(str(no)) from None


class OwnFieldsForm(forms.Form):
    """`parts`: for each field its label and the names of its inputs."""

    def __init__(self, data: Any, *, offered: list[CustomField]) -> None:
        super().__init__(data)
        self.offered = offered
        for field in offered:
            self.fields |= _inputs(field)

    def parts(self) -> Iterator[tuple[str, list[Any]]]:
        for field in self.offered:
            yield field.label, [self[name] for name in _inputs(field)]


class OwnFieldsFilter(ListFilter):
    title = _("Own fields")
    parameter_name = "own"
    template = "customers/people/own_filters.html"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.offered = own_fields.offered(request.user)
        self.names = [name for field in self.offered for name in _inputs(field)]
        for name in self.names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = OwnFieldsForm(self.used_parameters, offered=self.offered)
        self.active = any(self.used_parameters.values())

    def has_output(self) -> bool:
        return bool(self.offered)

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    @property
    def mistakes(self) -> list[str]:
        return [str(said) for errors in self.form.errors.values() for said in errors] if self.active else []

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {"form": self.form, "active": self.active}

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        """What cannot be understood is said beside its input, and nobody is shown: not everybody."""
        if not self.active:
            return queryset
        if not self.form.is_valid():
            return queryset.none()
        for field in self.offered:
            queryset = _narrow(queryset, field, self.form.cleaned_data, request.user)
        return queryset


def _inputs(field: CustomField) -> dict[str, forms.Field]:
    name, how = PREFIX + field.key, own_fields.mode(field)
    if how == own_fields.RANGE:
        return {
            name + FROM: NumberField(field, placeholder=_("From")),
            name + TO: NumberField(field, placeholder=_("To")),
        }
    if how == own_fields.SPAN:
        said = {"invalid": _("Enter a date, for example 2024-05-01.")}
        return {
            name + end: forms.DateField(
                required=False, input_formats=["%Y-%m-%d"], widget=DayInput(), error_messages=said
            )
            for end in (FROM, TO)
        }
    if how == own_fields.EXACT:
        values = [(text, text) for text in field.choices] or [("true", _("yes")), ("false", _("no"))]
        return {
            name: forms.ChoiceField(
                required=False,
                choices=[("", _("All")), *values],
                widget=UnfoldAdminSelectWidget,
                error_messages={"invalid_choice": _("There is no such choice.")},
            )
        }
    return {
        name: forms.CharField(
            required=False,
            min_length=own_fields.FEWEST,
            max_length=own_fields.HELD,
            widget=UnfoldAdminTextInputWidget({"placeholder": _("Two characters of it or more")}),
            error_messages={"min_length": _("Two characters of it or more")},
        )
    }


def _narrow(rows: Any, field: CustomField, asked: dict[str, Any], viewer: Any) -> QuerySet[Any]:
    name, how = PREFIX + field.key, own_fields.mode(field)
    if how in (own_fields.RANGE, own_fields.SPAN):
        first, last = asked[name + FROM], asked[name + TO]
        neither = (first, last) == (None, None)
        return rows if neither else own_fields.between(rows, field, first, last, viewer)
    value = asked[name]
    if not value:
        return rows
    if how == own_fields.TEXT:
        return own_fields.holding(rows, field, value, viewer)
    return own_fields.being(rows, field, value if field.choices else value == "true")
