"""How an assignment goes on: accepted, begun, done; or withdrawn. One table, one function.

Accepted is a promise of the employee's. Begun is a fact: the first counted touch of one of her links, which a job notices,
or her own word for it, since what she tells people by mouth leaves no trace.
"""

from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaigns.choices import AssignmentState, CampaignState, NotCounted
from campaigns.models import Assignment, TouchReading
from campaigns.services.assigning import Targets
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

ASSIGNED, ACCEPTED, STARTED, DONE, WITHDRAWN = AssignmentState
NEXT: dict[AssignmentState, frozenset[AssignmentState]] = {
    ASSIGNED: frozenset({ACCEPTED, STARTED, WITHDRAWN}),
    ACCEPTED: frozenset({STARTED, WITHDRAWN}),
    STARTED: frozenset({DONE, WITHDRAWN}),
    # A tap too many is taken back.
    DONE: frozenset({STARTED}),
    WITHDRAWN: frozenset(),
}
CHANGE = "campaigns.change_assignment"
ACTS = {
    ACCEPTED: "assignment.accepted",
    STARTED: "assignment.started",
    DONE: "assignment.done",
    WITHDRAWN: "assignment.withdrawn",
}
WORKING = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.ENDED)
OPEN = (ASSIGNED, ACCEPTED, STARTED)


def accept(assignment: Assignment, *, by: Any) -> Assignment:
    return move(assignment, to=ACCEPTED, by=by)


def start(assignment: Assignment, *, by: Any) -> Assignment:
    return move(assignment, to=STARTED, by=by)


def finish(assignment: Assignment, *, by: Any) -> Assignment:
    return move(assignment, to=DONE, by=by)


def withdraw(assignment: Assignment, *, by: Any) -> Assignment:
    """Links and credit stay hers."""
    return move(assignment, to=WITHDRAWN, by=by)


def may_move(assignment: Assignment, to: AssignmentState, by: Any) -> bool:
    """Her own word, or that of whoever runs campaigns; only the latter takes somebody off."""
    own = by.is_active and assignment.employee_id == by.pk and to != WITHDRAWN
    return bool(own or by.has_perm(CHANGE))


def doors(assignment: Assignment, by: Any) -> list[AssignmentState]:
    """What she may make of it now; of a campaign that is over nothing but done."""
    campaign = assignment.campaign
    if campaign.state not in WORKING:
        return []
    steps = (DONE,) if campaign.state == CampaignState.ENDED else tuple(ACTS)
    return [to for to in steps if to in NEXT[AssignmentState(assignment.state)] and may_move(assignment, to, by)]


def move(assignment: Assignment, *, to: AssignmentState, by: Any) -> Assignment:
    """Raises Refused: "assignment.not_yours", "assignment.not_out" while the campaign is a draft, "assignment.state"."""
    if by is not None and not may_move(assignment, to, by):
        raise Refused("assignment.not_yours", _("This is the task of somebody else."))
    if assignment.campaign.state == CampaignState.DRAFT and to != WITHDRAWN:
        raise Refused("assignment.not_out", _("The campaign is not published yet."))
    now = clock.now()
    written: dict[AssignmentState, dict[str, Any]] = {
        ACCEPTED: {"accepted_at": now},
        STARTED: {"started_at": Coalesce("started_at", now), "accepted_at": Coalesce("accepted_at", now), "done_at": None},
        DONE: {"done_at": now},
    }
    ready = Assignment.objects.filter(pk=assignment.pk, state__in=[state for state, after in NEXT.items() if to in after])
    with transaction.atomic():
        if not ready.update(state=to, **written.get(to, {})):
            assignment.refresh_from_db()
            said = _("The task is “%(now)s” already; it cannot become “%(then)s”.")
            words = {"now": AssignmentState(assignment.state).label, "then": to.label}
            raise Refused("assignment.state", said % words)
        audit.record(ACTS[to], by=by, on=assignment)
    assignment.refresh_from_db()
    return assignment


def notice_starts() -> int:
    """Begun is whoever's links have a touch that counts, since the first of them. Returns how many were noticed."""
    touches = TouchReading.objects.filter(
        link__campaign=OuterRef("campaign"), link__employee=OuterRef("employee"), not_counted=NotCounted.NONE
    ).order_by()
    first = touches.values("link__campaign").annotate(first=Min("at")).values("first")
    waiting = Assignment.objects.filter(
        Exists(touches), state__in=[ASSIGNED, ACCEPTED], campaign__state__in=[CampaignState.RUNNING, CampaignState.ENDED]
    )
    return waiting.order_by().update(
        state=STARTED, started_at=Subquery(first[:1]), accepted_at=Coalesce(F("accepted_at"), Subquery(first[:1]))
    )


def change_targets(wanted: dict[int, Targets], *, by: Any) -> int:
    """{id of an assignment: its targets}; how many differ. The history tells each one."""
    if by is not None and not by.has_perm(CHANGE):
        raise Refused("assignment.not_yours", _("You may not change what is expected of others."))
    changed = 0
    with transaction.atomic():
        for row in Assignment.objects.filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk"):
            columns = wanted[row.pk].columns()
            differing = [name for name, value in columns.items() if getattr(row, name) != value]
            if differing:
                for name in differing:
                    setattr(row, name, columns[name])
                row.save(update_fields=differing)
                changed += 1
    return changed
