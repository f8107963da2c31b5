"""Who may read whose commission."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.dateparse import parse_date

from campaigns.paying_keys import Person
from campaigns.queries.commission.months import Months, months
from customers.models import Customer
from customers.queries import colleagues
from scrm.staff.choices import Scope

VIEW = "campaigns.view_commissionentry"
HOLDS = "campaigns.view_commissionhold"
EXPORT = "customers.export_rows"
PAGE = "admin:campaigns_performance"


@dataclass(frozen=True)
class Asked:
    """What the address says: the month, and whose page; None for the whole statement."""

    month: date
    months: Months
    person: Person | None
    name: str = ""


def require(request: HttpRequest, permission: str = VIEW) -> Any:
    """The viewer. An operator and an agency read nobody's pay."""
    viewer: Any = request.user
    if not viewer.has_perm(permission) or not viewer.has_perm(VIEW):
        raise PermissionDenied
    return viewer


def sees_others(viewer: Any) -> bool:
    return bool(viewer.row_scope != Scope.SELF)


def asked(request: HttpRequest, viewer: Any) -> Asked:
    """A person outside the viewer's scope, and one that never was, is a 404; a month that has no statement is this one."""
    known = months()
    month = next((one for one in known.listed() if one == month_in(request.GET.get("month", ""))), known.this)
    if not sees_others(viewer) or request.GET.get("who") == "me":
        return Asked(month, known, Person(viewer.pk), viewer.name)
    if employee := request.GET.get("employee", ""):
        found = colleagues.owners_of(viewer).filter(pk=_number(employee)).first()
        if found is None and _number(employee) != viewer.pk:
            raise Http404
        return Asked(month, known, Person(_number(employee)), found.name if found else viewer.name)
    if customer := request.GET.get("promoter", ""):
        one = Customer.everyone.filter(pk=_number(customer)).first()
        if viewer.row_scope != Scope.ALL or one is None:
            raise Http404
        return Asked(month, known, Person(promoter=one.pk), one.name_and_tail)
    return Asked(month, known, None)


def month_in(text: str) -> date | None:
    """ "2026-10", as the pages write it."""
    try:
        return parse_date(f"{text}-01")
    except ValueError:
        return None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)
