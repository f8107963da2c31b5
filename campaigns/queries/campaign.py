"""What the page of one campaign tells one viewer."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from campaigns.choices import AssignmentState, Model
from campaigns.models import (
    Assignment,
    Campaign,
    CampaignCost,
    Conversion,
    Credit,
    Link,
    Participation,
    Referral,
)
from campaigns.queries import attainment, facts, touches
from scrm.staff.models import Employee

NAMES = ("leads", "referrals", "orders", "net_fen")


@dataclass(frozen=True)
class Cell:
    """One figure of one employee. `percent` is None without a target."""

    name: str
    actual: int
    target: int | None
    percent: int | None


@dataclass(frozen=True)
class Line:
    """One employee of a campaign. `rank` by what the campaign is judged by, among all who work on it."""

    assignment: Assignment
    cells: list[Cell]
    rank: int | None
    links: int

    @property
    def is_off(self) -> bool:
        return self.assignment.state == AssignmentState.WITHDRAWN


@dataclass(frozen=True)
class Totals:
    """As the viewer sees them; orders and money of the model that the campaign pays by."""

    touches: int
    leads: int
    new_leads: int
    referrals: int
    orders: int
    net_fen: int


def lines(campaign: Campaign, viewer: Any) -> list[Line]:
    """Those whom the viewer may see, the first place first; who was taken off stays as long as she has brought something.
    The places count everybody, so that hers is the same whoever looks."""
    everybody = attainment.of([campaign])
    mine = attainment.of([campaign], viewer=viewer)
    rows = list(campaign.assignments.visible_to(viewer).select_related("employee", "employee__department").order_by("pk"))
    working = campaign.assignments.standing().values_list("employee", flat=True)
    places = attainment.ranks(
        {pk: attainment.judged(campaign, everybody.get((campaign.pk, pk), attainment.NOTHING)) for pk in working}
    )
    links = dict(Link.objects.filter(campaign=campaign, employee__isnull=False).order_by().values_list("employee").annotate(n=Count("pk")))  # fmt: skip
    found = []
    for row in rows:
        figures = mine.get((campaign.pk, row.employee_id), attainment.NOTHING)
        if row.state == AssignmentState.WITHDRAWN and figures == attainment.NOTHING:
            continue
        cells = [_cell(row, name, getattr(figures, name)) for name in NAMES]
        found.append(Line(row, cells, places.get(row.employee_id), links.get(row.employee_id, 0)))
    return sorted(found, key=lambda line: (line.is_off, line.rank or 0, line.assignment.pk))


def _cell(row: Assignment, name: str, actual: int) -> Cell:
    target = attainment.target_of(row, name) or None
    bp = attainment.attained_bp(actual, target)
    return Cell(name, actual, target, None if bp is None else bp // 100)


def totals(campaign: Campaign, viewer: Any) -> Totals:
    asked = facts.Asked(campaign=campaign.pk, model=campaign.pay_model or Model.LAST)
    joined = facts.leads(facts.seen(Participation, viewer), asked).aggregate(n=Count("pk"), new=Count("pk", filter=Q(is_new=True)))
    net = facts.shares(facts.seen(Credit, viewer), asked).aggregate(n=Sum("share_fen"))["n"] or 0
    return Totals(
        touches=_touches(campaign, viewer),
        leads=joined["n"],
        new_leads=joined["new"],
        referrals=facts.recommendations(facts.seen(Referral, viewer), asked).count(),
        orders=facts.orders(facts.seen(Conversion, viewer), asked).count(),
        net_fen=net,
    )


def _touches(campaign: Campaign, viewer: Any) -> int:
    """Unique ones, of the links that the list of touches shows her."""
    return touches.counted(touches.visible_to(viewer), "unique").filter(reading__campaign=campaign).count()


def not_started(campaign: Campaign, viewer: Any) -> list[Employee]:
    """Those who have not begun."""
    waiting = campaign.assignments.standing().filter(started_at=None).visible_to(viewer)
    return [row.employee for row in waiting.select_related("employee").order_by("employee__name", "pk")]


def link_counts(campaign: Campaign, viewer: Any) -> list[tuple[int | None, str, int]]:
    """(channel, its name, how many links)."""
    rows = Link.objects.filter(campaign=campaign).visible_to(viewer).order_by("channel__name")
    return list(rows.values_list("channel", "channel__name").annotate(n=Count("pk")))


def costs(campaign: Campaign) -> list[tuple[int, str, int]]:
    """(channel, its name, fen), the most first."""
    rows = CampaignCost.objects.filter(campaign=campaign).order_by().values_list("channel", "channel__name")
    return sorted(rows.annotate(n=Sum("amount_fen")), key=lambda row: -row[2])
