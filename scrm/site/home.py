"""The first page, by role: what is there, what is left to do, and the next step of an empty base.

Every number is counted under the viewer's row scope and leads to the list of exactly those rows.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin import looks_page, looks_told
from customers.choices import BatchState, CandidateState, ImportKind
from customers.models import Customer, ImportBatch, MergeCandidate, Order
from customers.queries import import_kinds, imports, looks, orders, owners, takings, today
from customers.services.importing import matching
from customers.services.ordering import approving
from scrm.kit import clock, money
from scrm.site.demo import page as demo
from scrm.staff.choices import Role, Scope

ENDED = [BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED]
FIRST = 5
UNDER_WAY = [BatchState.QUEUED, BatchState.RUNNING, BatchState.UNDOING]


@dataclass(frozen=True)
class Figure:
    key: str
    label: str | Promise
    value: int
    link: str
    icon: str
    todo: bool = False
    # Where the number is no count: how it reads, and what it is to be held against.
    shown: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Step:
    key: str
    title: str | Promise
    text: str | Promise
    link: str
    icon: str


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold's DASHBOARD_CALLBACK."""
    user = request.user
    figures = [*customer_figures(user), *income(user)]
    last = last_import(user)
    empty = not any(figure.value for figure in figures) and last is None
    return context | {
        "title": _("Home"),
        "subtitle": None,
        "figures": [] if empty else figures,
        "todos": todos(user),
        "first": first_things(user),
        "last_import": last,
        "steps": first_steps(user) if empty else [],
        "add_link": _link("admin:customers_customer_add") if user.has_perm("customers.add_customer") else "",
        "demo": demo.card(user),
        "nothing_yet": empty and user.role == Role.AGENCY,  # type: ignore[union-attr]
    }


def customer_figures(user: Any) -> list[Figure]:
    """How many customers the viewer sees, and how many of them came this month."""
    everyone = _link("admin:customers_customer_changelist")
    if not everyone or not user.has_perm("customers.view_customer"):
        return []
    mine = user.row_scope == Scope.SELF
    people = Customer.objects.visible_to(user)
    month = clock.today().replace(day=1)
    return [
        Figure(
            "customers", _("My customers") if mine else _("Customers"), people.count(), everyone, "groups"
        ),
        Figure(
            "new_customers",
            _("New this month"),
            people.new_since(month).count(),
            f"{everyone}?new=month",
            "person_add",
        ),
    ]


def income(user: Any) -> list[Figure]:
    """What came in this month, against the last one up to the same day; for whoever sees costs and margins."""
    orders_ = _link("admin:customers_order_changelist")
    if not orders_ or not user.has_perm("customers.see_cost") or not user.has_perm("customers.view_order"):
        return []
    month = takings.this_month(user)
    if not month.net_fen and not month.before_fen:
        return []
    link = f"{orders_}?from={month.first.isoformat()}&to={month.today.isoformat()}"
    beside = _("the month before, by the same day: %(yuan)s") % {"yuan": money.show(month.before_fen)}
    shown = money.show(month.net_fen)
    return [Figure("income", _("Net income this month"), month.net_fen, link, "payments", shown=shown, beside=beside)]


def todos(user: Any) -> list[Figure]:
    """What waits for this viewer; what is settled is not shown."""
    found = [*_feelings(user), *_team(user), *_orders(user), *_unowned(user), *_duplicates(user), *_looks(user)]
    return [figure for figure in found if figure.value]


def _feelings(user: Any) -> list[Figure]:
    """Bad feelings nobody has answered: nothing else is as urgent."""
    link = _link("admin:customers_feedback_changelist")
    if not link or not user.has_perm("customers.view_feedback"):
        return []
    count = today.unanswered(user).order_by().count()
    return [
        Figure(
            "feelings", _("Bad feelings without an answer"), count, f"{link}?answer=waiting", "sentiment_dissatisfied", True
        )
    ]


def _team(user: Any) -> list[Figure]:
    link = _link("admin:customers_task_changelist")
    if not link or not user.has_perm("customers.view_task") or not today.may_see_team(user):
        return []
    count = today.tasks_for(user, team=True).order_by().count()
    return [Figure("team", _("Open tasks of the team"), count, f"{link}?who=team", "checklist", True)]


