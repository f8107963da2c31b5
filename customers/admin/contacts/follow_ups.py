"""跟进记录: the list of what was said, newest first. Written from the customer's page, never edited here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.contacts.writing import PAGE as PERSON
from customers.admin.contacts.writing import shown_name
from customers.admin.filters import Chosen, Plain
from customers.choices import COMPLAINT, Medium, Score
from customers.models import Customer, FollowUp
from customers.queries import colleagues, disclosure, people
from scrm.kit.admin import PAGE, BigTableAdmin
from scrm.staff.models import Employee

SHORT = 120


class AuthorFilter(Chosen):
    title = _("author")
    parameter_name = "author"
    lookup = "author"
    related = (FollowUp, "author")

    def options(self, request: HttpRequest) -> QuerySet[Employee]:
        return colleagues.owners_of(request.user)


class FeelingFilter(Plain):
    title = _("feeling")
    parameter_name = "feeling"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("bad", _("bad ones")), ("good", _("good ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "bad":
            return queryset.filter(feeling__lte=COMPLAINT)
        return queryset.filter(feeling__gt=0) if self.value() == "good" else queryset


class MediumFilter(Plain):
    title = _("medium")
    parameter_name = "medium"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [pair for pair in Medium.choices if pair[0] != Medium.ANY]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(medium=self.value()) if self.value() else queryset


@admin.register(FollowUp)
class FollowUpAdmin(BigTableAdmin):
    list_display = ("who", "when", "how", "said", "felt", "next", "shown_author")
    list_display_links = None
    list_filter = (AuthorFilter, MediumFilter, FeelingFilter)
    list_filter_submit = True
    list_select_related = ("customer", "author")
    ordering = ("-at", "-id")
    search_fields = ("customer__name_key",)
    search_help_text = _("Customer's name or phone number")
    empty_value_display = ""
    empty_says = _("Open a customer and write down what was said on her page; it stands here then.")
    empty_door = ("admin:customers_customer_changelist", _("All customers"))

    class Media:
        css = {"all": ["customers/people.css", "customers/contacts.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not from here: a follow-up begins with the customer."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What was said stands in her timeline."""
        row = self.object_or_404(request, object_id)
        return redirect(f"{reverse(PERSON, args=[row.customer_id])}?show=contacts#timeline")

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUp]:
        return FollowUp.objects.visible_to(request.user)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[FollowUp], bool]:
        if not search_term.strip():
            return queryset, False
        found = people.matching(Customer.objects.visible_to(request.user), request.user, search_term)
        pks = list(found.order_by().values_list("pk", flat=True)[:1000])
        return queryset.filter(customer__in=pks), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE}

    @display(description=_("customer"))
    def who(self, row: FollowUp) -> SafeString:
        link = f"{reverse(PERSON, args=[row.customer_id])}#timeline"
        return format_html(
            '<a class="scrm-link" href="{}">{}</a> <span class="order-phone">{}</span>',
            link, shown_name(row.customer), row.customer.masked_phone,
        )  # fmt: skip

    @display(description=_("when"), ordering="at")
    def when(self, row: FollowUp) -> str:
        return localtime(row.at).strftime("%Y-%m-%d %H:%M")

    @display(description=_("how"))
    def how(self, row: FollowUp) -> str:
        return f"{row.get_medium_display()} · {row.get_began_display()}"

    @display(description=_("content"))
    def said(self, row: FollowUp) -> str:
        text = disclosure.text_for(False, row.content)
        text = text if len(text) <= SHORT else text[:SHORT] + "…"
        return " · ".join(part for part in (text, str(row.get_outcome_display()) if row.outcome else "") if part)

    @display(description=_("feeling"))
    def felt(self, row: FollowUp) -> str:
        return "" if row.feeling is None else str(Score(row.feeling).label)

    @display(description=_("next time"))
    def next(self, row: FollowUp) -> str:
        return "" if row.next_at is None else localtime(row.next_at).strftime("%Y-%m-%d")

    @display(description=_("author"))
    def shown_author(self, row: FollowUp) -> str:
        return row.author.name if row.author else disclosure.text_for(False, row.author_name)
