"""疑似重复: pairs that may be one person, the plan of a merge, and its undo."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from customers.admin.filters import OpenPairFilter
from customers.choices import CandidateState
from customers.models import Customer, Merge, MergeCandidate
from customers.queries import comparing, duplicates
from customers.services.merging import joining
from customers.services.merging.movers import movers
from scrm.kit.admin import ReadOnlyAdmin
from scrm.kit.errors import Refused

MERGE = "customers.merge_customer"
LIST = "admin:customers_mergecandidate_changelist"
PERSON = "admin:customers_customer_change"


@admin.register(MergeCandidate)
class MergeCandidateAdmin(ReadOnlyAdmin):
    list_display = ("pair", "why", "found", "standing")
    list_display_links = ("pair",)
    list_select_related = ("first", "second")
    list_filter = (OpenPairFilter,)
    ordering = ("-id",)
    sortable_by = ()
    actions = None

    class Media:
        css = {"all": ["customers/people.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.view_mergecandidate")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("customers.view_mergecandidate")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MergeCandidate]:
        visible = Customer.everyone.visible_to(request.user).values("pk")
        return super().get_queryset(request).filter(first__in=visible, second__in=visible)

    def get_urls(self) -> list[URLPattern]:
        return [
            self._url("<int:pk>/two-people/", require_POST(partial(two_people, self)), "two_people"),
            self._url("merges/<int:pk>/undo/", partial(undo, self), "undo"),
            *super().get_urls(),
        ]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        return path(route, self.admin_site.admin_view(view), name=f"customers_mergecandidate_{name}")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return show(self, request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return show(self, request, object_id)

    @display(description=_("pair"))
    def pair(self, candidate: MergeCandidate) -> SafeString:
        return format_html("{} · {}", _named(candidate.first), _named(candidate.second))

    @display(description=_("what speaks for it"))
    def why(self, candidate: MergeCandidate) -> str:
        return duplicates.evidence(candidate)

    @display(description=_("found"))
    def found(self, candidate: MergeCandidate) -> datetime:
        return candidate.created_at

    @display(
        description=_("state"),
        label={
            CandidateState.OPEN: "warning", CandidateState.MERGED: "success", CandidateState.REJECTED: "default",
        },
    )  # fmt: skip
    def standing(self, candidate: MergeCandidate) -> tuple[str, str]:
        return candidate.state, candidate.get_state_display()


def _named(person: Customer) -> str:
    name = str(person)
    return f"{name} {person.masked_phone}" if person.name and person.phone else name


def find(model_admin: Any, request: HttpRequest, pk: Any, *joined: str) -> MergeCandidate:
    if not request.user.has_perm("customers.view_mergecandidate"):  # type: ignore[union-attr]
        raise PermissionDenied
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        raise Http404
    rows = model_admin.get_queryset(request).select_related("first", "second", *joined)
    found: MergeCandidate | None = rows.filter(pk=int(pk)).first()
    if found is None:
        raise Http404
    return found


def show(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The plan: both side by side, what differs, what moves. POST does it."""
    candidate = find(model_admin, request, object_id, "first__owner", "first__store", "second__owner", "second__store")
    keep, fold = duplicates.in_order(candidate, request.GET.get("keep", ""))
    merged = Merge.objects.filter(kept__in=[keep, fold], folded__in=[keep, fold], undone_at=None).first()
    context: dict[str, Any] = {
        "candidate": candidate,
        "keep": keep,
        "fold": fold,
        "merge": merged,
        "evidence": duplicates.evidence(candidate),
        "may_merge": request.user.has_perm(MERGE),  # type: ignore[union-attr]
    }
    if candidate.state == CandidateState.OPEN:
        chosen = {key.removeprefix("field_"): str(value) for key, value in request.POST.items() if key.startswith("field_")}
        try:
            made = joining.plan(keep=keep, fold=fold, choices=chosen)
            if request.method == "POST":
                return _merge(request, candidate, made, chosen)
            context |= {"plan": made, "told": {**duplicates.told(made), **_beside(made)}}
        except Refused as no:
            if request.method == "POST":
                messages.error(request, str(no))
                return redirect(request.get_full_path())
            context["why_not"] = str(no)
    shell = {
        **model_admin.admin_site.each_context(request), "opts": model_admin.opts, "original": candidate,
        "title": str(candidate), "media": model_admin.media,
    }  # fmt: skip
    return TemplateResponse(request, "customers/duplicates/plan.html", shell | context)


