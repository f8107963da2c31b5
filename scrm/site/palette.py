"""The search palette (Ctrl+K): pages by their name, customers by number or name. Asked at every key
stroke."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from customers.models import Customer
from customers.queries import people
from scrm.kit import phones
from scrm.site import navigation

LIMIT = 20
LONGEST = 60


def search(request: HttpRequest) -> HttpResponse:
    """unfold's own view keeps its answers for five minutes, so that someone would find by yesterday's rights,
    and lists every model by its English name; this one asks anew each time."""
    term = request.GET.get("s", "").strip()[:LONGEST]
    if not term:
        return HttpResponse()
    found = results(request.user, term)
    page = Paginator(found, LIMIT).page(1)
    context = {
        "search_term": term,
        "results": page,
        "page_obj": page.paginator,
        "page_counter": 0,
        "more": len(found) == LIMIT,
        "command_show_history": False,
    }
    response = TemplateResponse(request, "unfold/helpers/command_results.html", context)
    response["HX-Trigger"] = "search"
    response["Cache-Control"] = "no-store"
    return response


def results(user: Any, term: str) -> list[SearchResult]:
    """At most LIMIT: pages first, they are few."""
    return [*_pages(user, term), *_customers(user, term)][:LIMIT]


def _pages(user: Any, term: str) -> list[SearchResult]:
    return [
        SearchResult(title=str(item.title), description=str(group.title), link=link, icon=item.icon)
        for group, items in navigation.visible(user)
        for item, link in items
        if term.casefold() in str(item.title).casefold()
    ]


def _customers(user: Any, term: str) -> list[SearchResult]:
    """Never a whole phone number, whoever asks: the palette stands open over a counter."""
    if not user.has_perm("customers.view_customer"):
        return []
    return [
        SearchResult(
            title=phones.mask_in_text(person.name) or str(_("(no name)")),
            description=_about(person),
            link=link,
            icon="person",
        )
        for person in people.search(user, term, limit=LIMIT)
        if (link := _page_of(person))
    ]


def _about(person: Customer) -> str:
    parts = [person.masked_phone, person.owner and person.owner.name, person.store and person.store.name]
    return " · ".join(str(part) for part in parts if part)


def _page_of(person: Customer) -> str:
    try:
        return reverse("admin:customers_customer_change", args=[person.pk])
    except NoReverseMatch:
        return ""
