"""核销台: a code, or the end of a phone number, in; what it is for and a button, out. Made for a phone at a counter.

A coupon is taken of every customer of the shop, whoever looks after her: of a stranger the page shows a masked name and
the end of her number, and no way to her page. It is reached by its code, never by a number that could be counted up.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.queries import disclosure
from customers.services import visits
from customers.services.ordering import by_hand
from loyalty.admin.grants import standing
from loyalty.models import Coupon, CouponGrant
from loyalty.queries import counter, coupons, words
from loyalty.services import coupons as doing
from scrm.kit.errors import Refused

PAGE, ONE = "admin:loyalty_counter", "admin:loyalty_counter_one"


def page(request: HttpRequest) -> HttpResponse:
    viewer = _clerk(request)
    text = request.GET.get("q", "").strip()
    found = coupons.find(text) if text else []
    if len(found) == 1:
        return redirect(ONE, found[0].code)
    taken = [] if found else list(coupons.taken_today(viewer))
    known = _known(viewer, [*found, *taken])
    context = {
        "asked": text[: coupons.LONGEST],
        "nothing": bool(text) and not found,
        "found": [told(row, known=row.customer_id in known) for row in found],
        "cut": len(found) == coupons.FOUND,
        "taken": [told(row, known=row.customer_id in known) for row in taken],
    }
    return _drawn(request, "loyalty/counter.html", context)


def one(request: HttpRequest, code: str) -> HttpResponse:
    viewer = _clerk(request)
    grant = _grant(code)
    known = bool(_known(viewer, [grant]))
    state = standing(grant)[0]
    context = {
        "one": told(grant, known=known),
        "visits": counter.visits_today(grant.customer, viewer) if state == "granted" and viewer.has_perm(visits.BOOK) else [],
        "orders": list(coupons.orders_to_tie(grant, viewer)) if state == "used" and grant.order is None else [],
        "may_enter": known and state == "used" and viewer.has_perm(by_hand.ENTER),
    }
    return _drawn(request, "loyalty/counter_one.html", context)


def use(request: HttpRequest, code: str) -> HttpResponse:
    viewer = _clerk(request)
    grant = _grant(code)
    try:
        doing.use(grant=grant, by=viewer, store=viewer.department)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(ONE, code)
    messages.success(request, _("Taken: %(worth)s.") % {"worth": words.worth(grant.coupon)})
    _arrived(request, grant, viewer)
    return redirect(ONE, code)


def _arrived(request: HttpRequest, grant: CouponGrant, viewer: Any) -> None:
    """The coupon is taken whatever becomes of the appointment."""
    wanted = request.POST.get("visit", "")
    if not wanted or not viewer.has_perm(visits.BOOK):
        return
    visit = next((row for row in counter.visits_today(grant.customer, viewer) if str(row.pk) == wanted), None)
    if visit is None:
        return
    try:
        visits.arrive(visit, by=viewer)
    except Refused as no:
        messages.warning(request, str(no))
    else:
        messages.success(request, _("And noted: she came to her appointment."))


def tie(request: HttpRequest, code: str) -> HttpResponse:
    """To which of her purchases it belongs."""
    viewer = _clerk(request)
    grant = _grant(code)
    order = next((row for row in coupons.orders_to_tie(grant, viewer) if str(row.pk) == request.POST.get("order")), None)
    if order is None:
        raise Http404
    try:
        doing.tie(grant=grant, order=order, by=viewer)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("The coupon belongs to order %(number)s.") % {"number": order})
    return redirect(ONE, code)


def _known(viewer: Any, grants: list[CouponGrant]) -> set[int]:
    """Those among their customers whose page he may open."""
    people = Customer.objects.visible_to(viewer).filter(pk__in={row.customer_id for row in grants})
    return set(people.order_by().values_list("pk", flat=True))


def told(grant: CouponGrant, *, known: bool) -> dict[str, Any]:
    """What a clerk may read of it. `known`: he may open her page."""
    her = grant.customer
    state, label = standing(grant)
    name = str(her) if known else disclosure.stranger_name(her.name)
    return {
        "row": grant,
        "coupon": grant.coupon,
        "worth": words.worth(grant.coupon),
        "name": name or _("(no name)"),
        "phone": her.masked_phone,
        "owner": her.owner.name if her.owner and not known else "",
        "known": known,
        "state": state,
        "label": label,
        "until": words.last_day(grant.expires_at),
        "usable": state == "granted",
    }


def _clerk(request: HttpRequest) -> Any:
    if not request.user.has_perm(doing.USE):  # type: ignore[union-attr]
        raise PermissionDenied
    return request.user


def _grant(code: str) -> CouponGrant:
    grant = coupons.of_code(code)
    if grant is None:
        raise Http404
    return grant


def _drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    shell = admin.site.each_context(request) | {
        "title": _("Counter"),
        "media": admin.site.get_model_admin(Coupon).media,
    }
    return TemplateResponse(request, template, shell | context)
