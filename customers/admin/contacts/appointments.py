"""预约到店: one day, by store and hour; who came, who moves, who did not come."""

from datetime import date, timedelta
from functools import update_wrapper
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.admin.contacts.forms import BookingForm
from customers.admin.contacts.writing import (
    BOOKING_PARTS,
    back_to,
    booking_of,
    booking_page,
    shown_name,
    warn_of,
)
from customers.choices import AppointmentState
from customers.models import Appointment
from customers.models.contacts import AppointmentQuerySet
from customers.queries import colleagues, disclosure, people
from customers.services import visits
from scrm.kit import clock
from scrm.kit.admin import BigTableAdmin
from scrm.kit.errors import Refused

LIST = "admin:customers_appointment_changelist"
# More than a chain of shops has in a day; a shop that has narrows down to one store.
SHOWN = 500
FOUND = 20
ACTS: dict[str, Any] = {"arrive": visits.arrive, "miss": visits.miss, "cancel": visits.cancel}
SAID: dict[str, Any] = {
    "arrive": gettext_lazy("%(name)s came."),
    "miss": gettext_lazy("%(name)s did not come. Offer her another time."),
    "cancel": gettext_lazy("The appointment of %(name)s is cancelled."),
}


@admin.register(Appointment)
class AppointmentAdmin(BigTableAdmin):
    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css", "customers/contacts.css"]}
        js = ["customers/contacts.js"]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._url("", self.day_view, "changelist"),
            self._url("add/", self.find_view, "add"),
            self._url("<int:pk>/act/", require_POST(self.act_view), "act"),
            self._url("<int:pk>/move/", self.move_view, "move"),
        ]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(view)(*args, **kwargs), view)
        return path(route, wrapped, name=f"customers_appointment_{name}")

    def get_queryset(self, request: HttpRequest) -> AppointmentQuerySet:
        return Appointment.objects.visible_to(request.user)

    def day_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        viewer: Any = request.user
        day = day_of(request.GET.get("day", ""))
        stores = list(colleagues.stores_of(viewer).filter(is_active=True, kind="store"))
        store = next((one for one in stores if str(one.pk) == request.GET.get("store")), None)
        rows = self.get_queryset(request).on(day).select_related("customer", "store", "service", "employee", "moved_to")
        if store is not None:
            rows = rows.filter(store=store)
        found = list(rows.order_by("starts_at", "pk")[: SHOWN + 1])
        shown = [row_of(row, viewer) for row in sorted(found[:SHOWN], key=_place)]
        groups = [(name, list(part)) for name, part in groupby(shown, key=lambda one: one["store"])]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Appointments"),
            "day": day,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "today": clock.today(),
            "stores": stores if len(stores) > 1 else [],
            "store": store,
            "groups": groups,
            "cut": len(found) > SHOWN,
            "counts": counts(shown),
            "may_book": viewer.has_perm(visits.BOOK),
            "here": request.get_full_path(),
            "media": self.media,
        }
        return TemplateResponse(request, "customers/contacts/day.html", context)

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """For whom? A booking begins with the customer, found as everywhere."""
        viewer: Any = request.user
        if not viewer.has_perm(visits.BOOK):
            raise PermissionDenied
        asked = request.GET.get("q", "").strip()[:60]
        found = []
        if asked:
            found = [
                {"customer": one, "name": shown_name(one), "phone": one.masked_phone}
                for one in people.search(viewer, asked, limit=FOUND)
            ]
        request.crumb = _("Make an appointment")  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Make an appointment"),
            "asked": asked,
            "found": found,
            "may_add": viewer.has_perm("customers.add_customer"),
            "media": self.media,
        }
        return TemplateResponse(request, "customers/contacts/find.html", context)

    def _appointment(self, request: HttpRequest, pk: int) -> Appointment:
        if not request.user.has_perm(visits.BOOK):  # type: ignore[union-attr]
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("customer__store", "store", "service", "employee")
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._appointment(request, pk)
        act = request.POST.get("act", "")
        if act not in ACTS:
            raise Http404
        try:
            ACTS[act](row, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, SAID[act] % {"name": shown_name(row.customer)})
        return redirect(back_to(request, day_link(row)))

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._appointment(request, pk)
        viewer: Any = request.user
        initial = {"starts_at": row.starts_at, "minutes": row.minutes, "employee": row.employee_id}
        form = BookingForm(request.POST or None, viewer=viewer, customer=row.customer, minutes=row.minutes, initial=initial)
        if request.method == "POST" and form.is_valid():
            booking = booking_of(form, row.customer)
            crowded = visits.clashes(booking, but=row.pk)
            try:
                new = visits.move(row, to=booking.starts_at, by=viewer, minutes=booking.minutes, employee=booking.employee)
            except Refused as no:
                form.add_error(BOOKING_PARTS.get(no.code), str(no))
            else:
                messages.success(request, _("Moved to %(at)s.") % {"at": localtime(new.starts_at).strftime("%m-%d %H:%M")})
                warn_of(request, crowded)
                return redirect(back_to(request, day_link(new)))
        request.crumb = _("Move the appointment")  # type: ignore[attr-defined]
        title, moves = _("Move the appointment"), ("starts_at", "minutes", "employee")
        return booking_page(self, request, form, row.customer, title, _("Move"), moves)


def day_of(said: str) -> date:
    """The day asked for, today for anything else."""
    try:
        day = parse_date(said)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2099:
        return clock.today()
    return day


def day_link(row: Appointment) -> str:
    return f"{reverse(LIST)}?day={localtime(row.starts_at).date().isoformat()}"


def _place(row: Appointment) -> tuple[Any, ...]:
    return (row.store.path if row.store else "", row.store_id or 0, row.starts_at, row.pk)


def row_of(row: Appointment, viewer: Any) -> dict[str, Any]:
    may = viewer.has_perm(visits.BOOK)
    begun = row.starts_at <= clock.now()
    today = row.starts_at < clock.end_of(clock.today())
    return {
        "row": row,
        "store": row.store.name if row.store else _("without store"),
        "name": shown_name(row.customer),
        "phone": row.customer.masked_phone,
        "note": disclosure.text_for(False, row.note),
        "ends_at": row.starts_at + timedelta(minutes=row.minutes),
        "may_arrive": may and today and visits.ARRIVED in visits.NEXT[row.state],
        "may_miss": may and begun and visits.NO_SHOW in visits.NEXT[row.state],
        "may_move": may and visits.RESCHEDULED in visits.NEXT[row.state],
        "may_cancel": may and visits.CANCELLED in visits.NEXT[row.state],
        "asks": row.state == AppointmentState.BOOKED and row.starts_at + visits.ASK_AFTER <= clock.now(),
    }


def counts(shown: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """How many of each state there are that day, the empty ones left out."""
    states = [one["row"].state for one in shown]
    return [(str(state.label), states.count(state)) for state in AppointmentState if states.count(state)]
