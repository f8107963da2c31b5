"""Assign, share out, give back: the ticked rows or everyone a filter finds. Asked first, then done; more than a
request takes is a job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.admin.owners.forms import AssignForm, ReleaseForm, ShareForm
from customers.models import Customer
from customers.services import owning
from customers.services.owning import acts, mass
from scrm.kit.errors import Refused
from scrm.kit.paginator import CappedPaginator


@dataclass(frozen=True)
class Act:
    """`do`: what is said when it is done. `free`: the pool's, which leaves out whoever has somebody meanwhile."""

    title: str | Promise
    hint: str | Promise
    form: type[forms.Form]
    do: Callable[[QuerySet[Customer], dict[str, Any], Any], str]
    order: str
    free: bool = False


def _assign(rows: QuerySet[Customer], data: dict[str, Any], by: Any, free: bool = False) -> str:
    count = owning.assign(rows, to=data["to"], by=by, note=data["note"], free=free)
    if not count:
        return gettext("Nothing to do: %(name)s looks after all of them already.") % {"name": data["to"].name}
    said = ngettext(
        "%(name)s looks after %(count)s customer more.", "%(name)s looks after %(count)s customers more.", count
    )
    return said % {"name": data["to"].name, "count": f"{count:,}"}


def _assign_free(rows: QuerySet[Customer], data: dict[str, Any], by: Any) -> str:
    return _assign(rows, data, by, free=True)


def _share(rows: QuerySet[Customer], data: dict[str, Any], by: Any) -> str:
    got = owning.share_out(rows, among=data["among"], by=by, note=data["note"])
    names = {employee.pk: employee.name for employee in data["among"]}
    told = [f"{names[pk]} {count:,}" for pk, count in got.items()]
    return gettext("Shared out: %(who)s.") % {"who": gettext(", ").join(told)}


def _release(rows: QuerySet[Customer], data: dict[str, Any], by: Any) -> str:
    count = owning.release(rows, by=by, note=data["note"])
    said = ngettext("%(count)s customer is in the pool now.", "%(count)s customers are in the pool now.", count)
    return said % {"count": f"{count:,}"}


STORES = _("Who belongs to no store takes that of the new owner. The owner's open tasks for them go along.")
ASSIGN = Act(_("Assign to a colleague"), STORES, AssignForm, _assign, acts.ASSIGNED)
ASSIGN_FREE = Act(_("Assign to a colleague"), STORES, AssignForm, _assign_free, acts.ASSIGNED, free=True)
SHARE = Act(_("Share out evenly"), _("In turns, so that nobody has more than one above the others."), ShareForm, _share, acts.SHARED, free=True)  # fmt: skip
RELEASE = Act(_("Give back to the pool"), _("Nobody looks after them then; their open tasks come to you."), ReleaseForm, _release, acts.RELEASED)  # fmt: skip


def ask_then_do(model_admin: Any, request: HttpRequest, rows: QuerySet[Customer], act: Act) -> HttpResponse | None:
    form: Any = act.form(request.POST if "confirmed" in request.POST else None, viewer=request.user)  # type: ignore[call-arg]
    if form.is_valid():
        try:
            if mass.too_many(rows):
                messages.info(request, _queue(rows, form.cleaned_data, request.user, act))
            else:
                messages.success(request, act.do(rows, form.cleaned_data, request.user))
            return None
        except Refused as no:
            # What was chosen stays on the page.
            form.add_error(None, str(no))
    counted = CappedPaginator(rows, 1)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": act.title,
        "hint": act.hint,
        "form": form,
        "count": counted.count,
        "capped": counted.capped,
        "queued": counted.count > acts.IN_REQUEST,
        "action": request.POST["action"],
        "across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "media": model_admin.media + form.media,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "customers/owners/act.html", context)


def _queue(rows: QuerySet[Customer], data: dict[str, Any], by: Any, act: Act) -> str:
    chosen = data["among"] if "among" in data else [data["to"]] if "to" in data else []
    _job, people = mass.order(rows, chosen, act=act.order, by=by, note=data["note"], free=act.free)
    said = gettext(
        "Under way in the background for %(people)s people; you can go on working. The audit log has a line once all are "
        "done."
    )
    return said % {"people": f"{people:,}"}
