"""交接: whose, what hangs on her, to whom, asked once more, done; and the page that tells what went to whom."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.owners.forms import TakerField, TakersField, note_field, takers
from customers.queries import colleagues, handovers, imports, owners
from customers.services.owning import handing_over
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from scrm.staff.models import Employee

STORE = "store_"
EVEN, BY_STORE = "even", "stores"


class LeaverForm(forms.Form):
    leaver: Any = TakerField(Employee.objects.none(), label=gettext_lazy("Whose customers and open work"))

    def __init__(self, data: Any, *, viewer: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        # Who left may still have customers, so they are among them.
        fields["leaver"].queryset = colleagues.owners_of(viewer).select_related("department")


class WayForm(forms.Form):
    way = forms.ChoiceField(choices=[(EVEN, ""), (BY_STORE, "")], initial=EVEN, required=False)
    among: Any = TakersField(Employee.objects.none(), label=gettext_lazy("Among whom"), required=False)
    note = note_field()
    deactivate = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, viewer: Any, plan: handing_over.Plan) -> None:
        super().__init__(data)
        choice = takers(viewer).exclude(pk=plan.leaver.pk)
        fields: Any = self.fields
        fields["among"].queryset = choice
        self.stores = [(STORE + str(pk), name or _("without a store"), count) for pk, name, count in plan.stores]
        for name, label, _count in self.stores:
            fields[name] = TakerField(choice, label=label, required=False)

    def chosen(self) -> handing_over.Way:
        data = self.cleaned_data
        if data["way"] == BY_STORE:
            return handing_over.Way(
                stores={int(n.removeprefix(STORE)): data[n].pk for n, _label, _count in self.stores if data[n]}
            )
        return handing_over.Way(even=[employee.pk for employee in data["among"]])

    def by_store(self) -> list[tuple[Any, int]]:
        return [(self[name], count) for name, _label, count in self.stores]


def choose(request: HttpRequest) -> HttpResponse:
    _require(request)
    form = LeaverForm(request.GET if "leaver" in request.GET else None, viewer=request.user)
    if form.is_valid():
        return redirect("admin:customers_handover_plan", form.cleaned_data["leaver"].pk)
    context = {"title": _("Hand-over"), "form": form, "media": form.media, "past": handovers.past(request.user)}
    return _page(request, "handover_choose", context)


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A GET shows what hangs on her; a POST what each would get; one with step=do does it."""
    _require(request)
    leaver = Employee.objects.filter(pk=pk).exclude(role=Role.AGENCY).select_related("department").first()
    if leaver is None or not handing_over.may_hand_over(request.user, leaver):
        raise Http404
    running = JobRun.objects.live().filter(key=handing_over.key_of(leaver.pk)).first()
    if running is not None:
        return redirect("admin:customers_handover_job", running.pk)
    made = handing_over.plan(leaver, by=request.user)  # type: ignore[arg-type]
    form = WayForm(request.POST if request.method == "POST" else None, viewer=request.user, plan=made)
    step, shares = request.POST.get("step", ""), None
    if form.is_valid() and step in {"plan", "do"}:
        try:
            if step == "do":
                return _do(request, made, form)
            shares = handing_over.shares(made, form.chosen(), by=request.user)  # type: ignore[arg-type]
        except Refused as no:
            form.add_error(None, str(no))
    may_deactivate = request.user.has_perm(handing_over.ACCOUNTS) and leaver.is_active and leaver.pk != request.user.pk  # type: ignore[union-attr]
    context = {
        "title": _("Hand-over: %(name)s") % {"name": leaver.name},
        "leaver": leaver,
        "plan": made,
        "form": form,
        "shares": shares,
        "last": None if made.anything else handovers.last_of(leaver.pk),
        "by_store": form.data.get("way") == BY_STORE,
        "may_deactivate": may_deactivate,
        "media": form.media,
    }
    return _page(request, "handover_plan", context)


def _do(request: HttpRequest, made: handing_over.Plan, form: WayForm) -> HttpResponse:
    job = handing_over.carry_out(
        made,
        form.chosen(),
        by=request.user,  # type: ignore[arg-type]
        stamp=request.POST.get("stamp", ""),
        note=form.cleaned_data["note"],
        deactivate=form.cleaned_data["deactivate"],
    )
    return redirect("admin:customers_handover_job", job.pk)


def job(request: HttpRequest, pk: int) -> HttpResponse:
    """While it runs: how many are moved. The page asks again by itself; at the end it becomes the result."""
    _require(request)
    run = JobRun.objects.filter(pk=pk, name=handing_over.JOB).first()
    what = run.args[0] if run is not None else {}
    leaver = Employee.objects.filter(pk=what.get("leaver", 0)).first()
    if run is None or leaver is None or not handing_over.may_hand_over(request.user, leaver):
        raise Http404
    at, way = datetime.fromisoformat(what["at"]), handing_over.Way.read(what["way"])
    entry = handing_over.done(leaver.pk, at)
    if entry is not None:
        return redirect("admin:customers_handover_done", entry.pk)
    moved, total = sum(owners.given_at(at, to=way.successors, before=leaver.pk).values()), what["customers"]
    context = {
        "title": _("Hand-over: %(name)s") % {"name": leaver.name},
        "leaver": leaver,
        "run": run,
        "failed": run.state == JobRun.State.FAILED,
        "moved": moved,
        "total": total,
        "percent": min(100 * moved // total, 100) if total else 0,
        "worker_missing": run.state != JobRun.State.FAILED and imports.worker_missing(),
    }
    return _page(request, "handover_job", context)


def done(request: HttpRequest, pk: int) -> HttpResponse:
    """What went to whom. It stays: the audit log keeps it."""
    _require(request)
    entry = AuditEntry.objects.filter(pk=pk, action=handing_over.DONE).select_related("actor").first()
    leaver = Employee.objects.filter(pk=entry.object_id).first() if entry is not None else None
    if entry is None or leaver is None or not handing_over.may_hand_over(request.user, leaver):
        raise Http404
    context = {
        "title": _("Hand-over: %(name)s") % {"name": leaver.name},
        "leaver": leaver,
        "done": handovers.told(entry),
        "stays": bool(entry.detail["_stays"]),
    }
    return _page(request, "handover_done", context)


def _require(request: HttpRequest) -> None:
    if not colleagues.may_assign(request.user):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    shell = admin.site.each_context(request)
    return TemplateResponse(request, f"customers/owners/{template}.html", shell | context)

