"""挽回爽约: leads who made an appointment and did not come, and one tap that has all of them asked again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.admin.facts.listing import person_cell
from campaigns.models import Campaign
from campaigns.queries import no_shows, people
from customers.queries import colleagues, disclosure
from customers.services import winning_back

PAGE = "admin:campaigns_campaign_no_shows"
VIEW, TASKS = "customers.view_appointment", "customers.view_task"
SHOWN = 200


def door(campaign: Campaign, viewer: Any) -> dict[str, Any] | None:
    """For the campaign's pages; nothing where nobody stayed away, or for whoever sees no appointments."""
    count = no_shows.missed(campaign, viewer).count() if viewer.has_perm(VIEW) else 0
    return {"count": count, "url": reverse(PAGE, args=[campaign.pk])} if count else None


def page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    campaign, viewer = model_admin.object_or_404(request, object_id), request.user
    if not viewer.has_perm(VIEW):  # type: ignore[union-attr]
        raise PermissionDenied
    missed = no_shows.missed(campaign, viewer)
    if request.method == "POST":
        return _ask(request, campaign, missed)
    rows = no_shows.told(missed.select_related("customer", "employee")[:SHOWN])
    shown = people.shown({row.appointment.customer_id for row in rows}, viewer)
    request.crumb = _("Did not come")  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": campaign,
        "title": campaign.name,
        "campaign": campaign,
        "counts": no_shows.counts(campaign, viewer),
        "rows": [_row(row, shown) for row in rows],
        "waiting": sum(row.waits for row in rows),
        "may_ask": colleagues.may_assign(viewer),
        "tasks_url": reverse("admin:customers_task_changelist", query={"who": "team"}) if viewer.has_perm(TASKS) else "",  # type: ignore[union-attr]
        "media": model_admin.media,
    }
    return TemplateResponse(request, "campaigns/campaigns/no_shows.html", context)


def _row(row: no_shows.Missed, shown: Any) -> dict[str, Any]:
    row.appointment.shown_people = shown  # type: ignore[attr-defined]
    task = row.task or row.asked
    return {
        "pk": row.appointment.pk,
        "person": person_cell(row.appointment, row.appointment.customer_id),
        "at": row.appointment.starts_at,
        "waits": row.waits,
        "who": disclosure.text_for(False, (task.done_by or task.employee).name) if task else "",
        "open": row.task is not None,
        "asked_at": row.asked.done_at if row.asked else None,
    }


def _ask(request: HttpRequest, campaign: Campaign, missed: Any) -> HttpResponse:
    """Twice tapped it asks once: whom somebody asks by now is left out."""
    if not colleagues.may_assign(request.user):
        raise PermissionDenied
    count = winning_back.again(list(missed[:SHOWN]), by=request.user)
    said = ngettext(
        "%(count)d task for today: ask her for another day.", "%(count)d tasks for today: ask them for another day.", count
    )
    messages.success(request, said % {"count": count} if count else _("Somebody is asking all of them already."))
    return redirect(PAGE, campaign.pk)
