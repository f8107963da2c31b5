"""Forms of a contact: short, since they are filled in standing at a counter."""

import secrets
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.admin.orders.entry_form import MOMENT
from customers.choices import Began, FollowUpOutcome, Medium, Purpose, Score
from customers.models import Customer, Product, Touchpoint
from customers.queries import colleagues
from customers.services.following import LONGEST
from scrm.kit import phones
from scrm.staff.models import Department, Employee

READ = [MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
MINUTES = (15, 30, 45, 60, 75, 90, 120, 150, 180, 240)


class Chips(forms.RadioSelect):
    """One tap: a row of words instead of a drop-down."""

    template_name = "customers/contacts/chips.html"
    option_template_name = "customers/contacts/chip.html"

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        """Forms look for widgets among the installed apps only; these templates are the project's."""
        return render_to_string(template_name, context)


def new_key() -> str:
    return secrets.token_hex(12)


def moment_field(**kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "class": " ".join(INPUT_CLASSES)})
    return forms.DateTimeField(
        input_formats=READ,
        widget=widget,
        error_messages={"invalid": _("Write day and time, for example 2026-05-01 14:30.")},
        **kwargs,
    )


class FollowUpForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_key)
    task = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    content = forms.CharField(
        label=_("content"),
        required=False,
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget({"rows": 4, "placeholder": _("What was said, in a sentence or two")}),
    )
    feeling = forms.TypedChoiceField(
        label=_("her feeling"), required=False, choices=Score.choices, coerce=int, empty_value=None, widget=Chips
    )
    touchpoint = forms.ModelChoiceField(
        Touchpoint.objects.none(), label=_("touchpoint"), required=False, empty_label="—", widget=UnfoldAdminSelectWidget
    )
    medium = forms.ChoiceField(label=_("medium"), widget=Chips, initial=Medium.WECOM)
    began = forms.ChoiceField(label=_("who began"), choices=Began.choices, widget=Chips, initial=Began.US)
    contact_class = forms.ChoiceField(label=_("class"), choices=Purpose.choices, widget=Chips, initial=Purpose.SERVICE)
    outcome = forms.ChoiceField(
        label=_("outcome"), choices=FollowUpOutcome.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    next_at = moment_field(label=_("next time"), required=False)
    next_words = forms.CharField(
        label=_("what for"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    next_for = forms.ModelChoiceField(
        Employee.objects.none(), label=_("who does it"), required=False, empty_label=None, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, viewer: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["medium"].choices = [pair for pair in Medium.choices if pair[0] != Medium.ANY]  # type: ignore[attr-defined]
        point: Any = self.fields["touchpoint"]
        point.queryset = Touchpoint.objects.filter(is_active=True)
        people: Any = self.fields["next_for"]
        people.queryset = Employee.objects.filter(pk__in={viewer.pk, customer.owner_id} - {None}, is_active=True)
        people.label_from_instance = lambda person: person.name
        self.initial.setdefault("next_for", viewer.pk)


class BookingForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_key)
    starts_at = moment_field(label=_("starts at"))
    minutes = forms.TypedChoiceField(label=_("minutes"), coerce=int, initial=60, widget=UnfoldAdminSelectWidget)
    service = forms.CharField(
        label=_("service"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget({"list": "services", "autocomplete": "off", "placeholder": _("Name or code")}),
    )
    employee = forms.ModelChoiceField(
        Employee.objects.none(), label=_("employee"), required=False, empty_label="—", widget=UnfoldAdminSelectWidget
    )
    store = forms.ModelChoiceField(
        Department.objects.none(), label=_("store"), required=False, empty_label="—", widget=UnfoldAdminSelectWidget
    )
    note = forms.CharField(label=_("note"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget())

    def __init__(self, *args: Any, viewer: Any, customer: Customer, minutes: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths = sorted({*MINUTES, minutes or 60})
        self.fields["minutes"].choices = [(n, str(n)) for n in lengths]  # type: ignore[attr-defined]
        people: Any = self.fields["employee"]
        people.queryset = colleagues.may_have_served(viewer)
        people.label_from_instance = lambda person: person.name
        stores: Any = self.fields["store"]
        stores.queryset = colleagues.choices_for(viewer, customer)[0]
        self.initial.setdefault("store", customer.store_id or viewer.department_id)
        if people.queryset.filter(pk=customer.owner_id or viewer.pk).exists():
            self.initial.setdefault("employee", customer.owner_id or viewer.pk)
        names = Product.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)[:200]
        # One with a number in it is found by typing it; the list would show the number.
        self.services = [name for name in names if phones.mask_in_text(name) == name]

    def clean_service(self) -> Product | None:
        """A product by name or code. Nothing new is made here: a booking for a mistyped service would be in no figure."""
        said = self.cleaned_data["service"].strip()
        if not said:
            return None
        rows = Product.objects.filter(is_active=True)
        found = rows.filter(code=said).first() or rows.filter(name=said).first()
        if found is None:
            raise forms.ValidationError(_("No product on sale has this name. Choose one from the list."))
        return found


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("what was done"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget({"rows": 4, "placeholder": _("Called her, apologised, offered …")}),
        error_messages={"required": _("Say in a few words what was done about it.")},
    )


class PutOffForm(forms.Form):
    to = moment_field()
