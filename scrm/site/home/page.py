"""What stands on the first page: figures, what is left to do, and the next step of an empty base."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import BatchState, ImportKind
from customers.models import ImportBatch
from customers.queries import import_kinds, imports, today
from customers.services.importing import matching
from scrm.site import verifying
from scrm.site.demo import page as demo
from scrm.site.home import campaigns, figures, pay, team, todos
from scrm.site.home.figures import link_to
from scrm.staff.choices import Role

ENDED = [BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED]
FIRST = 5
URGENT = 3
UNDER_WAY = [BatchState.QUEUED, BatchState.RUNNING, BatchState.UNDOING]


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
    known = figures.customers(user)
    money = figures.income(user)
    last = last_import(user)
    pays = pay.own(user)
    empty = not any(figure.value for figure in [*known, *money, *pays]) and last is None
    running = campaigns.standing(user)
    losing = campaigns.losing(running) if user.role == Role.OWNER else []  # type: ignore[union-attr]
    waiting = losing + todos.todos(user)
    # The owner has three things to look at; the rest waits below.
    urgent = waiting[:URGENT] if user.role == Role.OWNER else []  # type: ignore[union-attr]
    return context | {
        "title": _("Home"),
        "subtitle": None,
        "figures": [] if empty else [*known, *money, *pays],
        "urgent": urgent,
        "todos": waiting[len(urgent) :],
        "team": team.team(user),
        "results": figures.results(user),
        "campaigns": [figure for figure, _losing in running],
        "not_begun": campaigns.not_begun(user),
        "promotion": campaigns.promotion(user),
        "first": first_things(user),
        "last_import": last,
        "steps": first_steps(user) if empty else [],
        "add_link": link_to("admin:customers_customer_add") if user.has_perm("customers.add_customer") else "",
        "books": pay.books(user),
        "checked": verifying.last() if user.role == Role.OWNER else None,  # type: ignore[union-attr]
        "demo": demo.card(user),
        "own_shop": demo.own_shop(user) if empty else None,
        "nothing_yet": empty and user.role == Role.AGENCY,  # type: ignore[union-attr]
    }


def first_things(user: Any) -> dict[str, Any] | None:
    """The first five things of her own list, and how much of it there is."""
    link = link_to("admin:customers_task_changelist")
    if not link or not user.has_perm("customers.view_task"):
        return None
    found = today.today(user)
    if not found.open and not found.appointments:
        return None
    return {"link": link, "cards": found.cards[:FIRST], "today": found}


def last_import(user: Any) -> dict[str, Any] | None:
    """The newest import and what it left behind; None for whoever does not import."""
    if not user.has_perm("customers.run_import"):
        return None
    begun = ImportBatch.objects.exclude(started_at=None)  # not an upload that was discarded
    batch = begun.filter(state__in=[*ENDED, *UNDER_WAY]).order_by("-id").first()
    if batch is None:
        return None
    return {
        "batch": batch,
        "link": link_to("admin:customers_importbatch_change", batch.pk),
        "under_way": batch.state in UNDER_WAY,
        "said": "" if batch.kind == ImportKind.CUSTOMERS else import_kinds.read(batch).sentence(batch.counters),
        "created": batch.counters.get("created", 0),
        "updated": batch.counters.get("updated", 0),
        "rejected": imports.rows(batch, "rejected").count(),
        "rejected_link": link_to("admin:customers_importbatch_rows", batch.pk) + "?show=rejected",
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
                link_to("admin:customers_importbatch_changelist"),
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
                link_to("admin:customers_customer_add"),
                "person_add",
            )
        )
    return [step for step in steps if step.link]
