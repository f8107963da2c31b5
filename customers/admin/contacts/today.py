"""今日待办: cards in the order of urgency, one tap for what became of each."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.admin.contacts.forms import AnswerForm, PutOffForm
from customers.admin.contacts.writing import back_to, shown_name
from customers.choices import AppointmentState, TaskOutcome, TaskReason
from customers.models import Appointment, Customer, Task
from customers.queries import colleagues, disclosure, owners, today
from customers.services import doing, following, visits
from customers.services.owning import telling
from scrm.kit.admin import BigTableAdmin
from scrm.kit.errors import Refused
from scrm.staff.models import Employee

LIST = "admin:customers_task_changelist"
# What a tap is called where the state's own name would not do.
TAPS: dict[str, Any] = {
    TaskOutcome.SENT: gettext_lazy("Sent"),
    TaskOutcome.NOT_SENT: gettext_lazy("Not sent"),
    TaskOutcome.DONE: gettext_lazy("Done"),
    TaskOutcome.NOT_REACHED: gettext_lazy("Not reached, tomorrow again"),
    TaskOutcome.UNFITTING: gettext_lazy("Does not fit"),
    TaskOutcome.CAME: gettext_lazy("She came"),
    TaskOutcome.NO_SHOW: gettext_lazy("She did not come"),
}
ICONS = {
    TaskReason.BAD_FEELING: "sentiment_dissatisfied", TaskReason.NO_SHOW: "event_busy", TaskReason.WIN_BACK: "event_repeat",
    TaskReason.FOLLOW_UP: "schedule",
    TaskReason.BIRTHDAY: "cake", TaskReason.ASSIGNED: "person_add", TaskReason.OTHER: "task_alt",
}  # fmt: skip


@admin.register(Task)
class TaskAdmin(BigTableAdmin):
    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css", "customers/contacts.css"]}
        js = ["customers/contacts.js"]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._url("", self.today_view, "changelist"),
            self._url("<int:pk>/settle/", require_POST(self.settle_view), "settle"),
            self._url("<int:pk>/put-off/", require_POST(self.put_off_view), "put_off"),
            self._url("<int:pk>/answer/", self.answer_view, "answer"),
        ]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(view)(*args, **kwargs), view)
        return path(route, wrapped, name=f"customers_task_{name}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return Task.objects.visible_to(request.user)

    def today_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        viewer: Any = request.user
        may_see_team = today.may_see_team(viewer)
        team = may_see_team and request.GET.get("who") == "team"
        of = colleague_of(viewer, request.GET.get("employee", "")) if team else None
        found = today.today(viewer, team=team, of=of.pk if of else None)
        may_write, may_book = viewer.has_perm(following.RECORD), viewer.has_perm(visits.BOOK)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Today's list"),
            "today": found,
            "cards": [card_of(card, may_write, may_book) for card in found.cards],
            "visits": [visit_of(row, viewer) for row in found.appointments],
            "newly": 0 if team else newly_beyond(found, viewer),
            "team": team,
            "of": of,
            "may_see_team": may_see_team,
            "may_write": may_write,
            "here": request.get_full_path(),
            "media": self.media,
        }
        return TemplateResponse(request, "customers/contacts/today.html", context)

    def _task(self, request: HttpRequest, pk: int) -> Task:
        if not request.user.has_perm(following.RECORD):  # type: ignore[union-attr]
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("customer", "employee", "appointment__customer", "feedback__touchpoint", "feedback__closed_by")
        task = rows.filter(pk=pk).first()
        if task is None:
            raise Http404
        return task

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self._task(request, pk)
        outcome = request.POST.get("outcome", "")
        try:
            doing.settle(task, outcome=outcome, by=request.user, words=request.POST.get("words"))
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, settled_words(task, outcome))
        return redirect(back_to(request, reverse(LIST)))

    def put_off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self._task(request, pk)
        form = PutOffForm(request.POST)
        try:
            if not form.is_valid():
                raise Refused("task.moment", _("Choose a day and a time."))
            doing.put_off(task, to=form.cleaned_data["to"], by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("Put off."))
        return redirect(back_to(request, reverse(LIST)))

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A bad feeling ends with what was done about it."""
        task = self._task(request, pk)
        if task.feedback is None:
            raise Http404
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                doing.answer(task, words=form.cleaned_data["words"], by=request.user)
            except Refused as no:
                # Somebody was quicker: the page says who, and asks for nothing more.
                task.feedback.refresh_from_db()
                if task.feedback.closed_at is None:
                    form.add_error("words", str(no))
            else:
                messages.success(request, _("Answered. Marketing to her goes on as she agreed to it."))
                return redirect(back_to(request, reverse(LIST)))
        request.crumb = _("Answer a bad feeling")  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Answer a bad feeling"),
            "task": task,
            "feedback": task.feedback,
            "said": disclosure.text_for(False, task.feedback.words),
            "answered": disclosure.text_for(False, task.feedback.closing_words),
            "name": shown_name(task.customer),
            "form": form,
            "back": back_to(request, ""),
            "media": self.media,
        }
        return TemplateResponse(request, "customers/contacts/answer.html", context)


