"""Inputs of the form of a campaign."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from customers.admin.contacts.forms import Chips
from customers.admin.orders.entry_form import NumberField
from customers.admin.yuan import YuanField


class ChipsMany(forms.CheckboxSelectMultiple):
    """One tap for each: a row of words."""

    template_name = "campaigns/campaigns/chips_many.html"
    option_template_name = "campaigns/campaigns/chip_many.html"

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        return render_to_string(template_name, context)


class LookedUpMany(AutocompleteSelectMultiple):
    """Found by typing. The field's own choices hold no more than what is chosen."""


def chips(choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, widget=Chips, **kwargs)


def text(longest: int, placeholder: Any = "", **kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=longest, widget=UnfoldAdminTextInputWidget({"placeholder": placeholder}), **kwargs)


class Fixed:
    """Mixin of a field, first in the bases: what is fixed is a number of ours already and is no text to be read."""

    def clean(self, value: Any) -> Any:
        return value if isinstance(value, int) else super().clean(value)  # type: ignore[misc]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((self.clean(data) or None) != (initial or None))
        except forms.ValidationError:
            return True


class WholeField(Fixed, NumberField):
    """A number of people, orders or days; 0 is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimals=0, most=1_000_000, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if value else ""

    def clean(self, value: Any) -> Any:
        return _not_negative(super().clean(value), 1)

    def beyond(self) -> Any:
        return _("Write a whole number from 0 to %(most)s.") % {"most": f"{self.most:,}"}

    too_fine = beyond


class PercentField(Fixed, NumberField):
    """ "5" or "5.5" per cent, as 1/10,000."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimals=2, most=100, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 100:g}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        return value if isinstance(value, int) else _not_negative(super().clean(value), 100)

    def beyond(self) -> Any:
        return _("Write a per cent from 0 to 100, with two decimals at most.")

    too_fine = beyond


class MoneyField(Fixed, YuanField):
    pass


def _not_negative(number: Any, times: int) -> int | None:
    if number is not None and number < 0:
        raise forms.ValidationError(_("Write a number that is not negative."))
    return int(number * times) if number else None
