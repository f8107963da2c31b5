"""What is expected of each employee, where it is not the same for all."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from campaigns.admin.campaigns.fields import MoneyField, WholeField
from campaigns.admin.campaigns.form import TARGETS
from campaigns.admin.campaigns.form_page import PAGE
from campaigns.admin.campaigns.page import HEADS
from campaigns.models import Assignment
from campaigns.services import working
from campaigns.services.assigning import OVER, Targets
from scrm.staff import naming


class TargetsForm(forms.Form):
    target_leads, target_referrals, target_orders = WholeField(), WholeField(), WholeField()
    target_fen = MoneyField(required=False)

    def __init__(self, data: Any, *, assignment: Assignment) -> None:
        self.assignment = assignment
        initial = {name: getattr(assignment, name) for name in TARGETS}
        super().__init__(data, initial=initial, prefix=str(assignment.pk))

    def wanted(self) -> Targets:
        return Targets(*(self.cleaned_data[name] for name in TARGETS))


def targets(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = model_admin.object_or_404(request, object_id)
    if not (model_admin.has_change_permission(request, campaign) and request.user.has_perm(working.CHANGE)):  # type: ignore[union-attr]
        raise PermissionDenied
    if campaign.state in OVER:
        messages.error(request, _("The campaign is over: what was expected stays as it was."))
        return redirect(PAGE, campaign.pk)
    rows = campaign.assignments.standing().visible_to(request.user).select_related("employee").order_by("employee__name", "pk")
    data = request.POST if request.method == "POST" else None
    chosen = [TargetsForm(data, assignment=row) for row in rows]
    if data is not None and all(ok for ok in [form.is_valid() for form in chosen]):
        working.change_targets({form.assignment.pk: form.wanted() for form in chosen}, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(PAGE, campaign.pk)
    names = naming.labels(row.employee for row in rows)
    request.crumb = _("Targets of each")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name,
        "campaign": campaign,
        "heads": [str(HEADS[name]) for name in ("leads", "referrals", "orders", "net_fen")],
        "rows": [{"name": names[form.assignment.employee_id], "fields": [form[name] for name in TARGETS]} for form in chosen],
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/campaigns/targets.html", context)
