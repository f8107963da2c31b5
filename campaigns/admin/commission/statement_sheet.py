"""The statement of a month as a workbook: what the page shows, under the viewer's scope, and a line in the audit log."""

import tempfile
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.admin.commission import access
from campaigns.models import ClosedMonth
from campaigns.queries.commission import statement, statement_rows
from scrm.kit import audit
from scrm.kit.tabular import writing

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    viewer = access.require(request)
    if not viewer.has_perm(access.EXPORT):
        raise PermissionDenied
    month = access.asked(request, viewer).month
    lines = statement.statement(month, visible_to=viewer)
    entries = statement_rows.entries(month, visible_to=viewer)
    title = _("Commission %(month)s") % {"month": f"{month:%Y-%m}"}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "statement.xlsx"
        sheets = [(_("Statement"), statement_rows.sheet(lines, month)), (_("Entries"), entries)]
        writing.write_xlsx(path, sheets, [16, *[12] * 12])
        content = path.read_bytes()
    closed = ClosedMonth.objects.filter(month=month).first()
    audit.record("commission.exported", by=viewer, on=closed, count=len(lines), month=f"{month:%Y-%m}")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    response = HttpResponse(content, content_type=TYPE, headers=headers)
    response["Content-Disposition"] = content_disposition_header(True, f"{capfirst(title)}.xlsx") or "attachment"
    return response
