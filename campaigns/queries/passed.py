"""How far a material went: by whom it was sent, and how many came by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from campaigns.choices import PassedOn
from campaigns.models import Link, Material, PassOn, TouchReading


@dataclass
class Totals:
    """`sent`: on how many days it was sent, of all links; `visits`: counted once a visitor and hour."""

    sent: int = 0
    visits: int = 0


@dataclass
class ByLink:
    link: Link
    sent: int = 0
    visits: int = 0


def totals(materials: Iterable[int], viewer: Any) -> dict[int, Totals]:
    """Of the links that this viewer sees: two queries, whatever the number."""
    found = {pk: Totals() for pk in materials}
    links = Link.objects.visible_to(viewer).filter(material__in=found).order_by().values("pk")
    sent = PassOn.objects.filter(link__in=links, outcome=PassedOn.SENT).order_by()
    for pk, count in sent.values_list("link__material").annotate(n=Count("pk")):
        found[pk].sent = count
    came = TouchReading.objects.filter(link__in=links, unique=True).order_by()
    for pk, count in came.values_list("link__material").annotate(n=Count("pk")):
        found[pk].visits = count
    return found


def of_material(material: Material, viewer: Any) -> list[ByLink]:
    """Each of its links that this viewer sees, the most visited first."""
    links = Link.objects.visible_to(viewer).filter(material=material).select_related("employee", "channel", "campaign")
    found = {link.pk: ByLink(link) for link in links}
    sent = PassOn.objects.filter(link__in=found, outcome=PassedOn.SENT).order_by()
    for pk, count in sent.values_list("link").annotate(n=Count("pk")):
        found[pk].sent = count
    came = TouchReading.objects.filter(link__in=found, unique=True).order_by()
    for pk, count in came.values_list("link").annotate(n=Count("pk")):
        found[pk].visits = count
    return sorted(found.values(), key=lambda one: (-one.visits, -one.sent, one.link.pk))
