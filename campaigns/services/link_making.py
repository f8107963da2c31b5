"""All links of a campaign at once: whoever works on it × each channel, and those that are nobody's."""

from collections.abc import Iterable
from typing import Any

from campaigns.models import Campaign, Link
from campaigns.services import linking
from customers.models import Channel
from scrm.staff.models import Employee


def for_everybody(campaign: Campaign, *, by: Any) -> list[Link]:
    """Of everybody who works on it now. What is there already stays as it is."""
    people = Employee.objects.filter(assignments__in=campaign.assignments.standing(), is_active=True).order_by("pk")
    return make(campaign, people, campaign.channels.order_by("pk"), nobody=campaign.nobody_too, by=by)


def make(
    campaign: Campaign, employees: Iterable[Employee], channels: Iterable[Channel], *, nobody: bool = False, by: Any
) -> list[Link]:
    """Without a channel one link each, whose channel is not said."""
    people, ways = list(employees), list(channels)
    if not people and not nobody:
        return []
    return linking.make_links(campaign=campaign, employees=people, channels=ways or (None,), nobody=nobody, by=by)