def _beside(made: joining.MergePlan) -> dict[str, Any]:
    """What one decides by: both records side by side, what moves where, and that nothing is lost or doubled by it."""
    labels = {name: movers[name].label for name in movers.names()}
    hers, theirs = comparing.bought(made.keep, made.fold)
    own = {name: movers[name].count(made.keep) for name in labels}
    others = dict(made.counts)
    for either in (own, others):
        either.pop("candidates", None)  # the pair itself
    return {
        "facts": comparing.facts(made.keep, made.fold, hers, theirs),
        "counts": comparing.counts(labels, own, others),
        "moves": comparing.sentences(labels, made.counts, made.keep, made.doubled),
        "together": comparing.together(hers, theirs),
    }


def _merge(
    request: HttpRequest, candidate: MergeCandidate, made: joining.MergePlan, chosen: dict[str, str]
) -> HttpResponse:
    if not request.user.has_perm(MERGE):  # type: ignore[union-attr]
        raise PermissionDenied
    # The page was made from an older state: what it showed is not what would happen.
    if request.POST.get("stamp") != made.stamp:
        raise joining.stale()
    joining.carry_out(made, by=request.user, evidence=candidate.evidence, choices=chosen)
    messages.success(request, gettext("Merged. %(name)s has everything of both now.") % {"name": made.keep})
    return redirect(PERSON, made.keep.pk)


def two_people(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    candidate = find(model_admin, request, pk)
    if not request.user.has_perm(MERGE):  # type: ignore[union-attr]
        raise PermissionDenied
    try:
        joining.reject(candidate, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, gettext("They are two people; the pair is not proposed again."))
    return redirect(f"{reverse(LIST)}?{OpenPairFilter.parameter_name}=open")


def undo(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then takes the merge apart."""
    if not request.user.has_perm(MERGE):  # type: ignore[union-attr]
        raise PermissionDenied
    visible = Customer.everyone.visible_to(request.user).values("pk")
    merge = Merge.objects.filter(pk=pk, kept__in=visible, folded__in=visible).select_related("kept", "folded").first()
    if merge is None:
        raise Http404
    if request.method == "POST":
        try:
            joining.undo(merge, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
            if no.code == "merge.erased":  # she has no page any more
                return redirect(LIST)
        else:
            messages.success(request, gettext("Taken apart again: two customers, as before the merge."))
        return redirect(PERSON, merge.kept_id)
    context = {
        **model_admin.admin_site.each_context(request), "opts": model_admin.opts, "title": gettext("Undo the merge?"),
        **_asked_of(merge),
    }  # fmt: skip
    return TemplateResponse(request, "admin/confirm.html", context)


def _asked_of(merge: Merge) -> dict[str, Any]:
    """What undo would do and its button; where it cannot be done any more, why, and no button."""
    try:
        made = joining.undo_plan(merge)
    except Refused as no:
        # Erased she has no page any more; folded further, the merge to undo first is told on the page of the one who stayed.
        on = merge.kept.merged_into_id or merge.kept_id
        back = reverse(LIST) if no.code == "merge.erased" else reverse(PERSON, args=[on])
        return {"title": gettext("The merge cannot be undone"), "lines": [no], "back": back}
    names = {"kept": _named(made.keep), "folded": _named(made.fold)}
    return {
        "lines": [
            gettext("%(folded)s becomes a customer of her own again, with everything that came from her.") % names,
            gettext(
                "What was written down since the merge stays with %(kept)s, except what came from a sheet under one of "
                "the other's numbers."
            )
            % names,
        ],
        "button": gettext("Undo the merge"),
        "danger": True,
        "back": reverse(PERSON, args=[made.keep.pk]),
    }
