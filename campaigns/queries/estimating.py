"""What a campaign may bring: the median of the like ones that are over, for each employee who worked on them."""

from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Q, Sum

from campaigns.choices import CampaignState, Model
from campaigns.models import Assignment, Campaign, Credit, Participation

LATEST = 20


@dataclass(frozen=True)
class Estimate:
    """For `employees` of them together. `campaigns`: how many like ones it was taken from."""

    campaigns: int
    employees: int
    leads: int
    orders: int
    net_fen: int


def of(campaign: Campaign) -> Estimate | None:
    """None where no campaign of this kind is over yet. Four queries."""
    over = Campaign.objects.filter(kind=campaign.kind, state__in=[CampaignState.ENDED, CampaignState.SETTLED])
    like = list(over.exclude(pk=campaign.pk).order_by("-ends_on", "-pk").values_list("pk", flat=True)[:LATEST])
    if not like:
        return None
    counted = Assignment.objects.filter(campaign__in=[campaign.pk, *like]).standing().order_by().values_list("campaign")
    people = dict(counted.annotate(n=Count("pk")))
    leads = dict(Participation.objects.filter(campaign__in=like).order_by().values_list("campaign").annotate(n=Count("pk")))
    shares = Credit.objects.by(Model.LAST).filter(campaign__in=like).order_by().values_list("campaign")
    had = Count("conversion", distinct=True, filter=Q(share_fen__gt=0))
    sold = {pk: (orders, net) for pk, orders, net in shares.annotate(orders=had, net=Sum("share_fen"))}
    mine = max(people.get(campaign.pk, 0), 1)

    def typical(values: list[int]) -> int:
        """Nobody sells half an order: cut."""
        each = [value / max(people.get(pk, 0), 1) for pk, value in zip(like, values, strict=True)]
        return int(median(each) * mine)

    return Estimate(
        campaigns=len(like),
        employees=mine,
        leads=typical([leads.get(pk, 0) for pk in like]),
        orders=typical([sold.get(pk, (0, 0))[0] for pk in like]),
        net_fen=typical([sold.get(pk, (0, 0))[1] for pk in like]),
    )
