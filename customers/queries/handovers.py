"""Hand-overs that were carried out: when, whose, who got what, by whom. The audit log keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.queries import colleagues
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.staff import leaving
from scrm.staff.models import Employee

DONE = "owner.handed_over"
SHOWN = 50


@dataclass(frozen=True)
class Got:
    """What one colleague got. `link` lists these customers, as far as whoever opens it sees them."""

    employee: Employee
    customers: int
    tasks: int
    appointments: int
    # Of the apps above: "2 campaigns".
    others: list[str]
    link: str


@dataclass(frozen=True)
class HandOver:
    entry: AuditEntry
    leaver: Employee
    got: list[Got]

    @property
    def at(self) -> datetime:
        return localtime(datetime.fromisoformat(self.entry.detail["_at"]))

    @property
    def by(self) -> str:
        return self.entry.actor.name if self.entry.actor else ""

    @property
    def said(self) -> str:
        """For whoever comes too late: of today by the clock, of an earlier day with it."""
        at = self.at.strftime("%H:%M" if self.at.date() == clock.today() else "%Y-%m-%d %H:%M")
        words = _("%(by)s handed over the customers and open work of %(name)s at %(at)s; nothing is left with her.")
        return words % {"by": self.by, "name": self.leaver.name, "at": at}


def past(viewer: Any) -> list[HandOver]:
    """The newest SHOWN of the viewer's own colleagues, those who left too. Three queries."""
    pks = colleagues.owners_of(viewer).values_list("pk", flat=True)
    entries = AuditEntry.objects.filter(action=DONE, object_type="staff.employee", object_id__in=[str(pk) for pk in pks])
    return _told(entries.select_related("actor").order_by("-pk")[:SHOWN])


def last_of(leaver: int) -> HandOver | None:
    entries = AuditEntry.objects.filter(action=DONE, object_type="staff.employee", object_id=str(leaver))
    return next(iter(_told(entries.select_related("actor").order_by("-pk")[:1])), None)


def told(entry: AuditEntry) -> HandOver:
    return _told([entry])[0]


def _told(entries: Iterable[AuditEntry]) -> list[HandOver]:
    entries = list(entries)
    wanted = {row[0] for entry in entries for row in entry.detail["_got"]} | {int(entry.object_id) for entry in entries}
    known = Employee.objects.select_related("department").in_bulk(wanted)
    people = reverse("admin:customers_customer_changelist")
    return [
        HandOver(
            entry,
            known[int(entry.object_id)],
            [
                Got(known[pk], customers, tasks, appointments, _others(more), f"{people}?handed={entry.pk}-{pk}")
                for pk, customers, tasks, appointments, *more in entry.detail["_got"]
            ],
        )
        for entry in entries
    ]


def _others(more: list[dict[str, int]]) -> list[str]:
    """Lines from before the apps above had open work end without it."""
    return leaving.words_of(more[0]) if more else []
