from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scrm.kit import phones
from scrm.kit.errors import Refused
from scrm.staff.models import Employee
from scrm.staff.services import employees


class EmployeeForm(forms.ModelForm):
    """A mobile number in any spelling; a shop keeps one owner. Used for adding and for changing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phone = self.fields.get("phone")
        if phone is not None:
            # The model's 20 characters are the stored form.
            phone.max_length = 60  # type: ignore[attr-defined]
            phone.validators = []
            phone.widget.attrs |= {"maxlength": "60", "inputmode": "tel"}

        place = self.fields.get("department")
        if place is not None:
            place.help_text = _(
                "Consultants and store managers need one: without a store they see their own customers only."
            )

    def clean_phone(self) -> str:
        number = phones.normalise(self.cleaned_data["phone"])
        if number is None:
            raise ValidationError(_("Please enter a mobile number of 11 digits."), code="employee.phone")
        taken = Employee.objects.filter(phone=number).exclude(pk=self.instance.pk).first()
        if taken is not None and not taken.is_active:
            raise ValidationError(
                _(
                    "%(name)s, who left, has this number. Reactivate that account instead of adding a new one."
                ),
                code="employee.exists",
                params={"name": taken.name},
            )
        if taken is not None:
            raise ValidationError(
                _("%(name)s already has this number."), code="employee.exists", params={"name": taken.name}
            )
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.pk and "role" in data:
            try:
                employees.guard_last_owner(
                    self.instance, role=data["role"], is_active=self.instance.is_active
                )
            except Refused as refusal:
                self.add_error("role", ValidationError(str(refusal), code=refusal.code))
        return data
