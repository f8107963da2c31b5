"""How far somebody is in the campaigns of a month, and where she stands among those who work on them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from campaigns.choices import AssignmentState, CampaignState, PrimaryMetric
from campaigns.models import Assignment, Campaign
from campaigns.queries import attainment
from campaigns.reckoning import WHOLE, last_day
from scrm.kit import money

LIVE = (CampaignState.RUNNING, CampaignState.ENDED, CampaignState.SETTLED)
MOST = 10


@dataclass(frozen=True)
class Place:
    """By what the campaign is judged by. `percent` None: nothing was expected of her."""

    campaign: Campaign
    actual: str
    target: str
    percent: int | None
    rank: int
    people: int


def places(employee: int, month: date) -> list[Place]:
    """The newest first: campaigns that ran on some day of the month."""
    mine = Assignment.objects.filter(employee=employee, campaign__state__in=LIVE).exclude(state=AssignmentState.WITHDRAWN)
    ran = Q(campaign__starts_on=None) | Q(campaign__starts_on__lte=last_day(month))
    ran &= Q(campaign__ends_on=None) | Q(campaign__ends_on__gte=month)
    own = {row.campaign_id: row for row in mine.filter(ran).select_related("campaign").order_by("-campaign_id")[:MOST]}
    if not own:
        return []
    figures = attainment.of([row.campaign for row in own.values()])
    others: dict[int, list[int]] = {}
    working = Assignment.objects.filter(campaign__in=own).exclude(state=AssignmentState.WITHDRAWN).order_by("pk")
    for campaign, who in working.values_list("campaign_id", "employee_id"):
        others.setdefault(campaign, []).append(who)
    return [_place(row, figures, others[pk]) for pk, row in own.items()]


def _place(mine: Assignment, figures: attainment.Found, people: list[int]) -> Place:
    campaign = mine.campaign
    values = {who: attainment.judged(campaign, figures.get((campaign.pk, who), attainment.NOTHING)) for who in people}
    metric = PrimaryMetric(campaign.primary_metric)
    actual = values[mine.employee_id]
    target = attainment.target_of(mine, attainment.JUDGED_BY[metric])
    reached = attainment.attained_bp(actual, target)
    percent = None if reached is None else reached * 100 // WHOLE
    shown = money.show if metric == PrimaryMetric.REVENUE else str
    rank = attainment.ranks(values)[mine.employee_id]
    return Place(campaign, shown(actual), shown(target) if target else "", percent, rank, len(people))
