"""Giving money back: how much, then asked once more, then done. What was typed stays until it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from customers.admin.orders.page import PAGE, find
from customers.admin.yuan import YuanField
from customers.models import Order, OrderLine
from customers.queries.order import Reader
from customers.services.ordering import refunding
from scrm.kit import money
from scrm.kit.errors import Refused

MAY = "customers.add_refund"


class RefundForm(forms.Form):
    """`seen`: what had been given back when this was decided; `seen_now` when the page was last shown."""

    amount = YuanField(label=gettext_lazy("Give back (yuan)"))
    lines = forms.ModelMultipleChoiceField(
        OrderLine.objects.none(),
        label=gettext_lazy("For which products (not needed)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("A line of another order was chosen. Open the page again.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    seen = forms.IntegerField(min_value=0, error_messages={"required": "", "invalid": "", "min_value": ""})

    def __init__(self, data: Any, *, order: Order, reader: Reader) -> None:
        super().__init__(data, initial={"amount": order.net_fen, "seen": order.refunded_fen})
        self.order, self.seen_now = order, order.refunded_fen
        lines: Any = self.fields["lines"]
        lines.queryset = OrderLine.objects.filter(order=order).order_by("pk")
        lines.choices = [
            (line.pk, f"{line.name} × {line.quantity}  {line.amount}") for line in reader.lines()
        ]

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Write how much is given back."))
        if amount > self.order.net_fen:
            sentence = _("Only %(left)s of this order can still be given back.")
            raise forms.ValidationError(sentence % {"left": money.show(self.order.net_fen)})
        return amount


def give_back(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    order = find(model_admin, request, object_id)
    if not request.user.has_perm(MAY):  # type: ignore[union-attr]
        raise PermissionDenied
    reader = Reader(order, request.user)
    if not reader.counts or order.net_fen <= 0:
        said = _("Only an order that is paid and agreed to can be given back.") if not reader.counts else _(
            "All of this order is given back already."
        )
        messages.error(request, said)
        return redirect(PAGE, order.pk)
    step = request.POST.get("step", "")
    form = RefundForm(request.POST if request.method == "POST" else None, order=order, reader=reader)
    sure = form.is_valid() and step != "edit"
    if sure and step == "do":
        if _done(request, form, order):
            return redirect(PAGE, order.pk)
        sure = False
    request.crumb = _("Give money back")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": order,
        "title": _("Give money back"),
        "order": order,
        "reader": reader,
        "form": form,
        "sure": sure,
        "left": money.show(order.net_fen),
        "media": model_admin.media,
    }
    if sure:
        amount = form.cleaned_data["amount"]
        chosen = {line.pk for line in form.cleaned_data["lines"]}
        context |= {
            "amount": money.show(amount),
            "after": money.show(order.net_fen - amount),
            "chosen": [line for line in reader.lines() if line.pk in chosen],
        }
    return TemplateResponse(request, "customers/orders/refund.html", context)


def _done(request: HttpRequest, form: RefundForm, order: Order) -> bool:
    """False with the sentence of the refusal in the form."""
    data = form.cleaned_data
    try:
        refunding.refund(
            order, amount_fen=data["amount"], by=request.user, reason=data["reason"], lines=list(data["lines"]),
            seen_fen=data["seen"],
        )  # fmt: skip
    except Refused as no:
        form.add_error("amount", str(no))
        form.seen_now = order.refunded_fen
        return False
    messages.success(request, _("%(amount)s is given back.") % {"amount": money.show(data["amount"])})
    return True
