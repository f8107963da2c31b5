"""What a manager looks at in the morning: who comes today, how far the team is, who has not begun."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.queries import today
from scrm.kit import clock
from scrm.site.home.figures import Figure, link_to
from scrm.staff.choices import Role


@dataclass(frozen=True)
class Team:
    figures: list[Figure]
    idle: list[Figure]


def team(user: Any) -> Team | None:
    link = link_to("admin:customers_task_changelist")
    if user.role != Role.MANAGER or not link or not today.may_see_team(user) or not user.has_perm("customers.view_task"):
        return None
    whole = f"{link}?who=team"
    sums, idle = today.team_day(user)
    figures = [
        *_visits(user),
        Figure("team_open", _("Open tasks of the team"), sums.open, whole, "checklist"),
        Figure("team_done", _("Done by the team today"), sums.done, whole, "task_alt"),
        Figure("team_overdue", _("Overdue in the team"), sums.overdue, whole, "schedule"),
    ]
    rows = [
        Figure(f"idle-{row.employee}", row.name, row.open, f"{whole}&employee={row.employee}", "hourglass_empty")
        for row in idle
    ]
    return Team(figures, rows)


def _visits(user: Any) -> list[Figure]:
    """Of the whole store, hers or not: the day behind it shows each of them."""
    day = link_to("admin:customers_appointment_changelist")
    if not day or not user.has_perm("customers.view_appointment"):
        return []
    rows = today.booked_on(user, clock.today())
    return [Figure("visits", _("Appointments today"), rows.count(), day, "event")]
