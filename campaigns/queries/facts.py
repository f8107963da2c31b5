"""The rows behind every number of campaigns: leads, orders, shares, recommendations. Boards count them, lists show them;
both ask here, so that a number and the list that it opens cannot differ.

An employee or channel of 0 means none: links of nobody, links without a channel. Days are the shop's, both included.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from campaigns.choices import Model
from campaigns.models import Conversion, Credit, Participation, Referral
from customers.models import OwnerChange
from scrm.staff import scope
from scrm.staff.choices import Role


@dataclass(frozen=True)
class Asked:
    """What a number is about. `model` says whose an order is; without one it is the last touch's."""

    campaign: int | None = None
    employee: int | None = None
    channel: int | None = None
    model: str = ""
    first: date | None = None
    last: date | None = None

    def days(self, name: str) -> Q:
        found = Q()
        if self.first is not None:
            found &= Q(**{f"{name}__gte": self.first})
        if self.last is not None:
            found &= Q(**{f"{name}__lte": self.last})
        return found

    def about(self, day: str = "day") -> Q:
        return self.days(day) if self.campaign is None else self.days(day) & Q(campaign=self.campaign)

    def links(self, prefix: str = "") -> Q:
        found = Q()
        for name, wanted in (("employee", self.employee), ("channel", self.channel)):
            if wanted is not None:
                found &= Q(**{f"{prefix}{name}": wanted or None})
        return found


def leads(
    rows: QuerySet[Participation], asked: Asked, *, new: bool = False, arrived: bool = False
) -> QuerySet[Participation]:
    """`new`: only who was not here before. `arrived`: who came to the shop, by the day on which she did."""
    found = rows.filter(asked.about("arrived_on" if arrived else "day"), asked.links("link__"))
    if arrived:
        found = found.filter(arrived_on__isnull=False)
    return found.filter(is_new=True) if new else found


def shares(rows: QuerySet[Credit], asked: Asked) -> QuerySet[Credit]:
    """Under one model, since the shares of all five together are five times the money."""
    return rows.filter(asked.about(), asked.links(), model=asked.model or Model.LAST)


def orders(
    rows: QuerySet[Conversion], asked: Asked, *, number: int | None = None, viewer: Any = None
) -> QuerySet[Conversion]:
    """Each once. `number` 1: those that made a buyer; 2: the repeats, all that came later. Under a model, or of an employee
    or a channel, are those of which one of their links has a share above nothing; without, all in which the campaign had
    any part. With a `viewer` the share must be of a link whose promoter she sees."""
    found = rows.filter(asked.about())
    if viewer is not None or asked.model or asked.employee is not None or asked.channel is not None:
        had = Credit.objects.filter(asked.links(), conversion=OuterRef("pk"), model=asked.model or Model.LAST, share_fen__gt=0)
        found = found.filter(Exists(had if viewer is None else of_seen_links(had, viewer, link="")))
    if number is None:
        return found
    return found.filter(number=1) if number <= 1 else found.filter(number__gte=2)


def counts_for() -> Case:
    """For whom a recommendation counts: whose link it was, else who looked after her who brought at that moment, so that a
    hand-over later takes nothing from anybody."""
    later = OwnerChange.objects.filter(customer=OuterRef("inviter"), at__gt=OuterRef("at")).order_by("at", "id")
    return Case(
        When(link__employee__isnull=False, then=F("link__employee")),
        When(Exists(later), then=Subquery(later.values("before")[:1])),
        default=F("inviter__owner"),
        output_field=BigIntegerField(),
    )


def recommendations(rows: QuerySet[Referral], asked: Asked) -> QuerySet[Referral]:
    found = rows.filter(asked.about())
    if asked.channel is not None:
        found = found.filter(link__channel=asked.channel or None)
    if asked.employee is not None:
        found = found.annotate(counts_for=counts_for()).filter(counts_for=asked.employee or None)
    return found


def seen(model: Any, viewer: Any) -> Any:
    """All rows of one of the four, as far as the viewer may read them; everything for None, a job."""
    rows = model.objects.all()
    return rows if viewer is None else rows.visible_to(viewer)


def of_seen_links(rows: Any, viewer: Any, *, link: str = "link__") -> Any:
    """Only what came by links whose promoter the viewer sees, as boards count; an agency's campaigns as a whole."""
    if viewer.role == Role.AGENCY:
        return rows
    return scope.limit(rows, viewer, owner=f"{link}employee", department=f"{link}employee__department", listed=True)
