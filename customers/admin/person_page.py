"""The page of one person opens to be read. Buttons post to views of their own, each of which asks again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from customers.choices import IdentityKind, system_label
from customers.models import Customer
from customers.queries import disclosure, edits, person
from customers.services import people
from scrm.kit.errors import Refused

PAGE = "admin:customers_customer_change"


def find(model_admin: Any, request: HttpRequest, object_id: str) -> Customer:
    """Inside the viewer's scope, or 404; archived people only for those who may bring them back."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    rows = reachable(request.user).select_related("owner", "store", "source", "imported_in")
    try:
        return rows.get(pk=int(object_id))
    except (ValueError, OverflowError, Customer.DoesNotExist):
        raise Http404 from None


def reachable(employee: Any) -> Any:
    if employee.has_perm(people.ARCHIVE):
        return Customer.everyone.filter(merged_into=None, erased_at=None).visible_to(employee)
    return Customer.objects.visible_to(employee)


def read(model_admin: Any, request: HttpRequest, object_id: str, revealed: bool = False) -> HttpResponse:
    """`revealed`: her numbers in full, once they were asked for."""
    try:
        customer = find(model_admin, request, object_id)
    except Http404:
        winner = _merged_into(request.user, object_id)
        if winner is None:
            raise
        return redirect(PAGE, winner.pk)
    viewer: Any = request.user
    reader = person.Reader(customer, viewer, revealed=revealed)
    openings = reader.openings()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": customer,
        "title": reader.name,
        "customer": customer,
        "reader": reader,
        "may_reveal": bool(customer.phone) and disclosure.may_reveal(viewer, customer),
        "may_change": customer.is_living and model_admin.has_change_permission(request, customer),
        "may_archive": viewer.has_perm(people.ARCHIVE),
        "may_open_imports": viewer.has_perm("customers.view_importbatch") and _has_imports(),
        "openings": [
            (reader.text(system_label(row.system)), person.opening_facts(row), row.batch) for row in openings
        ],
        "totals": person.totals(openings),
        "tags": reader.tags(),
        "identities": reader.identities(),
        "details": reader.details(),
        "own_fields": reader.own_fields(),
        "legacy": reader.legacy(),
        "import_rows": reader.import_rows(),
        "edits": list(edits.Edits(customer, viewer)),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "customers/people/page.html", context)


def reveal(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Her numbers in full: as JSON for the script, as the page itself without one."""
    customer = find(model_admin, request, object_id)
    scripted = request.headers.get("Accept", "").startswith("application/json")
    try:
        number = people.show_phone(customer, by=request.user)
    except Refused as no:
        if no.code == "phone.not_yours":
            raise PermissionDenied from None
        if scripted:
            return JsonResponse({"refused": str(no)}, status=429)
        messages.error(request, str(no))
        return redirect(PAGE, customer.pk)
    if not scripted:
        return read(model_admin, request, object_id, revealed=True)
    numbers = customer.identities.filter(kind=IdentityKind.PHONE).values_list("pk", "value")
    return JsonResponse({"phone": number, "identities": dict(numbers)})


def archive(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _turn(model_admin, request, object_id, people.archive, _("%(name)s is archived."))


def bring_back(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _turn(model_admin, request, object_id, people.bring_back, _("%(name)s is back."))


def _turn(model_admin: Any, request: HttpRequest, object_id: str, act: Any, done: str) -> HttpResponse:
    customer = find(model_admin, request, object_id)
    if not request.user.has_perm(people.ARCHIVE):
        raise PermissionDenied
    try:
        act(customer, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, done % {"name": customer})
    return redirect(PAGE, customer.pk)


def _merged_into(employee: Any, object_id: str) -> Customer | None:
    """Old links to someone folded lead to the person she became, inside the scope only."""
    if not object_id.isdecimal() or len(object_id) > 18:
        return None
    return Customer.objects.visible_to(employee).filter(folded=int(object_id)).first()


def _has_imports() -> bool:
    try:
        reverse("admin:customers_importbatch_change", args=[1])
    except NoReverseMatch:
        return False
    return True
