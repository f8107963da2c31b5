"""What waits for the viewer, the most urgent first; what is settled is not shown."""

from typing import Any

from django.utils.translation import gettext as _

from customers.admin import looks_page, looks_told
from customers.choices import CandidateState
from customers.models import MergeCandidate, Order
from customers.queries import looks, orders, owners, today
from customers.services.ordering import approving
from scrm.kit import clock
from scrm.site.home import pay
from scrm.site.home.figures import Figure, counted, link_to
from scrm.staff.choices import Role


def todos(user: Any) -> list[Figure]:
    found = [
        *_feelings(user), *_orders(user), *pay.held(user), *_looks(user), *_team(user), *_unowned(user), *_duplicates(user),
    ]  # fmt: skip
    return [figure for figure in found if figure.value]


def _feelings(user: Any) -> list[Figure]:
    """Bad feelings nobody has answered: nothing else is as urgent."""
    link = link_to("admin:customers_feedback_changelist")
    if not link or not user.has_perm("customers.view_feedback"):
        return []
    label, icon = _("Bad feelings without an answer"), "sentiment_dissatisfied"
    return [counted("feelings", label, today.unanswered(user), f"{link}?answer=waiting", icon, True)]


def _team(user: Any) -> list[Figure]:
    """A manager has it among her figures, with what is done."""
    link = link_to("admin:customers_task_changelist")
    if not link or user.role == Role.MANAGER or not user.has_perm("customers.view_task") or not today.may_see_team(user):
        return []
    rows = today.tasks_for(user, team=True)
    return [Figure("team", _("Open tasks of the team"), rows.order_by().count(), f"{link}?who=team", "checklist", True)]


def _orders(user: Any) -> list[Figure]:
    """Entered by hand, and in no figure until somebody says yes."""
    everything = link_to("admin:customers_order_changelist")
    if not everything or not user.has_perm(approving.DECIDE):
        return []
    rows = orders.waiting(Order.objects.visible_to(user))
    return [counted("orders", _("Orders to approve"), rows, f"{everything}?waiting=1", "fact_check", True)]


def _unowned(user: Any) -> list[Figure]:
    """The pool as the page behind it shows it: a manager's holds those without a store, too."""
    pool = link_to("admin:customers_pool")
    if not pool or not user.has_perm("customers.assign_customer"):
        return []
    return [counted("unowned", _("Customers without a consultant"), owners.pool_of(user), pool, "person_off", True)]


def _duplicates(user: Any) -> list[Figure]:
    link = link_to("admin:customers_mergecandidate_changelist")
    if not link or not user.has_perm("customers.view_mergecandidate"):
        return []
    rows = MergeCandidate.objects.filter(state=CandidateState.OPEN)
    return [counted("duplicates", _("Possible duplicates"), rows, f"{link}?pairs=open", "group", True)]


def _looks(user: Any) -> list[Figure]:
    """Whoever looked at more numbers than the limit, today or yesterday: the owner is told."""
    link = link_to(looks_page.PAGE)
    if not link or user.role != Role.OWNER:
        return []
    over = looks.over_limit(user, first=clock.days_ago(1), last=clock.today())
    return [
        Figure(
            f"looks-{line.employee.pk}-{line.day:%m%d}",
            looks_told.over_said(line),
            line.wanted,
            f"{link}?employee={line.employee.pk}&day={line.day:%Y-%m-%d}",
            "visibility", True,
        )
        for line in over
    ]
