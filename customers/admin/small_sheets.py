"""导入 and 导出 of a small list: upload, see what it brings, take it in; the rows the filter shows as a file. Permissions
are asked here, because django-import-export's own doors stand open to every employee."""

from functools import partial
from pathlib import PurePath
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from customers.resources import sheets
from customers.resources.base import HouseResource
from customers.tasks import SMALL_SHEETS
from scrm.kit import clock, files, uploads
from scrm.kit.errors import Refused

EXPORT = "customers.export_rows"
SALT = "small-sheet"
WAITS = 3600
SHOWN = 100
FORMATS = (
    ("xlsx", gettext_lazy("Excel (xlsx)"), gettext_lazy("For Excel and WPS.")),
    ("csv", gettext_lazy("CSV"), gettext_lazy("For other programs; Excel opens it, too.")),
)
ACCEPTED = ".xlsx,.xls,.csv,.txt,.ods"
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class SheetsAdmin:
    """Mixin of a ModelAdmin, first in the bases. Whoever may add and change rows brings a sheet in; whoever may export
    takes the list out."""

    sheet: ClassVar[type[HouseResource]]
    list_before_template = "customers/sheets/links.html"

    def has_import_permission(self: Any, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def has_export_permission(self: Any, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request) and request.user.has_perm(EXPORT))  # type: ignore[union-attr]

    def get_urls(self: Any) -> list[URLPattern]:
        return [
            path("import/", self.admin_site.admin_view(partial(bring_in, self)), name=self._sheet_url("import")),
            path("export/", self.admin_site.admin_view(partial(take_out, self)), name=self._sheet_url("export")),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _sheet_url(self: Any, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def changelist_view(self: Any, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        links = {
            "import_link": link(self, "import") if self.has_import_permission(request) else "",
            "export_link": link(self, "export") if self.has_export_permission(request) else "",
        }
        response: HttpResponse = super().changelist_view(request, {**links, **(extra_context or {})})  # type: ignore[misc]
        return response


def link(model_admin: Any, what: str) -> str:
    return reverse(f"admin:{model_admin._sheet_url(what)}")


def bring_in(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_import_permission(request):
        raise PermissionDenied
    resource = model_admin.sheet(viewer=request.user)
    if request.method != "POST":
        chooser = UnfoldAdminFileFieldWidget({"id": "sheet-file", "required": True, "accept": ACCEPTED})
        columns = [column.column_name for column in resource.columns()]
        return _page(model_admin, request, "import", {"columns": columns, "chooser": chooser.render("file", None)})
    try:
        if "confirmed" in request.POST:
            return _take_in(model_admin, request, resource)
        return _try_out(model_admin, request, resource)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(link(model_admin, "import"))


def _try_out(model_admin: Any, request: HttpRequest, resource: HouseResource) -> HttpResponse:
    uploaded = request.FILES.get("file")
    if uploaded is None and uploads.too_large(request) is not None:
        raise files.too_large()
    if uploaded is None:
        raise Refused("upload.none", _("Choose a file first."))
    name = PurePath(uploaded.name or "").name
    saved = files.save_upload(uploaded, folder=SMALL_SHEETS)
    try:
        told = sheets.read(resource, files.full_path(saved.path), name=name)
    except BaseException:
        files.remove(saved.path)
        raise
    if told.errors or not told.changes:
        files.remove(saved.path)
    ticket = {"path": saved.path, "name": name, "by": request.user.pk, "noun": resource.noun}
    more = {
        "file": name,
        "told": told,
        "changes": told.changes[:SHOWN],
        "changes_more": max(len(told.changes) - SHOWN, 0),
        "errors": told.errors[:SHOWN],
        "errors_more": max(len(told.errors) - SHOWN, 0),
        "ticket": signing.dumps(ticket, salt=SALT),
    }
    return _page(model_admin, request, "preview", more)


def _take_in(model_admin: Any, request: HttpRequest, resource: HouseResource) -> HttpResponse:
    """What was tried out, by whoever tried it out; tried again within the transaction that writes it."""
    gone = Refused("sheet.gone", _("This sheet was taken in already, or has waited too long. Upload it again."))
    try:
        ticket = signing.loads(request.POST.get("ticket", ""), salt=SALT, max_age=WAITS)
    except signing.BadSignature:
        raise gone from None
    if ticket["by"] != request.user.pk or ticket["noun"] != resource.noun:
        raise gone
    place = files.full_path(ticket["path"])
    if not place.exists():
        raise gone
    told = sheets.read(resource, place, name=ticket["name"], write=True)
    files.remove(ticket["path"])
    if told.errors:
        raise Refused("sheet.changed_meanwhile", _("Meanwhile something changed. Nothing was taken in; upload the sheet again."))
    said = _("Taken in: %(created)s new, %(updated)s changed, %(unchanged)s as they were.")
    messages.success(request, said % {"created": told.created, "updated": told.updated, "unchanged": told.unchanged})
    return redirect(_list(model_admin))


def take_out(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The rows that the list shows under the filter in the address."""
    if not model_admin.has_export_permission(request):
        raise PermissionDenied
    try:
        rows = model_admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        return redirect(f"{_list(model_admin)}?{ERROR_FLAG}=1")
    if request.method == "POST":
        try:
            return _file(model_admin, request, rows)
        except Refused as no:
            messages.error(request, str(no))
            return redirect(f"{_list(model_admin)}?{request.GET.urlencode()}")
    count = rows.count()
    said = ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}"}
    return _page(model_admin, request, "export", {"count": count, "rows_said": said, "formats": FORMATS})


def _file(model_admin: Any, request: HttpRequest, rows: Any) -> HttpResponse:
    form = request.POST.get("format", "")
    content, _count = sheets.write(model_admin.sheet(viewer=request.user), rows, format=form)
    name = f"{capfirst(model_admin.opts.verbose_name_plural)}-{clock.today().isoformat()}.{form}"
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    response = HttpResponse(content, content_type=TYPES[form], headers=headers)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _page(model_admin: Any, request: HttpRequest, which: str, more: dict[str, Any]) -> HttpResponse:
    words = {"import": _("Import"), "preview": _("Check before taking in"), "export": _("Export")}
    request.crumb = words[which]  # type: ignore[attr-defined]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": capfirst(model_admin.opts.verbose_name_plural),
        "heading": words[which],
        "limit": sheets.LIMIT,
        "back": _list(model_admin) + (f"?{request.GET.urlencode()}" if request.GET else ""),
        "import_link": link(model_admin, "import"),
        **more,
    }
    return TemplateResponse(request, f"customers/sheets/{which}.html", context)


def _list(model_admin: Any) -> str:
    return reverse(f"admin:{model_admin._sheet_url('changelist')}")
