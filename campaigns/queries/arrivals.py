"""By which links somebody came, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from campaigns.models import Binding, Link, TouchReading
from customers.models import Customer


@dataclass(frozen=True)
class Way:
    """A link by which she came: how often it counted, first and last when."""

    link: Link
    times: int
    first: datetime
    last: datetime


def touches_of(customer: Customer) -> QuerySet[TouchReading]:
    """All that count, of all her devices."""
    return TouchReading.objects.filter(visitor__customer=customer, unique=True)


def ways_of(customer: Customer, *, most: int) -> list[Way]:
    """The newest first; two queries."""
    rows = touches_of(customer).order_by().values("link").annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
    newest = list(rows.order_by("-last", "-link")[:most])
    links = Link.objects.select_related("campaign", "employee", "customer", "channel")
    named = links.in_bulk([row["link"] for row in newest])
    return [Way(named[row["link"]], row["times"], row["first"], row["last"]) for row in newest]


def bindings_of(customer: Customer) -> QuerySet[Binding]:
    rows = Binding.objects.filter(customer=customer).select_related("link__campaign", "link__employee", "link__customer")
    return rows.order_by("-at", "-pk")
