"""System status, for head office: does everything run, and how much room is left."""

import shutil
import tomllib
from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import BookCheck
from campaigns.services.paying.checking import LEDGER
from scrm.kit.models import JobRun
from scrm.site import health, verifying

ROOM_NEEDED = 1024**3
NAMES: dict[str, str | Promise] = {
    "database": gettext_lazy("Database"),
    "queue": gettext_lazy("Queue"),
    "worker": gettext_lazy("Worker and scheduler"),
    "disk": gettext_lazy("Disk space"),
    "waiting": gettext_lazy("Jobs waiting"),
    "failed": gettext_lazy("Jobs failed"),
    "books": gettext_lazy("Books of commission"),
    "figures": gettext_lazy("Figures of the boards"),
    "version": gettext_lazy("Version"),
}


@dataclass(frozen=True)
class Line:
    name: str
    ok: bool
    detail: str
    link: str = ""

    @property
    def label(self) -> str:
        return str(NAMES.get(self.name, self.name))


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("kit.view_jobrun"):  # type: ignore[union-attr]
        raise PermissionDenied
    lines = lines_now()
    context = admin.site.each_context(request) | {
        "title": _("System status"),
        "lines": lines,
        "all_well": all(line.ok for line in lines),
    }
    response = TemplateResponse(request, "admin/status.html", context)
    response["Cache-Control"] = "no-store"
    return response


def lines_now() -> list[Line]:
    """What health measures, and beside it room, jobs and version."""
    measured = [Line(check.name, check.ok, check.detail) for check in health.checks()]
    return [*measured, *_jobs(), _disk(), *_books(), *_figures(), Line("version", True, version())]


def _jobs() -> list[Line]:
    jobs = reverse("admin:kit_jobrun_changelist")
    waiting = JobRun.objects.filter(state=JobRun.State.QUEUED).count()
    failed = JobRun.objects.filter(state=JobRun.State.FAILED).count()
    return [
        Line("waiting", True, str(waiting), f"{jobs}?state__exact=queued"),
        # Looked at, not alarming for ever: a failure is told where it matters, on the page of its import.
        Line("failed", True, str(failed), f"{jobs}?state__exact=failed"),
    ]


def _books() -> list[Line]:
    """Nothing before their first night."""
    row = BookCheck.objects.filter(name=LEDGER).first()
    if row is None:
        return []
    at = date_format(localtime(row.at), "DATETIME_FORMAT")
    said = _("right, as of %(at)s") if row.ok else _("not right, as of %(at)s: manage.py audit_commission names the rows")
    return [Line("books", row.ok, said % {"at": at})]


def _figures() -> list[Line]:
    entry = verifying.last()
    if entry is None:
        return []
    at, wrong = date_format(localtime(entry.at), "DATETIME_FORMAT"), entry.detail["wrong"]
    said = _("right, as of %(at)s") if not wrong else _("not right, as of %(at)s: manage.py verify_figures names them")
    return [Line("figures", not wrong, said % {"at": at})]


def _disk() -> Line:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return Line("disk", free >= ROOM_NEEDED, _("%(size)s free") % {"size": filesizeformat(free)})


def version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
