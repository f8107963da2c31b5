"""Pieces of the person form: inputs, defaults, and one input for each kind of own field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from customers.birthdays import Birthday
from customers.choices import FieldKind
from customers.models import CustomField
from customers.queries.duplicates import Known
from customers.services.fields import what_fits
from scrm.staff.choices import DepartmentKind, Role


class DayInput(forms.DateInput):
    """The browser's own calendar: the one people know from their phones."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": " ".join(INPUT_CLASSES)})


class BirthdayInput(forms.MultiWidget):
    """Year (if known), month, day and calendar, side by side."""

    def __init__(self) -> None:
        calendars = [("", _("solar calendar")), ("lunar", _("lunar calendar"))]
        super().__init__(
            [
                UnfoldAdminTextInputWidget({"inputmode": "numeric", "placeholder": _("year, if known")}),
                UnfoldAdminSelectWidget(choices=numbered(_("month"), 12)),
                UnfoldAdminSelectWidget(choices=numbered(_("day"), 31)),
                UnfoldAdminSelectWidget(choices=calendars),
            ]
        )

    def decompress(self, value: Birthday | None) -> list[Any]:
        return [value.year, value.month, value.day, "lunar" if value.lunar else ""] if value else [None] * 4

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html('<div class="person-birthday">{}</div>', super().render(*args, **kwargs))


class BirthdayField(forms.MultiValueField):
    """A Birthday, or None when nothing was entered."""

    def __init__(self, **kwargs: Any) -> None:
        whole = {"required": False, "error_messages": {"invalid": _("There is no such day.")}}
        fields = [forms.IntegerField(**whole) for _part in range(3)]  # type: ignore[arg-type]
        super().__init__(
            [*fields, forms.CharField(required=False)],
            widget=BirthdayInput(),
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data: list[Any]) -> Birthday | None:
        year, month, day, calendar = data or [None] * 4
        if not (year or month or day):
            return None
        if not (month and day):
            raise forms.ValidationError(_("A birthday needs at least its month and day."))
        birthday = Birthday(year, month, day, calendar == "lunar")
        if not birthday.is_possible():
            raise forms.ValidationError(_("There is no such day."))
        return birthday


def numbered(name: Any, last: int) -> list[tuple[Any, Any]]:
    return [("", name), *((number, number) for number in range(1, last + 1))]


def defaults_for(viewer: Any) -> dict[str, Any]:
    """A new person belongs to the store and, in a shop, to the one who types her in."""
    place = viewer.department
    return {
        "store": place.pk if place is not None and place.kind == DepartmentKind.STORE else None,
        "owner": viewer.pk if viewer.role in {Role.EMPLOYEE, Role.MANAGER} else None,
    }


def link_to(known: Known) -> SafeString:
    """The sentence, and the way to her page for who may open it, else what to do now."""
    if not known.visible:
        return format_html("{}", known.answer)
    url = reverse("admin:customers_customer_change", args=[known.customer.pk])
    return format_html('{} <a class="scrm-link" href="{}">{}</a>', known.sentence, url, _("Open"))


def _text(field: CustomField) -> forms.Field:
    return forms.CharField(widget=UnfoldAdminTextInputWidget)


def _number(field: CustomField) -> forms.Field:
    return forms.CharField(widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}))


def _date(field: CustomField) -> forms.Field:
    return forms.CharField(widget=DayInput)


def _boolean(field: CustomField) -> forms.Field:
    choices = [("", "—"), ("true", _("yes")), ("false", _("no"))]
    return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget)


def _choice(field: CustomField) -> forms.Field:
    """Free text where nobody wrote choices: an import may have made the field from a column."""
    if not field.choices:
        return _text(field)
    choices = [("", "—"), *((text, text) for text in field.choices)]
    said = {"invalid_choice": what_fits(field)}
    return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, error_messages=said)


OWN_FIELDS: dict[FieldKind, Callable[[CustomField], forms.Field]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.CHOICE: _choice,
}
