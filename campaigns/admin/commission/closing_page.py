"""Closing a month: what would be paid, then a yes, then done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.commission import access
from campaigns.admin.commission.performance import base
from campaigns.queries.commission.months import months
from campaigns.queries.commission.names import names_of
from campaigns.services.paying import closing
from scrm.kit import money
from scrm.kit.errors import Refused


def close(request: HttpRequest) -> HttpResponse:
    viewer = access.require(request)
    if not viewer.has_perm(closing.CLOSE):
        raise PermissionDenied
    month = access.month_in(request.POST.get("month", "") or request.GET.get("month", "")) or months().to_close
    back = reverse(access.PAGE)
    if month is None:
        messages.info(request, _("No month waits to be closed."))
        return redirect(back)
    try:
        if request.method == "POST":
            closing.close_month(month, by=viewer, seen=request.POST.get("seen", ""))
            messages.success(request, _("%(month)s is closed. Nothing is written into it any more.") % {"month": f"{month:%Y-%m}"})
            return redirect(f"{back}?month={month:%Y-%m}")
        plan = closing.plan(month)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(f"{back}?month={month:%Y-%m}")
    names = names_of(line.person for line in (*plan.paid, *plan.carried))
    context = base(request, _("Close %(month)s") % {"month": f"{month:%Y-%m}"}) | {
        "month": f"{month:%Y-%m}",
        "plan": plan,
        "sum": money.show(plan.sum_fen),
        "paid": [(names[line.person], money.show(line.payable), line.payable) for line in plan.paid],
        "carried": [(names[line.person], money.show(line.payable), line.payable) for line in plan.carried],
        "back": f"{back}?month={month:%Y-%m}",
    }
    return TemplateResponse(request, "campaigns/commission/close.html", context)
