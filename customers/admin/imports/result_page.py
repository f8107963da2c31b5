"""What became of it, in the order of what one does next: figures, what needs you, the sheet back, next, undo."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.admin.imports import access, kind_pages
from customers.choices import BatchState, NameKind
from customers.models import Identity, ImportBatch, MergeCandidate
from customers.queries import colleagues, imports
from customers.services.importing import conflicts, matching
from scrm.kit import money, phones
from scrm.kit.errors import Refused

SHOWN = 8
SHOWN_NAMES = 30
WENT = (BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED, BatchState.UNDONE)


def show(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Also of an import that stopped half-way, was refused or has been undone: the page says so first."""
    if batch.state not in WENT or batch.started_at is None:
        return ended(model_admin, request, batch)
    if pages := kind_pages.of(batch):
        return pages.show_result(model_admin, request, batch)
    user: Any = request.user
    figures = {figure.key: figure for figure in imports.figures(batch)}
    undone = batch.state == BatchState.UNDONE
    openings = imports.opening_figures(batch)
    open_conflicts = imports.open_conflicts(batch)
    unknown = [] if undone else matching.unknown_names(batch)
    context = {
        "sentence": linked_sentence(batch, figures["all"].count),
        "figures": figures,
        "tiles": [figures[key] for key in (*imports.OUTCOMES, "conflicts", "warnings")],
        "stopped": batch.state in (BatchState.CANCELLED, BatchState.FAILED),
        "undone": undone,
        "taken_back": imports.taken_back(batch),
        # The worker gave the undo up: going on with the import would bring back what is gone already.
        "undo_stopped": batch.state == BatchState.FAILED and "undo" in batch.counters,
        "unknown": unknown[:SHOWN_NAMES],
        "more_unknown": max(len(unknown) - SHOWN_NAMES, 0),
        "owners": colleagues.owners_of(user),
        "stores": colleagues.stores_of(user).filter(is_active=True),
        "conflicts": [] if undone else list(open_conflicts.select_related("customer")[:SHOWN]),
        "conflicts_open": 0 if undone else open_conflicts.count(),
        "duplicates": imports.open_duplicates(batch),
        "pairs": [pair(found) for found in imports.duplicate_pairs(batch, SHOWN)],
        "duplicates_url": _url_or_blank("admin:customers_mergecandidate_changelist"),
        "openings": openings,
        "openings_spend": money.show(openings.spend_fen) if openings else "",
        "points": imports.columns_of(batch, "points"),
        "new_people": imports.new_people(batch).count(),
        "unowned": imports.new_people(batch).filter(owner=None).count(),
        "people_url": f"{reverse('admin:customers_customer_changelist')}?batch={batch.pk}",
        "may_undo": user.has_perm(access.UNDO),
    }
    return access.page(model_admin, request, batch, "result", "result", context)


def pair(found: MergeCandidate) -> dict[str, Any]:
    """Two people and what the sheet says they share, numbers masked."""
    evidence = [
        f"{Identity(kind=said['kind']).kind_label} {phones.mask_in_text(str(said['value']))}"
        for said in found.evidence
        if "kind" in said
    ]
    return {"people": [found.first, found.second], "evidence": "、".join(evidence)}


def ended(model_admin: Any, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Nothing was written: refused, cancelled while it waited, or its file is gone. Says why and what to do."""
    context = {
        "may_map": batch.state == BatchState.REFUSED and batch.path and batch.layout,
        "may_resume": batch.state in (BatchState.CANCELLED, BatchState.FAILED) and batch.path,
    }
    return access.page(model_admin, request, batch, "ended", "", context)


def linked_sentence(batch: ImportBatch, there: int) -> SafeString:
    """The sentence of the list, each number in it leading to its rows. Of an import that stopped half-way only
    `there` rows are written, so the number of all of them leads nowhere."""
    counters, address = batch.counters, access.url(batch, "rows")
    said = {key: f"{counters.get(key, 0):,}" for key in ("rows", *map(str, imports.OUTCOMES), "skipped")}
    for key, number in said.items():
        if key != "skipped" and (key != "rows" or counters.get("rows") == there):
            show = "all" if key == "rows" else key
            said[key] = format_html('<a href="{}?show={}" data-show="{}">{}</a>', address, show, show, number)
    return mark_safe(escape(imports.wording()) % said + escape(imports.rest(counters)))


def match(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """One name of the sheet, matched once and for all to somebody or some store of ours."""
    batch = access.find(model_admin, request, object_id)
    kind, text, chosen = (request.POST.get(key, "") for key in ("kind", "text", "chosen"))
    if kind not in NameKind.values:
        raise Http404
    choices: Any = (
        colleagues.owners_of(request.user) if kind == NameKind.OWNER else colleagues.stores_of(request.user)
    )
    target = choices.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if target is None:
        messages.error(request, _("Choose who “%(name)s” is first.") % {"name": text})
        return redirect(access.DETAIL, batch.pk)
    try:
        count = matching.match(
            kind=kind,
            text=text,
            employee=target if kind == NameKind.OWNER else None,
            store=target if kind == NameKind.STORE else None,
            by=request.user,
        )
    except Refused as no:
        messages.error(request, str(no))
    else:
        sentence = ngettext(
            "“%(text)s” is %(name)s from now on; %(count)s customer got it.",
            "“%(text)s” is %(name)s from now on; %(count)s customers got it.",
            count,
        )
        messages.success(request, sentence % {"text": text, "name": target, "count": count})
    return redirect(access.DETAIL, batch.pk)


def name(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """One row whose name is not the person's: take the sheet's, or keep what is there."""
    batch = access.find(model_admin, request, object_id)
    if "keep_all" in request.POST:
        count = conflicts.keep_all(batch, by=request.user)
        sentence = ngettext("%(count)s name was kept as it is here.", "%(count)s names were kept as they are here.", count)
        messages.success(request, sentence % {"count": f"{count:,}"})
        return redirect(access.DETAIL, batch.pk)
    number = request.POST.get("row", "")
    row = None
    if number.isdecimal() and len(number) < 10:
        row = imports.rows(batch, "conflicts").filter(number=int(number)).select_related("customer").first()
    if row is None:
        raise Http404
    try:
        conflicts.settle(row, take="take" in request.POST, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    return redirect(f"{access.url(batch)}#names")


def _url_or_blank(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
