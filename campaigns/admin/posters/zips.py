"""All posters of a campaign, for whoever hands them out."""

import tempfile
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Poster
from campaigns.queries import showing
from campaigns.services.drawing import bundling, posters
from customers.queries import imports
from scrm.kit import audit
from scrm.kit.errors import Refused
from scrm.kit.models import JobRun

ADDRESS = "admin:campaigns_posters"


def choose(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Which template; a POST brings the zip, or begins the job that makes it."""
    campaign = _campaign(request, pk)
    links, templates = bundling.links_of(campaign), showing.posters(campaign)
    count = links.count()
    if request.method == "POST":
        said = request.POST.get("poster", "")
        poster = templates.filter(pk=int(said)).first() if said.isascii() and said.isdecimal() and len(said) < 19 else None
        if poster is None:
            raise Http404
        try:
            return _bring(request, campaign, poster, count)
        except Refused as no:
            messages.error(request, str(no))
            return redirect(ADDRESS, campaign.pk)
    context = {
        "campaign": campaign,
        "count": count,
        "templates": [{"poster": poster, "problem": posters.problem(poster)} for poster in templates],
    }
    return _page(request, "zip", campaign, context)


def _bring(request: HttpRequest, campaign: Campaign, poster: Poster, count: int) -> HttpResponseBase:
    bundling.require(poster)
    if not count:
        raise Refused("poster.no_links", _("There are no links yet. They are made when the campaign is published."))
    if count > bundling.AT_ONCE:
        return redirect("admin:campaigns_posters_job", bundling.start(campaign, poster, by=request.user).pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    drawn = bundling.pack(poster, bundling.links_of(campaign), file)
    file.seek(0)
    audit.record("poster.bundled", by=request.user, on=campaign, count=drawn)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return FileResponse(
        file, as_attachment=True, filename=bundling.zip_name(campaign), content_type="application/zip", headers=headers
    )


def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How many are drawn; the page asks again by itself. At the end it has the file."""
    if not request.user.has_perm(bundling.MAY):  # type: ignore[union-attr]
        raise PermissionDenied
    run = JobRun.objects.filter(pk=pk, name=bundling.JOB).first()
    if run is None:
        raise Http404
    what = run.args[0]
    campaign = _campaign(request, what["campaign"])
    total = bundling.links_of(campaign).count()
    going = run.state in (JobRun.State.QUEUED, JobRun.State.RUNNING)
    context = {
        "campaign": campaign,
        "run": run,
        "going": going,
        "failed": run.state == JobRun.State.FAILED,
        "done": what["done"],
        "total": total,
        "percent": min(100 * what["done"] // total, 100) if total else 0,
        "worker_missing": going and imports.worker_missing(),
    }
    return _page(request, "job", campaign, context)


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    if not request.user.has_perm(bundling.MAY):  # type: ignore[union-attr]
        raise PermissionDenied
    campaign = Campaign.objects.visible_to(request.user).filter(pk=pk).first()
    if campaign is None:
        raise Http404
    return campaign


def _page(request: HttpRequest, template: str, campaign: Campaign, context: dict[str, Any]) -> HttpResponse:
    request.crumb = _("All posters")  # type: ignore[attr-defined]
    shell = {**admin.site.each_context(request), "title": _("Posters: %(campaign)s") % {"campaign": campaign}}
    return TemplateResponse(request, f"campaigns/posters/{template}.html", shell | context)
