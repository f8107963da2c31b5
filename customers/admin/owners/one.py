"""改归属: who looks after one person, with a note."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin import person_page
from customers.admin.owners.forms import OneForm
from customers.models import Customer
from customers.queries import colleagues, person
from customers.services import owning
from scrm.kit.errors import Refused

LIST = "admin:customers_customer_changelist"


def change(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    customer = person_page.find(model_admin, request, object_id)
    if not colleagues.may_assign(request.user):
        raise PermissionDenied
    if not customer.is_living:
        messages.error(request, _("Bring her back first: archived people are not edited."))
        return redirect(person_page.PAGE, customer.pk)
    form = OneForm(request.POST if request.method == "POST" else None, viewer=request.user)
    if form.is_valid() and _done(request, form, customer):
        # Given to somebody of another store she may be out of sight now.
        seen = person_page.reachable(request.user).filter(pk=customer.pk).exists()
        return redirect(f"{reverse(person_page.PAGE, args=[customer.pk])}#owner") if seen else redirect(LIST)
    request.crumb = _("Change owner")  # type: ignore[attr-defined]
    reader = person.Reader(customer, request.user)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": customer,
        "title": reader.name,
        "customer": customer,
        "reader": reader,
        "form": form,
        "media": model_admin.media + form.media,
        "back": reverse(person_page.PAGE, args=[customer.pk]),
    }
    return TemplateResponse(request, "customers/owners/one.html", context)


def _done(request: HttpRequest, form: OneForm, customer: Customer) -> bool:
    """False with the sentence of the refusal in the form."""
    to = None if form.release else form.cleaned_data["to"]
    note, one = form.cleaned_data["note"], Customer.objects.filter(pk=customer.pk)
    try:
        if to is None:
            moved = owning.release(one, by=request.user, note=note)
        else:
            moved = owning.assign(one, to=to, by=request.user, note=note)
    except Refused as no:
        form.add_error(None, str(no))
        return False
    if not moved:
        form.add_error(None if form.release else "to", _("That is how it is already. Choose somebody else."))
        return False
    name = person.Reader(customer, request.user).name
    if to is None:
        messages.success(request, _("%(customer)s is in the pool now.") % {"customer": name})
    else:
        messages.success(request, _("%(name)s looks after %(customer)s now.") % {"name": to.name, "customer": name})
    return True
