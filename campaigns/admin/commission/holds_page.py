"""待核实: what looks odd, for the owner to release or refuse, with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.admin.commission import access
from campaigns.admin.commission.performance import base
from campaigns.choices import HoldDecision
from campaigns.models import CommissionEntry, CommissionHold
from campaigns.paying_keys import Person
from campaigns.queries.commission.names import names_of
from campaigns.queries.commission.words import decided, noticed
from campaigns.services.paying import holding
from scrm.kit import money
from scrm.kit.errors import Refused

PAGE = "admin:campaigns_holds"
SHOWN = 100
LATELY = 20


def page(request: HttpRequest) -> HttpResponse:
    viewer = access.require(request, access.HOLDS)
    seen = CommissionEntry.objects.visible_to(viewer)
    rows = CommissionHold.objects.filter(entry__in=seen).select_related("entry__campaign", "entry__rule__product", "decided_by")
    waiting = list(rows.filter(decision=HoldDecision.OPEN).order_by("pk")[:SHOWN])
    done = list(rows.exclude(decision=HoldDecision.OPEN).order_by("-decided_at", "-pk")[:LATELY])
    people = {hold.pk: Person(hold.entry.employee_id, hold.entry.promoter_id) for hold in (*waiting, *done)}
    names = names_of(people.values())
    context = base(request, _("Held for a look")) | {
        "waiting": [_told(hold, names[people[hold.pk]]) for hold in waiting],
        "done": [_told(hold, names[people[hold.pk]]) for hold in done],
        "may_decide": viewer.has_perm(holding.DECIDE),
    }
    return TemplateResponse(request, "campaigns/commission/holds.html", context)


def _told(hold: CommissionHold, name: str) -> dict[str, object]:
    return {
        "hold": hold, "name": name, "amount": money.show(hold.entry.amount_fen), "noticed": noticed(hold),
        "decided": decided(hold),
    }  # fmt: skip


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = access.require(request, access.HOLDS)
    if not viewer.has_perm(holding.DECIDE):
        raise PermissionDenied
    seen = CommissionEntry.objects.visible_to(viewer)
    hold = CommissionHold.objects.select_related("entry").filter(pk=pk, entry__in=seen).first()
    if hold is None:
        raise Http404
    released = request.POST.get("decision") == "release"
    decision = HoldDecision.RELEASED if released else HoldDecision.REFUSED
    try:
        holding.decide(hold, decision=decision, by=viewer, words=request.POST.get("words", ""))
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Released: it counts again.") if released else _("Refused: it is taken back."))
    return redirect(PAGE)
