"""The form of one person: what this viewer may fill in. Saving is the services' affair."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from customers import sensitive
from customers.admin.person_fields import (
    OWN_FIELDS,
    BirthdayField,
    BirthdayInput,
    DayInput,
    defaults_for,
    link_to,
)
from customers.choices import FieldKind, Gender
from customers.models import Channel, Customer, CustomField
from customers.queries import colleagues, disclosure, duplicates, erased, tags
from customers.services import fields as own_fields
from customers.services import people
from scrm.kit import phones
from scrm.kit.errors import Refused

TEXTS = ("city", "address", "company", "occupation", "education", "income_band", "spending_band", "budget")
OWN = "own_"
HIDDEN = _("Sensitive and not shown to you. What you enter replaces it.")
LOCKED = _("Holds a phone number that you may not see, so you cannot change it here.")


class PersonForm(forms.Form):
    """`customer` is None for a new person. `values()` is what the services take."""

    number = forms.CharField(label=_("Phone"), max_length=40, widget=UnfoldAdminTextInputWidget)
    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, strip=False, widget=UnfoldAdminTextInputWidget
    )
    gender = forms.ChoiceField(
        label=_("Gender"), choices=Gender.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    birthday = BirthdayField(label=_("Birthday"), required=False)
    store: Any = forms.ModelChoiceField(
        None, label=_("Store"), required=False, empty_label="—", widget=UnfoldAdminSelect2Widget
    )
    owner: Any = forms.ModelChoiceField(
        None, label=_("Owner"), required=False, empty_label="—", widget=UnfoldAdminSelect2Widget
    )
    source: Any = forms.ModelChoiceField(
        None, label=_("Channel of origin"), required=False, empty_label="—", widget=UnfoldAdminSelect2Widget
    )
    known_since = forms.DateField(
        label=_("Member since"), required=False, widget=DayInput, validators=[MinValueValidator(date(1900, 1, 1))]
    )
    tags: Any = forms.ModelMultipleChoiceField(
        None, label=_("Tags"), required=False, widget=UnfoldAdminSelect2MultipleWidget
    )
    note = forms.CharField(label=_("Note"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 4}))

    def __init__(self, data: Any = None, *, viewer: Any, customer: Customer | None = None) -> None:
        self.viewer, self.customer = viewer, customer
        # Why texts that hold a number are locked; blank as long as none had to be.
        self.refused = ""
        super().__init__(data, initial=self._initial())
        self._number_field()
        for name in TEXTS:
            column: Any = Customer._meta.get_field(name)
            self.fields[name] = forms.CharField(
                label=capfirst(column.verbose_name),
                max_length=column.max_length,
                required=False,
                widget=UnfoldAdminTextInputWidget,
                help_text=HIDDEN if self._hides(name) else "",
            )
        self._choices()
        self.own = {field.key: field for field in CustomField.objects.filter(is_active=True)}
        for field in self.own.values():
            self.fields[OWN + field.key] = self._own_field(field)
        self._lock()

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["customers/people.js"], css={"all": ["customers/people.css"]})

    def _blind(self) -> bool:
        """Somebody is there whose sensitive fields this viewer may not read."""
        return self.customer is not None and not disclosure.sees_sensitive(self.viewer)

    def _hides(self, name: str) -> bool:
        return name in sensitive.FIELDS and self._blind()

    def _number_field(self) -> None:
        field = self.fields["number"]
        field.widget.attrs |= {
            "inputmode": "tel",
            "autocomplete": "off",
            "data-known-url": reverse("admin:customers_customer_known"),
            "data-open": _("Open"),
        }
        if self.customer is None:
            field.widget.attrs["autofocus"] = True
        else:
            field.required = not self.customer.phone and not self.customer.identities.exists()
            field.label = _("New phone number")
            if self.customer.phone:
                field.help_text = _("Leave blank to keep %(phone)s. The old number still finds her.") % {
                    "phone": phones.mask(self.customer.phone)
                }

        if self.is_bound and erased.is_erased_phone(str(self.data.get("number", ""))):
            self.fields["came_back"] = forms.BooleanField(
                label=_("She came back herself and wants to be known again"), required=False, widget=UnfoldBooleanWidget
            )

    def _choices(self) -> None:
        """What one may not choose is not offered: a consultant's new customers are her own."""
        fields: Any = self.fields
        fields["store"].queryset, fields["owner"].queryset = colleagues.choices_for(self.viewer, self.customer)
        held = self.customer.source_id if self.customer else None
        fields["source"].queryset = Channel.objects.filter(Q(is_active=True) | Q(pk=held))
        fields["tags"].queryset = choice = tags.to_choose(self.customer)
        fields["tags"].choices = tags.grouped(choice)
        if not colleagues.may_assign(self.viewer):
            del fields["owner"]
        if not tags.may_tag(self.viewer):
            del fields["tags"]

    def _own_field(self, field: CustomField) -> forms.Field:
        hidden = field.sensitive and self._blind()
        made = OWN_FIELDS[FieldKind(field.kind)](field)
        made.label, made.required = field.label, False
        if hidden:
            made.help_text = HIDDEN
        elif self.customer is not None:
            value = self.customer.custom.get(field.key)
            self.initial[OWN + field.key] = str(value).lower() if isinstance(value, bool) else value
        return made

    def _lock(self) -> None:
        """Texts with numbers are open only if the viewer may have them shown now, which is recorded. Else they are
        masked and not edited: a mask saved back would destroy the number."""
        masks = {name: masked for name in self.fields if (masked := self._masked(name)) is not None}
        if not masks or self._opens():
            return
        for name, masked in masks.items():
            field = self.fields[name]
            self.initial[name], field.disabled, field.help_text = masked, True, self.refused or LOCKED

    def _masked(self, name: str) -> str | None:
        """The text with its numbers masked; None where it holds none."""
        value = self.initial.get(name)
        number = name.startswith(OWN) and isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, str) and not number:
            return None
        masked = phones.mask_in_text(str(value))
        return None if masked == str(value) else masked

    def _opens(self) -> bool:
        """Opening the form shows the numbers, so it counts like a tap. Posting it does not again."""
        if self.customer is None:
            return True
        if not disclosure.may_reveal(self.viewer, self.customer):
            return False
        if self.is_bound and (
            disclosure.sees_full_phones(self.viewer)
            or people.was_shown_today(self.customer, to=self.viewer)
        ):
            return True
        try:
            people.show_phone(self.customer, by=self.viewer)
        except Refused as no:
            self.refused = str(no)
            return False
        return True

    def _initial(self) -> dict[str, Any]:
        if self.customer is None:
            return defaults_for(self.viewer)
        person = self.customer
        plain = ("name", "gender", *TEXTS, "note", "known_since")
        return {
            **{name: getattr(person, name) for name in plain if not self._hides(name)},
            # A Birthday is a tuple: the widget would take it for its own four parts.
            "birthday": BirthdayInput().decompress(person.birthday),
            "store": person.store_id,
            "owner": person.owner_id,
            "source": person.source_id,
            "tags": list(person.tag_links.values_list("tag_id", flat=True)),
        }

    def clean_number(self) -> str:
        text = self.cleaned_data["number"].strip()
        if not text:
            return ""
        number = phones.normalise(text)
        if number is None:
            raise forms.ValidationError(_("This is no mobile number: 11 digits, beginning with 13 to 19."))
        known = duplicates.by_phone(number, asking=self.viewer)
        if known is not None and (self.customer is None or known.customer.pk != self.customer.pk):
            raise forms.ValidationError(link_to(known), code="person.exists")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "came_back" in self.fields and not cleaned.get("came_back") and "number" in cleaned:
            self.add_error("came_back", people.came_back_asks())
        for key, field in self.own.items():
            if self.fields[OWN + key].disabled:
                continue
            try:
                cleaned[OWN + key] = own_fields.clean_value(field, cleaned.get(OWN + key))
            except Refused as no:
                self.add_error(OWN + key, str(no))
        return cleaned

    def values(self) -> dict[str, Any]:
        """For `people.create` and `people.change`; locked fields and untouched hidden ones are left out."""
        cleaned = self.cleaned_data
        names = ["name", "gender", *TEXTS, "note", "known_since", "birthday", "store", "owner", "source", "tags"]
        values = {
            name: cleaned[name]
            for name in names
            if name in cleaned
            and not (name in self.fields and self.fields[name].disabled)
            and (cleaned[name] or not self._hides(name))
        }
        if self.customer is None and "owner" not in values:
            values["owner"] = self.viewer
        values["custom"] = {
            key: cleaned[OWN + key]
            for key, field in self.own.items()
            if not self.fields[OWN + key].disabled and self._was_shown(field, cleaned[OWN + key])
        }
        values["phone"] = cleaned["number"]
        values["came_back"] = bool(cleaned.get("came_back"))
        return values

    def _was_shown(self, field: CustomField, value: Any) -> bool:
        return value is not None or not field.sensitive or disclosure.sees_sensitive(self.viewer)
