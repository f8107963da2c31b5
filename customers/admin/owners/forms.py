"""To whom, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from customers.queries import colleagues
from customers.services.owning.telling import NOTE_LENGTH
from scrm.staff.models import Employee


def takers(viewer: Any) -> Any:
    """Colleagues who may be given customers by the viewer."""
    return colleagues.owners_of(viewer).filter(is_active=True).select_related("department")


class Named:
    """A colleague with her store: two of one name are told apart."""

    def label_from_instance(self, employee: Employee) -> str:
        return f"{employee.name} · {employee.department}" if employee.department else employee.name


class TakerField(Named, forms.ModelChoiceField):
    """Until one is chosen the field says so; nothing in the list stands for nobody."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        attrs: dict[str, Any] = {"data-placeholder": _("Choose a colleague")}
        if not kwargs.get("required", True):
            attrs["data-allow-clear"] = "true"
        super().__init__(queryset, empty_label="", widget=widgets.UnfoldAdminSelect2Widget(attrs), **kwargs)


class TakersField(Named, forms.ModelMultipleChoiceField):
    widget = widgets.UnfoldAdminSelect2MultipleWidget


WHY = _("Why; stands on the customer's page and in the task of the new owner.")


def note_field(hint: Any = WHY) -> forms.CharField:
    widget = widgets.UnfoldAdminTextInputWidget()
    return forms.CharField(label=_("Note"), required=False, max_length=NOTE_LENGTH, widget=widget, help_text=hint)


class ViewersForm(forms.Form):
    """Offers the viewer's own colleagues."""

    def __init__(self, data: Any, *, viewer: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = takers(viewer)


class AssignForm(ViewersForm):
    to: Any = TakerField(Employee.objects.none(), label=_("New owner"))
    note = note_field()


class ShareForm(ViewersForm):
    among: Any = TakersField(Employee.objects.none(), label=_("Among whom"))
    note = note_field()


class ReleaseForm(ViewersForm):
    note = note_field(_("Why; stands on the customer's page."))


class OneForm(AssignForm):
    """Of one person. Giving her back is a button of its own: never what happens when nobody was chosen."""

    def __init__(self, data: Any, *, viewer: Any) -> None:
        super().__init__(data, viewer=viewer)
        self.release = bool(data) and "release" in data
        self.fields["to"].required = not self.release
