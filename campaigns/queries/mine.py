"""推广: the campaigns somebody works on, with her links, what they bring, and what one success is worth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, Campaign, Link, TouchReading
from campaigns.queries import attainment, worth
from scrm.kit import clock

AHEAD = (CampaignState.SCHEDULED, CampaignState.RUNNING)


@dataclass
class Visits:
    """Counted once a visitor and hour."""

    today: int = 0
    yesterday: int = 0

    def __add__(self, other: "Visits") -> "Visits":
        return Visits(self.today + other.today, self.yesterday + other.yesterday)


@dataclass
class MyLink:
    link: Link
    visits: Visits


@dataclass
class Card:
    campaign: Campaign
    assignment: Assignment | None
    figures: attainment.Figures
    worth: worth.Worth | None
    links: list[MyLink] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        return _runs(self.campaign)

    @property
    def days_left(self) -> int | None:
        """Today is one of them, as on the board."""
        last = self.campaign.ends_on
        return None if last is None or not self.runs else (last - clock.today()).days + 1

    @property
    def visits(self) -> Visits:
        return sum((one.visits for one in self.links), Visits())

    @property
    def targets(self) -> list[tuple[str, int, int]]:
        """(figure, so far, expected), of what is expected at all."""
        if self.assignment is None:
            return []
        rows = ((name, attainment.target_of(self.assignment, name)) for name in attainment.METRICS)
        return [(name, getattr(self.figures, name), target) for name, target in rows if target]


def cards(employee: Any) -> list[Card]:
    """Running first, then what is to come; those that end soonest on top. Where she was taken off nothing is shown."""
    assignments, links, campaigns = _hers(employee)
    shown = sorted(campaigns.values(), key=_urgency)
    if not shown:
        return []
    figures = attainment.of(shown)
    worths = worth.of(shown)
    found = {
        campaign.pk: Card(
            campaign,
            assignments.get(campaign.pk),
            figures.get((campaign.pk, employee.pk), attainment.NOTHING),
            worths.get(campaign.pk),
        )
        for campaign in shown
    }
    visits = visits_of(links)
    for link in links:
        found[link.campaign_id].links.append(MyLink(link, visits[link.pk]))
    return list(found.values())


def running(employee: Any) -> tuple[list[Campaign], Visits]:
    """The campaigns of hers that run today, and what her links of them brought: without the figures of a card. Three
    queries."""
    _assignments, links, campaigns = _hers(employee)
    runs = [campaign for campaign in sorted(campaigns.values(), key=_urgency) if _runs(campaign)]
    pks = {campaign.pk for campaign in runs}
    chosen = [link for link in links if link.campaign_id in pks]
    return runs, sum(visits_of(chosen).values(), Visits()) if chosen else Visits()


def _hers(employee: Any) -> tuple[dict[int, Assignment], list[Link], dict[int, Campaign]]:
    """Assignments by campaign, links, and the campaigns of both. Two queries."""
    assignments = {
        row.campaign_id: row
        for row in Assignment.objects.filter(employee=employee.pk, campaign__state__in=AHEAD).select_related("campaign")
    }
    campaigns = {pk: row.campaign for pk, row in assignments.items() if row.state != AssignmentState.WITHDRAWN}
    links = [
        link
        for link in Link.objects.filter(employee=employee.pk, material=None, campaign__state__in=AHEAD)
        .select_related("campaign", "channel")
        .order_by(F("channel_id").asc(nulls_last=True), "id")
        if link.campaign_id in campaigns or link.campaign_id not in assignments
    ]
    campaigns |= {link.campaign_id: link.campaign for link in links}
    return assignments, links, campaigns


def _runs(campaign: Campaign) -> bool:
    """Today, and not only by its state."""
    return bool(campaign.state == CampaignState.RUNNING and campaign.lasts(clock.today()))


def visits_of(links: Iterable[Link]) -> dict[int, Visits]:
    """Today's and yesterday's of each link: one query."""
    chosen = list(links)
    found = {link.pk: Visits() for link in chosen}
    today = clock.today()
    rows = TouchReading.objects.filter(
        campaign__in={link.campaign_id for link in chosen}, day__in=[today, today - timedelta(days=1)],
        link__in=found, unique=True,
    )  # fmt: skip
    for link, day, count in rows.order_by().values_list("link", "day").annotate(n=Count("pk")):
        setattr(found[link], "today" if day == today else "yesterday", count)
    return found


def _urgency(campaign: Campaign) -> tuple[Any, ...]:
    running = campaign.state == CampaignState.RUNNING
    return (not running, (campaign.ends_on if running else campaign.starts_on) or clock.today().replace(year=9999), campaign.pk)
