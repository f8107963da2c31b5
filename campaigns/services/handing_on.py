"""When a colleague's work is handed over: what she still has to do for campaigns goes to the others, as much of her targets
as is left of them, with links of their own. Her own links, and the credit that they bring, stay hers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, Link
from campaigns.queries import attainment
from campaigns.services import link_making
from campaigns.services.working import OPEN
from customers.models import Channel
from customers.services.owning import dealing
from scrm.staff.leaving import Work, works
from scrm.staff.models import Employee

NAME = "assignments"
GOING_ON = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING)


def open_of(leaver: int) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(employee=leaver, state__in=OPEN, campaign__state__in=GOING_ON)
    return rows.select_related("campaign").order_by("pk")


def words(count: int) -> str:
    return ngettext("%(count)s campaign", "%(count)s campaigns", count) % {"count": f"{count:,}"}


def stands(leaver: int) -> list[int]:
    return list(open_of(leaver).values_list("pk", flat=True))


def hand_on(leaver: Employee, found: Sequence[Employee], by: Any) -> Mapping[int, int]:
    """Evenly among them. Whoever works on a campaign already gets what is left added to her own targets."""
    rows = list(open_of(leaver.pk).select_for_update(of=("self",)))
    figures = attainment.of([row.campaign for row in rows])
    got = dict.fromkeys((one.pk for one in found), 0)
    dealt = dealing.deal([row.pk for row in rows], found, {})
    for row in rows:
        to = dealt[row.pk]
        left = _left(row, figures.get((row.campaign_id, leaver.pk), attainment.NOTHING))
        _give(row, to, left, by)
        if row.campaign.state != CampaignState.DRAFT:
            ways = Channel.objects.filter(pk__in=_channels(row).values("channel"), is_active=True).order_by("pk")
            link_making.make(row.campaign, [to], ways, by=by)
        got[to.pk] += 1
    Assignment.objects.filter(pk__in=dealt).update(state=AssignmentState.WITHDRAWN)
    return got


def _left(row: Assignment, had: attainment.Figures) -> dict[str, int | None]:
    """What is still expected; none where none was, or where it is reached."""
    found: dict[str, int | None] = {}
    for figure, column in attainment.TARGETS.items():
        target = getattr(row, column)
        found[column] = max(target - max(getattr(had, figure), 0), 0) or None if target else None
    return found


def _give(row: Assignment, to: Employee, left: dict[str, int | None], by: Any) -> None:
    values = {**left, "deadline": row.deadline, "assigned_by": by}
    there = Assignment.objects.filter(campaign=row.campaign_id, employee=to).select_for_update().first()
    if there is None:
        Assignment.objects.create(campaign=row.campaign, employee=to, **values)
    elif there.state == AssignmentState.WITHDRAWN:
        Assignment.objects.filter(pk=there.pk).update(
            state=AssignmentState.ASSIGNED, accepted_at=None, started_at=None, done_at=None, **values
        )
    else:
        more = {name: (getattr(there, name) or 0) + value for name, value in left.items() if value}
        for name, value in more.items():
            setattr(there, name, value)
        if more:
            there.save(update_fields=list(more))


def _channels(row: Assignment) -> QuerySet[Link]:
    """By which she went out herself."""
    return Link.objects.filter(campaign=row.campaign_id, employee=row.employee_id, channel__isnull=False).order_by()


def register() -> None:
    works.register(NAME, Work(words, stands, hand_on))
