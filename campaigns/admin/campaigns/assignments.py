"""活动任务: who works on what, and the taps that say how far one is."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from campaigns.admin.campaigns import words
from campaigns.admin.campaigns.form_page import PAGE
from campaigns.admin.facts.filters import CampaignFilter, EmployeeFilter
from campaigns.choices import AssignmentState
from campaigns.models import Assignment
from campaigns.services import working
from customers.admin.filters import Plain
from scrm.kit.admin import PAGE as PAGE_PARAMETER
from scrm.kit.admin import BigTableAdmin, ReadOnlyAdmin
from scrm.kit.errors import Refused


class TaskStateFilter(Plain):
    title, parameter_name = gettext_lazy("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(AssignmentState.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() in AssignmentState.values else queryset


class NotBegunFilter(Plain):
    """Who has not started: what the first page leads to."""

    title, parameter_name = gettext_lazy("begun"), "begun"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", gettext_lazy("Not yet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "no":
            return queryset
        return queryset.standing().filter(started_at=None, campaign__state__in=working.WORKING)


class OfEmployee(EmployeeFilter):
    related = (Assignment, "employee")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(employee=self.number()) if self.value() else queryset


class OfCampaign(CampaignFilter):
    related = (Assignment, "campaign")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(campaign=self.number()) if self.value() else queryset


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ("shown_campaign", "shown_employee", "shown_state", "deadline", "accepted_at", "started_at", "done_at")
    list_filter = (OfCampaign, OfEmployee, TaskStateFilter, NotBegunFilter)
    list_filter_submit = True
    list_select_related = ("campaign", "employee")
    ordering = ("-id",)
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/campaign.css"]}

    def get_urls(self) -> list[URLPattern]:
        return [self._url("<path:object_id>/move/<str:state>/", self.move_view, "move"), *super().get_urls()]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(view)(*args, **kwargs), view)
        return path(route, wrapped, name=f"campaigns_assignment_{name}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return Assignment.objects.visible_to(request.user)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """An assignment is read on the page of its campaign."""
        return redirect(PAGE, self.object_or_404(request, object_id).campaign_id)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE_PARAMETER}

    def move_view(self, request: HttpRequest, object_id: str, state: str) -> HttpResponse:
        """A POST does; a GET asks. `next` leads back to where one came from."""
        if not self.has_view_permission(request) and not request.user.is_active:
            raise PermissionDenied
        assignment = self.get_queryset(request).select_related("campaign", "employee").filter(pk=_number(object_id)).first()
        if assignment is None or state not in {to.value for to in working.ACTS}:
            raise Http404
        to = AssignmentState(state)
        if not working.may_move(assignment, to, request.user):
            raise PermissionDenied
        back = request.POST.get("next", "") or reverse(PAGE, args=[assignment.campaign_id])
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = reverse(PAGE, args=[assignment.campaign_id])
        if request.method == "POST":
            try:
                working.move(assignment, to=to, by=request.user)
            except Refused as no:
                messages.error(request, str(no))
            else:
                messages.success(request, _("The task is “%(state)s” now.") % {"state": assignment.get_state_display()})
            return redirect(back)
        request.crumb = words.TASKS[to]  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": assignment,
            "title": f"{assignment.campaign} · {assignment.employee}",
            "lines": [_means(assignment, to)],
            "button": words.TASKS[to],
            "danger": to == AssignmentState.WITHDRAWN,
            "back": back,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    @display(description=gettext_lazy("campaign"))
    def shown_campaign(self, row: Assignment) -> str:
        return row.campaign.name

    @display(description=gettext_lazy("employee"))
    def shown_employee(self, row: Assignment) -> str:
        return row.employee.name

    @display(description=gettext_lazy("state"))
    def shown_state(self, row: Assignment) -> str:
        return str(row.get_state_display())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def _means(assignment: Assignment, to: AssignmentState) -> str:
    name = assignment.employee.name
    return {
        AssignmentState.ACCEPTED: _("%(name)s takes the task on."),
        AssignmentState.STARTED: _("%(name)s has begun. (The first visit by one of her links says so by itself.)"),
        AssignmentState.DONE: _("%(name)s has done what was agreed."),
        AssignmentState.WITHDRAWN: _("%(name)s is taken off the campaign. Her links go on leading there, and what she has brought stays hers."),
    }[to] % {"name": name}
