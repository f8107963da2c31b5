"""Undo of a whole import: what would go, then the act."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers.admin.imports import access
from customers.choices import ImportKind
from customers.services.contact_sheets import undoing as contact_undoing
from customers.services.importing import undoing
from customers.services.ordering import undoing as order_undoing
from scrm.kit.errors import Refused

PLANS: dict[str, Any] = {
    ImportKind.ORDERS: order_undoing.plan,
    ImportKind.APPOINTMENTS: contact_undoing.plan,
    ImportKind.FOLLOW_UPS: contact_undoing.plan,
}


def undo(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET shows the plan, POST queues it; the job plans again, so nothing that changed meanwhile is lost."""
    batch = access.find(model_admin, request, object_id, access.UNDO)
    if request.method == "POST":
        try:
            undoing.ask(batch, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        return redirect(access.DETAIL, batch.pk)
    plan = PLANS.get(batch.kind, undoing.plan)(batch)
    return access.page(model_admin, request, batch, "undo", "result", {"plan": plan, "nothing": nothing(plan)})


def nothing(plan: undoing.UndoPlan) -> bool:
    """An import that brought nothing new: its undo takes nothing back."""
    counts = [value for key, value in vars(plan).items() if type(value) is int and key != "rows"]
    return not any(counts)
