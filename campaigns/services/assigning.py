"""Who works on a campaign: chosen by name or by department, each with the links to pass on, in one action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, Campaign
from campaigns.queries import workers
from campaigns.services import link_making
from customers.models import Channel
from scrm.kit import audit
from scrm.kit.errors import Refused
from scrm.staff.models import Department, Employee

ASSIGN = "campaigns.add_assignment"
OVER = (CampaignState.ENDED, CampaignState.SETTLED)


@dataclass(frozen=True)
class Targets:
    """What is expected of one employee; 0 or None is no target. Money in fen."""

    leads: int | None = None
    referrals: int | None = None
    orders: int | None = None
    fen: int | None = None

    def columns(self) -> dict[str, int | None]:
        return {
            "target_leads": self.leads, "target_referrals": self.referrals, "target_orders": self.orders,
            "target_fen": self.fen,
        }  # fmt: skip


NO_TARGETS = Targets()


def assign(
    *,
    campaign: Campaign,
    employees: Iterable[Employee] = (),
    departments: Iterable[Department] = (),
    targets: Targets = NO_TARGETS,
    channels: Iterable[Channel] | None = None,
    nobody: bool = False,
    deadline: date | None = None,
    by: Any,
) -> list[Assignment]:
    """The assignments of everybody chosen; departments are all who work there and below now. Who works on it already keeps
    her targets; who was taken off it comes back with these. With `channels` (None: not before it is published) the links of
    all of them are made at once, `nobody` adds those that are nobody's.

    Raises Refused: "assign.not_allowed", "assign.over", "assign.left", "assign.not_yours", "assign.nobody".
    """
    require(by)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if locked.state in OVER:
            raise Refused("assign.over", _("The campaign is over. Nobody can be put to work on it any more."))
        people = _people(list(employees), list(departments), by=by)
        if not people and not nobody:
            raise Refused("assign.nobody", _("Choose at least one employee, or a department in which somebody works."))
        new = _write(locked, people, targets, deadline, by)
        ways = None if channels is None else list(channels)
        if ways is not None:
            locked.channels.add(*ways)
            if nobody and not locked.nobody_too:
                Campaign.objects.filter(pk=locked.pk).update(nobody_too=True)
            link_making.make(locked, people, ways, nobody=nobody, by=by)
        if new:
            audit.record("campaign.assigned", by=by, on=locked, count=new)
    campaign.refresh_from_db()
    return list(Assignment.objects.filter(campaign=locked, employee__in=people).select_related("employee"))


def require(by: Any) -> None:
    if by is not None and not by.has_perm(ASSIGN):
        raise Refused("assign.not_allowed", _("You may not put people to work on a campaign. Ask whoever runs them."))


def _people(employees: list[Employee], departments: list[Department], *, by: Any) -> list[Employee]:
    """Locked until the transaction ends, so that nobody leaves while work is put into her hands."""
    named = {employee.pk for employee in employees}
    for one in Employee.objects.filter(pk__in=named, is_active=False).order_by("pk"):
        raise Refused("assign.left", _("%(name)s has left. Choose somebody who works here.") % {"name": one.name})
    reach = workers.assignable_by(by)
    if len(named) != reach.filter(pk__in=named).count():
        raise Refused("assign.not_yours", _("You may choose colleagues of your own department only."))
    pks = {*named, *reach.filter(workers.below(departments)).values_list("pk", flat=True)}
    return list(Employee.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True))


def _write(campaign: Campaign, people: list[Employee], targets: Targets, deadline: date | None, by: Any) -> int:
    """How many are new or back."""
    values = {**targets.columns(), "deadline": deadline, "assigned_by": by}
    there = Assignment.objects.filter(campaign=campaign)
    before = there.count()
    rows = [Assignment(campaign=campaign, employee=one, **values) for one in people]
    Assignment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    back = there.filter(employee__in=people, state=AssignmentState.WITHDRAWN).update(
        state=AssignmentState.ASSIGNED, accepted_at=None, started_at=None, done_at=None, **values
    )
    return there.count() - before + back
