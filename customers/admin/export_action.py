"""Export of the ticked rows, or of everything the current filter finds: asked first, then written by a job."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.admin.filters import Chosen
from customers.services.exporting import running
from scrm.kit import phones
from scrm.kit.errors import Refused
from scrm.kit.paginator import CappedPaginator

FORMATS = (
    ("xlsx", _("Excel (xlsx)"), _("For Excel and WPS.")),
    ("csv", _("CSV"), _("For other programs; Excel opens it, too.")),
    ("gz", _("CSV, packed (csv.gz)"), _("For very many rows.")),
)
LIST = "admin:customers_export_changelist"


def ask(model_admin: Any, request: HttpRequest, rows: QuerySet[Any], what: str) -> HttpResponse | None:
    if "confirmed" in request.POST:
        try:
            running.ask(
                what=what, rows=rows, format=request.POST.get("format", ""), selection=told(model_admin, request), by=request.user
            )
        except Refused as no:
            messages.error(request, str(no))
            return None
        messages.info(request, gettext("Your export is being written. Once it is ready, you download it here."))
        return redirect(LIST)
    counted = CappedPaginator(rows, 1)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": gettext("Export"),
        "count": counted.count,
        "capped": counted.capped,
        "told": told(model_admin, request),
        "formats": FORMATS,
        "action": request.POST["action"],
        "across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "customers/exports/ask.html", context)


def told(model_admin: Any, request: HttpRequest) -> str:
    """The selection in words, for the list of exports: who asks later wants to know what is in the file."""
    if request.POST.get("select_across", "0") != "1":
        count = len(request.POST.getlist(ACTION_CHECKBOX_NAME))
        return ngettext("%(count)s ticked row", "%(count)s ticked rows", count) % {"count": f"{count:,}"}
    changelist = model_admin.get_changelist_instance(request)
    parts = [said for spec in changelist.filter_specs if (said := _said(spec))]
    if changelist.query:
        # A number that was searched for is nobody's to read in a list.
        parts.insert(0, gettext("search “%(words)s”") % {"words": phones.mask_in_text(changelist.query)})
    return gettext("; ").join(parts) or gettext("all")


def _said(spec: Any) -> str:
    value = spec.value() if hasattr(spec, "value") else None
    if not value:
        return ""
    if isinstance(value, list | dict):
        shown = "、".join(map(str, value))
    elif isinstance(spec, Chosen):
        shown = spec.chosen_label() or str(value)
    else:
        shown = {str(key): str(label) for key, label in spec.lookup_choices}.get(str(value), str(value))
    return f"{spec.title}：{phones.mask_in_text(shown)}"
