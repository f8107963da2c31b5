"""The form of an order by hand: lines, who served with shares, amounts, a picture."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.admin.yuan import YuanField
from customers.models import Customer
from customers.queries import colleagues
from customers.services.ordering import approving, by_hand
from scrm.kit import clock, money
from scrm.staff.models import Department, Employee

MOMENT = "%Y-%m-%dT%H:%M"


class NumberField(forms.CharField):
    """As people write numbers; `decimals` at most."""

    def __init__(self, *, decimals: int, most: int, placeholder: Any = "", **kwargs: Any) -> None:
        self.decimals, self.most = decimals, Decimal(most)
        attrs = {"inputmode": "decimal", "placeholder": placeholder}
        super().__init__(max_length=30, widget=UnfoldAdminTextInputWidget(attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            number = money.parse_number(super().clean(value))
        except money.NotANumber:
            raise forms.ValidationError(_("Write a number.")) from None
        if number is None:
            return None
        if number > self.most or number < -self.most:
            raise forms.ValidationError(self.beyond())
        if round(number, self.decimals) != number:
            raise forms.ValidationError(self.too_fine())
        return number

    def beyond(self) -> Any:
        """What is said of a number that is too large."""
        return _("Write a number up to %(most)s.") % {"most": f"{self.most:,}"}

    def too_fine(self) -> Any:
        return _("Write a number of at most %(decimals)d decimals.") % {"decimals": self.decimals}


class LineForm(forms.Form):
    product = forms.IntegerField(required=False, widget=forms.HiddenInput({"data-product": ""}), max_value=2**62)
    name = forms.CharField(
        label=_("product"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "data-suggest": "", "placeholder": _("Name or code")}),
    )
    quantity = NumberField(label=_("quantity"), decimals=3, most=10**9, initial="1")
    price = NumberField(label=_("unit price (yuan)"), decimals=4, most=10**9, placeholder="0.00")

    def item(self) -> by_hand.Item:
        data = self.cleaned_data
        return by_hand.Item(data["name"], data["quantity"], data["price"], data.get("product"))


class ServedForm(forms.Form):
    employee = forms.ModelChoiceField(
        Employee.objects.none(), label=_("employee"), widget=UnfoldAdminSelectWidget, empty_label="—"
    )
    share = NumberField(label=_("share (%)"), decimals=2, most=1000)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["employee"]
        field.queryset = people
        field.label_from_instance = lambda person: person.name

    def credit(self) -> tuple[Employee, int]:
        return self.cleaned_data["employee"], int(self.cleaned_data["share"] * 100)


LineSet: Any = forms.formset_factory(
    LineForm, extra=1, min_num=0, max_num=by_hand.MOST_LINES, absolute_max=by_hand.MOST_LINES + 5, validate_max=True
)
ServedSet: Any = forms.formset_factory(
    ServedForm, extra=0, max_num=by_hand.MOST_SERVED, absolute_max=by_hand.MOST_SERVED + 5, validate_max=True
)


class OrderForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=10, required=False)
    discount = YuanField(label=_("Discount (yuan)"), required=False)
    freight = YuanField(label=_("Freight (yuan)"), required=False)
    paid = YuanField(
        label=_("Paid (yuan)"),
        required=False,
        help_text=_("Empty: all that is due. 0: not paid yet."),
    )
    stored_value = YuanField(label=_("of it from stored value (yuan)"), required=False)
    ordered_at = forms.DateTimeField(
        label=_("ordered at"),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "class": " ".join(INPUT_CLASSES)}),
        error_messages={"invalid": _("Write day and time, for example 2026-05-01 14:30.")},
    )
    store = forms.ModelChoiceField(
        Department.objects.none(), label=_("store"), required=False, widget=UnfoldAdminSelectWidget, empty_label="—"
    )
    proof = forms.FileField(
        label=_("Proof picture"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    note = forms.CharField(
        label=_("note"), required=False, max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 2})
    )

    def __init__(self, data: Any, files: Any, *, viewer: Any, customer: Customer) -> None:
        stores, _owners = colleagues.choices_for(viewer, customer)
        offered = list(stores)
        own = next((store for store in offered if store.pk == viewer.department_id), None)
        first = customer.store_id or (own.pk if own else None)
        super().__init__(
            data,
            files,
            initial={"key": by_hand.new_key(), "ordered_at": clock.now().replace(second=0, microsecond=0), "store": first},
        )
        field: Any = self.fields["store"]
        field.queryset = stores
        self.waits = not approving.needs_nobody(viewer)
        if self.waits:
            self.fields["proof"].label = _("Proof picture (needed)")
        self.fields["proof"].help_text = (
            _("Receipt or payment; JPG, PNG or WebP up to 10 MB. A colleague approves the order by it.")
            if self.waits
            else _("Receipt or payment; JPG, PNG or WebP up to 10 MB. Not needed: your orders count at once.")
        )


FIELDS = frozenset(OrderForm.base_fields)
