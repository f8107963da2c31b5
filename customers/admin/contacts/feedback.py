"""Feelings: those that wait for an answer first."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.contacts.writing import PAGE as PERSON
from customers.admin.contacts.writing import shown_name
from customers.admin.filters import Chosen, Plain
from customers.admin.orders.filters import FROM, TO, DaysFilter
from customers.choices import COMPLAINT, Score
from customers.models import Feedback, Task, Touchpoint
from customers.queries import disclosure
from scrm.kit import clock
from scrm.kit.admin import PAGE, BigTableAdmin


class WaitingFilter(Plain):
    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("bad feelings without an answer")), ("answered", _("answered"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "waiting":
            return queryset.unanswered()
        return queryset.filter(closed_at__isnull=False) if self.value() == "answered" else queryset


class TouchpointFilter(Chosen):
    title, parameter_name, lookup = _("touchpoint"), "touchpoint", "touchpoint"
    related = (Feedback, "touchpoint")

    def options(self, request: HttpRequest) -> QuerySet[Touchpoint]:
        return Touchpoint.objects.all()


class FeltFilter(DaysFilter):
    """Felt from … to …, days of the shop, both included."""

    title = _("when")

    def within(self, queryset: Any, first: date, last: date) -> QuerySet[Any]:
        rows: QuerySet[Any] = queryset.filter(at__gte=clock.start_of(first), at__lt=clock.end_of(last))
        return rows


@admin.register(Feedback)
class FeedbackAdmin(BigTableAdmin):
    list_display = ("who", "felt", "where", "said", "when", "answer")
    list_display_links = None
    list_filter = (WaitingFilter, TouchpointFilter, FeltFilter)
    list_filter_submit = True
    list_select_related = ("customer", "touchpoint", "closed_by")
    ordering = ("-at", "-id")
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "customers/contacts.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.object_or_404(request, object_id)
        return redirect(f"{reverse(PERSON, args=[row.customer_id])}?show=feelings#timeline")

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        asked = Prefetch("tasks", queryset=Task.objects.open(), to_attr="open_tasks")
        return Feedback.objects.visible_to(request.user).prefetch_related(asked)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE, FROM, TO}

    @display(description=_("customer"))
    def who(self, row: Feedback) -> SafeString:
        link = f"{reverse(PERSON, args=[row.customer_id])}?show=feelings#timeline"
        return format_html(
            '<a class="scrm-link" href="{}">{}</a> <span class="order-phone">{}</span>',
            link, shown_name(row.customer), row.customer.masked_phone,
        )  # fmt: skip

    @display(description=_("feeling"))
    def felt(self, row: Feedback) -> str:
        return str(Score(row.score).label)

    @display(description=_("touchpoint"))
    def where(self, row: Feedback) -> str:
        return row.touchpoint.name if row.touchpoint else ""

    @display(description=_("her words"))
    def said(self, row: Feedback) -> str:
        return disclosure.text_for(False, row.words)[:200]

    @display(description=_("when"), ordering="at")
    def when(self, row: Feedback) -> str:
        return localtime(row.at).strftime("%Y-%m-%d %H:%M")

    @display(description=_("answer"))
    def answer(self, row: Feedback) -> str | SafeString:
        if row.closed_at is not None:
            by = row.closed_by.name if row.closed_by else ""
            return f"{by} {disclosure.text_for(False, row.closing_words)}".strip()
        if row.score > COMPLAINT:
            return ""
        asked: list[Task] = getattr(row, "open_tasks", [])
        if not asked:
            return gettext("not answered yet")
        return format_html(
            '<a class="scrm-link" href="{}">{}</a>', reverse("admin:customers_task_answer", args=[asked[0].pk]), gettext("Answer"),
        )  # fmt: skip
