"""All posters of a campaign as one zip: few at once, many by a job that draws first and packs at the end."""

import secrets
import time
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Campaign, Link, Poster
from campaigns.services.drawing import kept, naming, posters
from scrm.kit import audit, files, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import JobRun
from scrm.staff.models import Employee

MAY = "campaigns.change_poster"
JOB = "campaigns.tasks.bundle_posters"
AT_ONCE = 50
FOLDER = "poster-zips"
SECONDS = 20


def links_of(campaign: Campaign) -> QuerySet[Link]:
    """Of whoever works here and of nobody; what a customer recommends by is handed out from her page."""
    rows = Link.objects.filter(Q(employee=None) | Q(employee__is_active=True), campaign=campaign, customer=None, material=None)
    return rows.select_related("campaign", "employee", "customer", "channel").order_by("employee__name", "channel__name", "pk")


def require(poster: Poster) -> None:
    """Raises Refused("poster.undrawable") with the reason."""
    problem = posters.problem(poster)
    if problem:
        raise Refused("poster.undrawable", problem)


def pack(poster: Poster, links: Iterable[Link], file: IO[bytes]) -> int:
    """Writes the zip; returns how many posters are in it. What does not fit on a poster is told in a text beside them."""
    chosen = list(links)
    names, failed, count = naming.of(chosen), [], 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:  # pictures are packed already
        for link in chosen:
            jobs.beat()
            try:
                path = kept.path_of(poster, link)
            except Refused as no:
                failed.append(f"{names[link.pk]}: {no}")
                continue
            package.write(files.full_path(path), names[link.pk])
            count += 1
        if failed:
            with translation.override(settings.LANGUAGE_CODE):
                title = pgettext("file name", "not drawn")
            package.writestr(f"{title}.txt", "\r\n".join(failed).encode("utf-8-sig"))
    return count


def start(campaign: Campaign, poster: Poster, *, by: Any) -> JobRun:
    """The job for many; the one that runs already, if there is one."""
    require(poster)
    what = {
        "campaign": campaign.pk, "poster": poster.pk, "by": by.pk, "after": 0, "done": 0,
        "path": f"{FOLDER}/{secrets.token_hex(16)}.zip",
    }  # fmt: skip
    return jobs.enqueue(JOB, what, key=f"posters:{campaign.pk}:{poster.pk}")


def step(what: dict[str, Any]) -> dict[str, Any] | None:
    """A slice: posters are drawn for SECONDS; at the end they are packed. None when it is done."""
    campaign, poster = Campaign.objects.get(pk=what["campaign"]), Poster.objects.get(pk=what["poster"])
    begun, links = time.monotonic(), links_of(campaign)
    for link in links.order_by("pk").filter(pk__gt=what["after"]):
        if time.monotonic() - begun > SECONDS or jobs.stopping():
            return what
        with suppress(Refused):  # told when it is packed
            kept.path_of(poster, link)
        what = {**what, "after": link.pk, "done": what["done"] + 1}
        jobs.advance(what)
        jobs.beat()
    relative, file = files.create(FOLDER, ".zip")
    try:
        with file:
            count = pack(poster, links, file)
        files.full_path(relative).replace(files.full_path(what["path"]))
    except BaseException:
        files.remove(relative)
        raise
    audit.record("poster.bundled", by=Employee.objects.filter(pk=what["by"]).first(), on=campaign, count=count)
    return None


def download(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """By the job that made it."""
    viewer: Any = request.user
    run = JobRun.objects.filter(pk=pk, name=JOB, state=JobRun.State.DONE).first() if viewer.has_perm(MAY) else None
    if run is None:
        return None
    what = run.args[0]
    campaign = Campaign.objects.visible_to(viewer).filter(pk=what["campaign"]).first()
    return (what["path"], zip_name(campaign)) if campaign is not None else None


def zip_name(campaign: Campaign) -> str:
    return f"{naming.safe(campaign.name) or campaign.pk}-{_('posters')}.zip"


def register() -> None:
    files.downloads.register("poster-zip", download)
