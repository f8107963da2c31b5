"""The rows behind each figure of a board: what a list opened from it shows, and what the figure counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, QuerySet

from campaigns.choices import Model
from campaigns.models import Conversion, Credit, Participation, TouchReading
from campaigns.queries import facts
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import Days

# Where a link is nobody's, or of no channel, or there is none: 0 is no employee's number and no channel's.
NOBODY = 0


@dataclass(frozen=True)
class Cut:
    """Which facts, as far as the viewer sees them: of a campaign, of some days, of one employee's links (or NOBODY's),
    of one channel (or none)."""

    sight: Sight
    campaign: int | None = None
    days: Days = field(default_factory=Days)
    employee: int | None = None
    channel: int | None = None

    def of(self, **changes: Any) -> Cut:
        return replace(self, **changes)

    def narrow[Rows: QuerySet[Any]](self, rows: Rows, *, link: str = "link__", day: str = "day") -> Rows:
        """`link` is the way from a row to its link, blank for rows that hold what the link says themselves."""
        return self.days.narrow(rows.filter(self.where(link)), day)

    def where(self, link: str = "link__") -> Q:
        found = self.sight.of(employee=f"{link}employee")
        if self.campaign is not None:
            found &= Q(campaign=self.campaign)
        for name in ("employee", "channel"):
            value = getattr(self, name)
            if value is not None:
                found &= Q(**({f"{link}{name}": value} if value else {f"{link}{name}__isnull": True}))
        return found


    def asked(self, model: str = "") -> facts.Asked:
        return facts.Asked(self.campaign, self.employee, self.channel, model, self.days.first, self.days.last)

    def seen[Rows: QuerySet[Any]](self, rows: Rows, link: str = "link__") -> Rows:
        return rows.filter(self.sight.of(employee=f"{link}employee"))


TOUCHES = {"raw": Q(), "views": Q(not_counted=""), "unique": Q(unique=True), "visitors": Q(first=True)}


def touches(cut: Cut, *, count: str = "views") -> QuerySet[TouchReading]:
    """"raw": every one; "views": those that count; "unique": of these, not those repeated within the hour; "visitors":
    the first of each visitor."""
    return cut.narrow(TouchReading.objects.filter(TOUCHES[count]))


def leads(cut: Cut, *, new: bool = False) -> QuerySet[Participation]:
    return cut.seen(facts.leads(Participation.objects.all(), cut.asked(), new=new))


def arrivals(cut: Cut) -> QuerySet[Participation]:
    """By the day on which they came, whenever they joined."""
    return cut.seen(facts.leads(Participation.objects.all(), cut.asked(), arrived=True))


def credits(cut: Cut, *, model: str = Model.LAST) -> QuerySet[Credit]:
    return cut.seen(facts.shares(Credit.objects.all(), cut.asked(model)), link="")


def orders(cut: Cut, *, model: str = Model.LAST, number: int | None = None) -> QuerySet[Conversion]:
    """Of which links of the cut have a share above nothing under the model; `number` 1: a customer's first of the
    campaign, 2: every later one."""
    viewer = None if cut.sight.promoters is None else cut.sight.viewer
    rows = cut.sight.mine(Conversion.objects.all())
    return facts.orders(rows, cut.asked(model), number=number, viewer=viewer)