def colleague_of(viewer: Any, said: str) -> Employee | None:
    """Whose part of the team's list was asked for; nobody's for anything else than one of hers."""
    if not said.isascii() or not said.isdecimal() or len(said) > 18:
        return None
    return colleagues.owners_of(viewer).filter(pk=int(said)).first()


def newly_beyond(found: today.Today, viewer: Any) -> int:
    """How many customers came into her hands of late, where they were too many for a card each; at most 1,000."""
    cards = sum(card.task.reason == TaskReason.ASSIGNED for card in found.cards)
    count = owners.newly(Customer.objects.all(), viewer).order_by()[:1_000].count()
    return count if count > max(cards, telling.TASKS_AT_ONCE) else 0


def settled_words(task: Task, outcome: str) -> str:
    name = shown_name(task.customer)
    if outcome == TaskOutcome.NOT_SENT:
        return _("%(name)s: not sent, stays on the list.") % {"name": name}
    if outcome == TaskOutcome.NOT_REACHED:
        return _("%(name)s stands on tomorrow's list again.") % {"name": name}
    if outcome == TaskOutcome.UNFITTING:
        return _("%(name)s: put aside.") % {"name": name}
    return _("%(name)s: done.") % {"name": name}


def card_of(card: today.Card, may_write: bool, may_book: bool = False) -> dict[str, Any]:
    task = card.task
    taps = [(outcome, TAPS[outcome]) for outcome in doing.TAPS[TaskReason(task.reason)]] if may_write else []
    if not task.customer.phone:  # nobody rang her up
        taps = [tap for tap in taps if tap[0] != TaskOutcome.NOT_REACHED]
    return {
        "card": card,
        "task": task,
        "icon": ICONS[TaskReason(task.reason)],
        "taps": taps,
        "answers": may_write and task.reason == TaskReason.BAD_FEELING,
        "books": may_book and task.reason == TaskReason.WIN_BACK,
        "writes": may_write and task.reason not in (TaskReason.NO_SHOW, TaskReason.BAD_FEELING),
        "puts_off": may_write and task.reason in (TaskReason.FOLLOW_UP, TaskReason.OTHER, TaskReason.ASSIGNED),
    }


def visit_of(row: Appointment, viewer: Any) -> dict[str, Any]:
    may = viewer.has_perm(visits.BOOK)
    return {
        "row": row,
        "name": shown_name(row.customer),
        "phone": row.customer.masked_phone,
        "waits": may and row.state == AppointmentState.BOOKED,
        "missed": row.state == AppointmentState.NO_SHOW,
        "came": row.state == AppointmentState.ARRIVED,
    }
