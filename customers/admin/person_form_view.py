"""New customer and edit: the form, the answer "already here" while the number is typed, and saving."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.forms import AdminForm

from customers.admin import person_page
from customers.admin.person_form import OWN, TEXTS, PersonForm
from customers.models import Customer
from customers.queries import duplicates, erased
from customers.services import people
from scrm.kit.errors import Refused

LIST = "admin:customers_customer_changelist"
FIELD_OF = {"phone": "number", "person": "number", "owner": "owner", "store": "store"}


def new(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    return _form(model_admin, request, None)


def edit(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    customer = person_page.find(model_admin, request, object_id)
    if not model_admin.has_change_permission(request, customer):
        raise PermissionDenied
    if not customer.is_living:
        messages.error(request, _("Bring her back first: archived people are not edited."))
        return redirect(person_page.PAGE, customer.pk)
    return _form(model_admin, request, customer)


def known(model_admin: Any, request: HttpRequest) -> JsonResponse:
    """Who has this number: masked for everyone, with a link for who may open her page."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    asked = request.GET.get("phone", "")[:40]
    found = duplicates.by_phone(asked, asking=request.user)
    if found is None and erased.is_erased_phone(asked):
        return JsonResponse({"known": True, "id": None, "sentence": people.came_back_asks(), "url": None})
    if found is None:
        return JsonResponse({"known": False})
    url = reverse(person_page.PAGE, args=[found.customer.pk]) if found.visible else None
    return JsonResponse(
        {"known": True, "id": found.customer.pk if url else None, "sentence": found.answer, "url": url}
    )


def _form(model_admin: Any, request: HttpRequest, customer: Customer | None) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None, viewer=request.user, customer=customer)
    if form.refused and request.method != "POST":
        messages.warning(request, _("Texts with a phone number are locked here. %(why)s") % {"why": form.refused})
    if form.is_valid():
        saved = save(form, request.user, customer)
        if saved is not None:
            messages.success(request, _("%(name)s is saved.") % {"name": saved})
            # Handed on to another store, she may be out of sight now.
            seen = person_page.reachable(request.user).filter(pk=saved.pk).exists()
            return redirect(person_page.PAGE, saved.pk) if seen else redirect(LIST)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("New customer") if customer is None else str(customer),
        "adminform": AdminForm(form, fieldsets(form), {}, model_admin=model_admin),
        "errors": form.errors,
        "media": model_admin.media + form.media,
        "original": customer,
        "inline_admin_formsets": [],
        "is_popup": False,
        "to_field": None,
        "show_save_and_continue": False,
        "show_save_and_add_another": False,
        "back": reverse(LIST)
        if customer is None
        else reverse(person_page.PAGE, args=[customer.pk]),
    }
    return model_admin.render_change_form(
        request, context, add=customer is None, change=customer is not None, obj=customer
    )


def save(form: PersonForm, by: Any, customer: Customer | None) -> Customer | None:
    """None when the services refuse, with their sentence at the field it is about."""
    values = form.values()
    try:
        if customer is None:
            return people.create(by=by, **values)
        people.change(customer, by=by, **values)
    except Refused as no:
        field = FIELD_OF.get(no.code.partition(".")[0])
        form.add_error(field if field in form.fields else None, str(no))
        return None
    return customer


def fieldsets(form: PersonForm) -> list[tuple[Any, dict[str, Any]]]:
    """The number first; then who she is, who looks after her, the shop's own fields."""
    belongs = [name for name in ("store", "owner", "source", "known_since", "tags") if name in form.fields]
    own = [name for name in form.fields if name.startswith(OWN)]
    back = ["came_back"] if "came_back" in form.fields else []
    sets: list[tuple[Any, dict[str, Any]]] = [
        (None, {"fields": ["number", *back, "name", "gender", "birthday"]}),
        (_("Who looks after her"), {"fields": belongs}),
        (_("More about her"), {"fields": [*TEXTS, "note"]}),
    ]
    return [*sets, (_("Own fields"), {"fields": own})] if own else sets
