"""The rows behind a figure: exactly as many as the figure says, a page at a time."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode

from customers.admin.imports import access
from customers.models import ImportBatch, ImportRow
from customers.queries import import_kinds, imports
from customers.services.importing.matching import UNKNOWN_KINDS
from customers.services.importing.reasons import of_row
from scrm.kit import phones

PER_PAGE = 50


def rows(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """`show` is a figure; `kind` and `text` narrow it to one unknown name. Another `show` is a 404."""
    batch = access.find(model_admin, request, object_id)
    show = request.GET.get("show", "all")
    told_of = import_kinds.read(batch)
    if show not in told_of.LABELS:
        raise Http404
    found = told_of.rows(batch, show)
    kind, text = request.GET.get("kind", ""), request.GET.get("text", "")
    if kind in UNKNOWN_KINDS and text:
        found = imports.naming(found, kind, text)
    paginator = Paginator(found.select_related("customer"), PER_PAGE)
    here = paginator.get_page(request.GET.get("p"))
    named = {"kind": kind, "text": text} if kind in UNKNOWN_KINDS and text else {}
    context = {
        "figures": told_of.figures(batch),
        "show": show,
        "named": named,
        "page": here,
        "count": paginator.count,
        "rows": [told(batch, row) for row in here],
        "query": urlencode({"show": show, **named}),
    }
    return access.page(model_admin, request, batch, "rows", "result", context)


def told(batch: ImportBatch, row: ImportRow) -> dict[str, Any]:
    headers = batch.layout.get("headers", [])
    return {
        "row": row,
        # Another name is told beside its buttons.
        "reason": of_row(row.code, row.detail, row.warnings, False),
        "unknown": (row.unknown or {}).items(),
        "cells": [
            # Whole numbers are for the person's page, where a look is logged.
            (headers[n] if n < len(headers) else "", phones.mask_in_text(cell))
            for n, cell in enumerate(row.cells or [])
            if cell != ""
        ],
    }
