"""From the customer's page: write a follow-up, make an appointment."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.admin.contacts.forms import BookingForm, FollowUpForm
from customers.models import Customer, Task
from customers.queries import disclosure
from customers.services import doing, following, visits
from scrm.kit.errors import Refused

PAGE = "admin:customers_customer_change"
PARTS = {"follow_up": "content", "feeling": "feeling"}
BOOKING_PARTS = {
    "appointment.past": "starts_at",
    "appointment.taken": "starts_at",
    "appointment.minutes": "minutes",
    "appointment.employee": "employee",
    "appointment.store": "store",
}


def customer_of(request: HttpRequest, customer_id: str, permission: str) -> Customer:
    """Inside the viewer's scope, for whoever may write; else 403 or 404."""
    viewer: Any = request.user
    if not viewer.has_perm(permission):
        raise PermissionDenied
    try:
        return Customer.objects.visible_to(viewer).select_related("store", "owner").get(pk=int(customer_id))
    except (ValueError, OverflowError, Customer.DoesNotExist):
        raise Http404 from None


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where she came from, if that is a page of ours."""
    said = request.POST.get("back") or request.GET.get("back") or ""
    safe = url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return said if safe and said.startswith("/") else otherwise


def shown_name(customer: Customer) -> str:
    return disclosure.text_for(False, customer.name) or _("(no name)")


def follow_up(model_admin: Any, request: HttpRequest, customer_id: str) -> HttpResponse:
    customer = customer_of(request, customer_id, following.RECORD)
    viewer: Any = request.user
    initial = {"content": request.GET.get("words", "")[:500], "task": request.GET.get("task")}
    form = FollowUpForm(request.POST or None, viewer=viewer, customer=customer, initial=initial)
    if request.method == "POST" and form.is_valid() and _record(form, customer, viewer):
        messages.success(request, _said(form))
        return redirect(back_to(request, reverse(PAGE, args=[customer.pk])))
    request.crumb = _("Write a follow-up")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": Customer._meta,
        "original": customer,
        "title": _("Write a follow-up"),
        "customer": customer,
        "name": shown_name(customer),
        "form": form,
        "how": [form[part] for part in ("medium", "began", "contact_class")],
        "next": [form[part] for part in ("next_at", "next_words", *(["next_for"] if _two(form) else []))],
        "back": back_to(request, ""),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "customers/contacts/follow_up.html", context)


def _two(form: FollowUpForm) -> bool:
    people: Any = form.fields["next_for"]
    return bool(people.queryset.count() > 1)


def _record(form: FollowUpForm, customer: Customer, by: Any) -> bool:
    data = form.cleaned_data
    contact = following.Contact(
        customer=customer, content=data["content"], medium=data["medium"], began=data["began"],
        contact_class=data["contact_class"], feeling=data["feeling"], touchpoint=data["touchpoint"],
        outcome=data["outcome"], next_at=data["next_at"], next_words=data["next_words"], next_for=data["next_for"],
        key=f"hand:{data['key']}",
    )  # fmt: skip
    try:
        following.record([contact], by=by)
    except Refused as no:
        form.add_error("next_at" if no.code == "follow_up.next_past" else PARTS.get(no.code.partition(".")[0]), str(no))
        return False
    task = Task.objects.visible_to(by).open().filter(pk=data["task"] or 0, customer=customer).first()
    if task is not None:
        doing.done(task, by=by)
    return True


def _said(form: FollowUpForm) -> str:
    data = form.cleaned_data
    said = _("Written down.")
    if data["feeling"] is not None and data["feeling"] < 0:
        said += " " + _("The manager has a task to call her within 24 hours; nothing that sells is sent to her until then.")
    if data["next_at"]:
        said += " " + _("It stands on today's list on %(day)s.") % {"day": localtime(data["next_at"]).strftime("%m-%d")}
    return said


def book(model_admin: Any, request: HttpRequest, customer_id: str) -> HttpResponse:
    customer = customer_of(request, customer_id, visits.BOOK)
    viewer: Any = request.user
    form = BookingForm(request.POST or None, viewer=viewer, customer=customer)
    if request.method == "POST" and form.is_valid():
        booking = booking_of(form, customer)
        crowded = visits.clashes(booking)
        try:
            booked = visits.book(booking, by=viewer)
        except Refused as no:
            form.add_error(BOOKING_PARTS.get(no.code), str(no))
        else:
            messages.success(request, _("Booked for %(at)s.") % {"at": localtime(booked.starts_at).strftime("%m-%d %H:%M")})
            warn_of(request, [other for other in crowded if other.pk != booked.pk])
            return redirect(back_to(request, reverse(PAGE, args=[customer.pk])))
    request.crumb = _("Make an appointment")  # type: ignore[attr-defined]
    return booking_page(model_admin, request, form, customer, _("Make an appointment"), _("Book"))


def booking_of(form: BookingForm, customer: Customer) -> visits.Booking:
    data = form.cleaned_data
    return visits.Booking(
        customer=customer, starts_at=data["starts_at"], minutes=data["minutes"], store=data["store"],
        service=data["service"], employee=data["employee"], note=data["note"], key=f"hand:{data['key']}",
    )  # fmt: skip


def warn_of(request: HttpRequest, crowded: list[Any]) -> None:
    if crowded:
        at = "、".join(localtime(other.starts_at).strftime("%H:%M") for other in crowded[:5])
        messages.warning(request, _("The same colleague has another appointment then: %(at)s.") % {"at": at})


def booking_page(
    model_admin: Any,
    request: HttpRequest,
    form: BookingForm,
    customer: Customer,
    title: str,
    button: str,
    parts: Sequence[str] = ("starts_at", "minutes", "service", "employee", "store", "note"),
) -> HttpResponse:
    """Moving asks for less: what was booked and what is noted go along as they are."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": Customer._meta,
        "original": customer,
        "title": title,
        "button": button,
        "customer": customer,
        "name": shown_name(customer),
        "form": form,
        "fields": [form[part] for part in parts],
        "back": back_to(request, ""),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "customers/contacts/book.html", context)
