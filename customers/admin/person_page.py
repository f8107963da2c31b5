"""The page of one person opens to be read. Buttons post to views of their own, each of which asks again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from customers.admin import panels
from customers.admin.orders.listing import bought, state_of
from customers.choices import OrderState, system_label
from customers.models import Customer
from customers.models.orders import AGREED
from customers.queries import disclosure, duplicates, edits, next_step, person, portrait, purchases, timeline
from customers.services import people
from scrm.kit import money
from scrm.kit.errors import Refused

PAGE = "admin:customers_customer_change"
# Tabs that this app fills whatever others register.
OWN_TABS = ("timeline", "details", "tags", "orders", "owner", "identities")


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
    changes = edits.Edits(customer, viewer, revealed=revealed)
    told = list(changes)
    reader.held_back |= changes.held_back
    sees_orders = viewer.has_perm("customers.view_order")
    figures = purchases.figures(customer) if sees_orders else purchases.Figures()
    tags = reader.tags()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": customer,
        "title": reader.name,
        "customer": customer,
        "reader": reader,
        "may_reveal": disclosure.may_reveal(viewer, customer),
        "may_change": customer.is_living and model_admin.has_change_permission(request, customer),
        "may_archive": viewer.has_perm(people.ARCHIVE),
        "may_open_imports": viewer.has_perm("customers.view_importbatch") and _has_imports(),
        "openings": [
            (reader.text(system_label(row.system)), person.opening_facts(row), row.batch) for row in openings
        ],
        "totals": purchases.totals(figures, openings),
        "sees_orders": sees_orders,
        "last_orders": _orders(reader) if sees_orders else [],
        "may_enter": customer.is_living and viewer.has_perm("customers.add_order"),
        "tags": tags,
        "identities": reader.identities(),
        "merges": list(duplicates.merges_of(customer)) if viewer.has_perm("customers.view_merge") else [],
        "pairs": duplicates.open_pairs_of(customer, viewer) if viewer.has_perm("customers.view_mergecandidate") else [],
        "may_merge": viewer.has_perm("customers.merge_customer"),
        "details": reader.details(),
        "own_fields": reader.own_fields(),
        "legacy": reader.legacy(),
        "import_rows": reader.import_rows,
        "other_names": reader.other_names(),
        "may_settle_names": viewer.has_perm("customers.run_import") and _has_imports(),
        "edits": told,
        **_now(request, reader, figures, tags),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "customers/people/page.html", context)


def _now(request: HttpRequest, reader: person.Reader, figures: purchases.Figures, tags: Any) -> dict[str, Any]:
    """What to do next, where we left off, the timeline, and what others put on the page."""
    viewer: Any = request.user
    customer = reader.customer
    situation = next_step.Situation(reader, figures)
    group = request.GET.get("show", "")
    group = group if group in timeline.GROUPS else timeline.ALL
    before = timeline.Place.read(request.GET.get("before", ""))
    entries, following = timeline.page(reader, group=group, before=before)
    drawn = panels.drawn(request, reader)
    names = {key: label for key, label in panels.TABS.items() if key in drawn or key in OWN_TABS}
    may_write = customer.is_living
    return {
        "bars": panels.bars_of(request, reader),
        "tabs": drawn,
        "tab_names": names,
        "step": situation.step(),
        "left_off": situation.left_off(),
        "portrait": portrait.portrait(reader, tags, figures, portrait.habit(reader)),
        "remark": portrait.remark(reader),
        "timeline": [{"entry": entry, "link": _link(entry.about, viewer)} for entry in entries],
        "timeline_groups": timeline.GROUPS,
        "timeline_group": group,
        "timeline_next": str(following) if following else "",
        "timeline_paged": before is not None,
        "here": f"{reverse(PAGE, args=[customer.pk])}#timeline",
        "may_record": may_write and viewer.has_perm("customers.record_followup"),
        "may_book": may_write and viewer.has_perm("customers.book_appointment"),
    }


def _link(about: str, viewer: Any) -> str:
    noun, _colon, pk = about.partition(":")
    if noun == "order" and viewer.has_perm("customers.view_order"):
        return reverse("admin:customers_order_change", args=[pk])
    return ""


def _orders(reader: person.Reader) -> list[dict[str, Any]]:
    return [
        {
            "order": last.order,
            "number": last.number,
            "bought": bought(last.first, last.lines),
            "net": money.show(last.order.net_fen),
            "state": state_of(last.order),
            "plain": last.order.approval in AGREED and last.order.state == OrderState.FULFILLED,
        }
        for last in purchases.last_orders(reader.customer, reader.text)
    ]


def reveal(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Her page with every number in full. A refusal is a sentence: beside the masked number for the script, above
    the page without one."""
    customer = find(model_admin, request, object_id)
    try:
        people.show_phone(customer, by=request.user)
    except Refused as no:
        if no.code == "phone.not_yours":
            raise PermissionDenied from None
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"refused": str(no)}, status=429)
        messages.error(request, str(no))
        return redirect(PAGE, customer.pk)
    return read(model_admin, request, object_id, revealed=True)


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