def first_things(user: Any) -> dict[str, Any] | None:
    """The first five things of her own list, and how much of it there is."""
    link = _link("admin:customers_task_changelist")
    if not link or not user.has_perm("customers.view_task"):
        return None
    found = today.today(user)
    if not found.open and not found.appointments:
        return None
    return {"link": link, "cards": found.cards[:FIRST], "today": found}


def _orders(user: Any) -> list[Figure]:
    """Entered by hand, and in no figure until somebody says yes."""
    everything = _link("admin:customers_order_changelist")
    if not everything or not user.has_perm(approving.DECIDE):
        return []
    count = orders.waiting(Order.objects.visible_to(user)).count()
    return [Figure("orders", _("Orders to approve"), count, f"{everything}?waiting=1", "fact_check", True)]


def _unowned(user: Any) -> list[Figure]:
    """The pool as the page behind it shows it: a manager's holds those without a store, too."""
    pool = _link("admin:customers_pool")
    if not pool or not user.has_perm("customers.assign_customer"):
        return []
    count = owners.pool_of(user).count()
    return [Figure("unowned", _("Customers without a consultant"), count, pool, "person_off", True)]


def _duplicates(user: Any) -> list[Figure]:
    link = _link("admin:customers_mergecandidate_changelist")
    if not link or not user.has_perm("customers.view_mergecandidate"):
        return []
    count = MergeCandidate.objects.filter(state=CandidateState.OPEN).count()
    return [Figure("duplicates", _("Possible duplicates"), count, f"{link}?pairs=open", "group", True)]


def _looks(user: Any) -> list[Figure]:
    """Whoever looked at more numbers than the limit, today or yesterday: the owner is told."""
    link = _link(looks_page.PAGE)
    if not link or user.role != Role.OWNER:
        return []
    over = looks.over_limit(user, first=clock.days_ago(1), last=clock.today())
    return [
        Figure(
            f"looks-{line.employee.pk}-{line.day:%m%d}",
            looks_told.over_said(line),
            line.wanted,
            f"{link}?employee={line.employee.pk}&day={line.day:%Y-%m-%d}",
            "visibility",
            True,
        )
        for line in over
    ]


def last_import(user: Any) -> dict[str, Any] | None:
    """The newest import and what it left behind; None for whoever does not import."""
    if not user.has_perm("customers.run_import"):
        return None
    batch = ImportBatch.objects.filter(state__in=[*ENDED, *UNDER_WAY]).order_by("-id").first()
    if batch is None:
        return None
    return {
        "batch": batch,
        "link": _link("admin:customers_importbatch_change", batch.pk),
        "under_way": batch.state in UNDER_WAY,
        "said": "" if batch.kind == ImportKind.CUSTOMERS else import_kinds.read(batch).sentence(batch.counters),
        "created": batch.counters.get("created", 0),
        "updated": batch.counters.get("updated", 0),
        "rejected": imports.rows(batch, "rejected").count(),
        "rejected_link": _link("admin:customers_importbatch_rows", batch.pk) + "?show=rejected",
        "unknown_names": len(matching.unknown_names(batch)),
    }


def first_steps(user: Any) -> list[Step]:
    """What to do with an empty base."""
    steps = []
    if user.has_perm("customers.run_import"):
        steps.append(
            Step(
                "import",
                gettext_lazy("Import your first sheet"),
                gettext_lazy(
                    "An Excel or CSV file with your customers; columns are recognised, nothing gets lost."
                ),
                _link("admin:customers_importbatch_changelist"),
                "upload_file",
            )
        )
    if user.has_perm("customers.add_customer"):
        steps.append(
            Step(
                "add",
                gettext_lazy("Add a customer"),
                gettext_lazy(
                    "Start with the phone number; you will see at once whether somebody has it already."
                ),
                _link("admin:customers_customer_add"),
                "person_add",
            )
        )
    return [step for step in steps if step.link]


def _link(name: str, *args: Any) -> str:
    """Blank where the page is not built yet."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
