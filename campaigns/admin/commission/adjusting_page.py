"""A correction by hand: so much, and why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.commission import access
from campaigns.admin.commission.performance import base
from campaigns.services.paying import adjusting
from customers.admin.yuan import TOO_FINE
from customers.queries import colleagues
from scrm.kit import money
from scrm.kit.errors import Refused
from scrm.staff.models import Employee


class AdjustForm(forms.Form):
    amount = forms.CharField(label=gettext_lazy("Amount (yuan); with a minus where it is taken away"), max_length=20)
    words = forms.CharField(label=gettext_lazy("Why; she will read it"), max_length=200)
    key = forms.CharField(max_length=12, widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        try:
            fen = money.parse_exact_fen(self.cleaned_data["amount"])
        except money.TooFine:
            raise forms.ValidationError(TOO_FINE) from None
        except money.NotANumber:
            fen = None
        if not fen:
            raise forms.ValidationError(_("Write an amount, with a minus where it is taken away."))
        return fen


def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = access.require(request)
    if not viewer.has_perm(adjusting.ADJUST):
        raise PermissionDenied
    employee = colleagues.owners_of(viewer).filter(pk=pk).first()
    if employee is None:
        raise Http404
    form = AdjustForm(request.POST or None, initial={"key": adjusting.new_key()})
    back = f"{reverse(access.PAGE)}?employee={pk}"
    if request.method == "POST" and form.is_valid() and _done(request, viewer, employee, form):
        return redirect(back)
    context = base(request, _("Adjust the commission of %(name)s") % {"name": employee.name}) | {"form": form, "back": back}
    return TemplateResponse(request, "campaigns/commission/adjust.html", context)


def _done(request: HttpRequest, viewer: Any, employee: Employee, form: AdjustForm) -> bool:
    said = form.cleaned_data
    try:
        adjusting.adjust(employee=employee, amount_fen=said["amount"], words=said["words"], by=viewer, key=said["key"])
    except Refused as no:
        form.add_error("amount", str(no))
        return False
    messages.success(request, _("Adjusted by %(amount)s.") % {"amount": money.show(said["amount"])})
    return True
