"""What one may pass on today: the materials of the campaigns one works on, and those that are for all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from campaigns.choices import PassedOn
from campaigns.models import Campaign, Link, Material, PassOn, Persona
from customers.models import Channel
from scrm.kit import clock


@dataclass(frozen=True)
class Way:
    """In which campaign and by which channel; `outcome` is today's answer, blank without one."""

    campaign: Campaign
    channel: Channel | None
    outcome: str = ""

    @property
    def code(self) -> str:
        return f"{self.campaign.pk}-{self.channel.pk if self.channel else 0}"

    @property
    def label(self) -> str:
        return str(PassedOn(self.outcome).label) if self.outcome else ""


@dataclass
class Offer:
    material: Material
    ways: list[Way] = field(default_factory=list)
    # She said of it that it does not fit, and has sent it nowhere since.
    put_aside: bool = False

    @property
    def sent_today(self) -> bool:
        return any(way.outcome == PassedOn.SENT for way in self.ways)


def materials_for(employee: Any) -> Any:
    """In use, and written for nobody else to speak."""
    speakers = Persona.speakers.through.objects.filter(persona=OuterRef("persona"))
    open_to = Q(persona=None) | ~Exists(speakers) | Exists(speakers.filter(employee=employee.pk))
    return Material.objects.visible_to(employee).filter(open_to, is_active=True).select_related("persona", "campaign")


def offers(employee: Any, campaigns: Iterable[Campaign]) -> list[Offer]:
    """Of these campaigns, what is not sent yet first, what does not fit last. Four queries."""
    running = {campaign.pk: campaign for campaign in campaigns}
    if not running:
        return []
    rows = materials_for(employee).filter(Q(campaign__in=running) | Q(campaign=None)).order_by("-id")
    found = {material.pk: Offer(material) for material in rows}
    channels = _channels(employee, running)
    answers = _answers(employee, found, running)
    for offer in found.values():
        own = offer.material.campaign_id
        for pk in [own] if own else list(running):
            offer.ways += [
                Way(running[pk], channel, _of_today(answers.get((offer.material.pk, pk, channel.pk if channel else None))))
                for channel in channels[pk] or [None]
            ]
        said = [answer for key, answer in answers.items() if key[0] == offer.material.pk]
        newest = max(said, key=lambda answer: answer.at, default=None)
        offer.put_aside = newest is not None and newest.outcome == PassedOn.UNFITTING
    return sorted(found.values(), key=lambda offer: (offer.put_aside, offer.sent_today, -offer.material.pk))


_Which = tuple[int | None, int, int | None]


def _answers(employee: Any, materials: Iterable[int], campaigns: Iterable[int]) -> dict[_Which, PassOn]:
    """The newest answer of each way: (material, campaign, channel)."""
    rows = PassOn.objects.filter(
        link__employee=employee.pk, link__material__in=list(materials), link__campaign__in=list(campaigns)
    )
    return {
        (row.link.material_id, row.link.campaign_id, row.link.channel_id): row
        for row in rows.select_related("link").order_by("day", "id")
    }


def _of_today(answer: PassOn | None) -> str:
    return answer.outcome if answer is not None and answer.day == clock.today() else ""


def _channels(employee: Any, campaigns: dict[int, Campaign]) -> dict[int, list[Channel | None]]:
    """Those the campaign goes out by, else those of her own links."""
    found: dict[int, dict[int, Channel]] = {pk: {} for pk in campaigns}
    ways: Any = Campaign.channels.through
    for way in ways.objects.filter(campaign__in=campaigns, channel__is_active=True).select_related("channel"):
        found[way.campaign_id][way.channel_id] = way.channel
    without = [pk for pk, channels in found.items() if not channels]
    hers = Link.objects.filter(employee=employee.pk, campaign__in=without, channel__is_active=True)
    for link in hers.select_related("channel"):
        if link.channel is not None:
            found[link.campaign_id][link.channel.pk] = link.channel
    return {pk: [channels[channel] for channel in sorted(channels)] for pk, channels in found.items()}
