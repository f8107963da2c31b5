"""怎么来的: how one amount came about. The owner may hold it from here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.admin.commission import access
from campaigns.admin.commission.performance import base
from campaigns.choices import EntryKind
from campaigns.models import CommissionEntry
from campaigns.queries.commission import explaining
from campaigns.queries.commission.fates import PAID
from campaigns.services.paying import holding
from scrm.kit import money
from scrm.kit.errors import Refused

PAGE = "admin:campaigns_entry"


def find(request: HttpRequest, pk: int) -> CommissionEntry:
    """Inside the viewer's scope, or 404."""
    viewer = access.require(request)
    entry = CommissionEntry.objects.visible_to(viewer).select_related(*explaining.BESIDE).filter(pk=pk).first()
    if entry is None:
        raise Http404
    return entry


def page(request: HttpRequest, pk: int) -> HttpResponse:
    entry = find(request, pk)
    told = explaining.explain(entry, viewer=request.user)
    context = base(request, _("Where it came from")) | {
        "told": told,
        "back": _back(request, told.entry),
        "entry": told.entry,
        "amount": money.show(told.entry.amount_fen),
        "left": money.show(told.left_fen),
        "movements": [(one, money.show(one.entry.amount_fen)) for one in told.movements],
        "holds": explaining.reasons(told),
        "may_open_order": told.order is not None and request.user.has_perm("customers.view_order"),  # type: ignore[union-attr]
        "may_hold": _may_hold(request, told),
        "may_decide": request.user.has_perm(holding.DECIDE) and bool(told.open_holds),  # type: ignore[union-attr]
    }
    return TemplateResponse(request, "campaigns/commission/entry.html", context)


def _back(request: HttpRequest, entry: CommissionEntry) -> str:
    """Its person's page of the month."""
    who = f"employee={entry.employee_id}" if entry.employee_id is not None else f"promoter={entry.promoter_id}"
    if entry.employee_id == request.user.pk:
        who = "who=me"
    return f"{reverse(access.PAGE)}?{who}&month={entry.month:%Y-%m}"


def _may_hold(request: HttpRequest, told: explaining.Told) -> bool:
    is_earned = told.entry.kind == EntryKind.ACCRUAL and told.left_fen > 0 and told.fate.state != PAID
    return is_earned and not told.fate.holds and request.user.has_perm(holding.DECIDE)  # type: ignore[union-attr]


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    entry = find(request, pk)
    if not request.user.has_perm(holding.DECIDE):  # type: ignore[union-attr]
        raise PermissionDenied
    try:
        holding.hold(entry, by=request.user, words=request.POST.get("words", ""))
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("It is held until somebody decides."))
    return redirect(PAGE, pk)
