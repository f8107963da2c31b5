"""A cost long before its campaign: it is kept, and said, for it may be the wrong year or the wrong campaign."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.models import CampaignCost

AHEAD = timedelta(days=30)


def say(request: HttpRequest, cost: CampaignCost) -> None:
    first = cost.campaign.starts_on if cost.campaign else None
    if first is not None and cost.day < first - AHEAD:
        said = _("This cost lies more than 30 days before the first day of its campaign (%(day)s). Please look at the date.")
        messages.warning(request, said % {"day": first.isoformat()})
