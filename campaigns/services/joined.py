"""Leads when two records become one: of two for one campaign the first is hers and counts, the other counts nowhere until
the two are told apart again. Whether she came is asked again of both, since visits and coupons move along."""

from dataclasses import dataclass
from typing import Any

from campaigns.models import Participation
from campaigns.services import arriving, boarding
from customers.models import Customer
from customers.services.merging.movers import Repoint


@dataclass(frozen=True)
class Joined(Repoint):
    def count(self, fold: Customer) -> int:
        """Campaigns, not rows."""
        return int(self._rows(fold).filter(doubled=False).count())

    def doubled(self, fold: Customer, keep: Customer) -> int:
        return Participation.objects.filter(customer=fold.pk, campaign__in=keep.participations.order_by().values("campaign")).count()

    def move(self, fold: Customer, keep: Customer) -> Any:
        # Before they are hers, for the same reason as below.
        _settle(fold, keep)
        moved = super().move(fold, keep)
        arriving.look_again([fold.pk, keep.pk])
        return moved

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        super().back(moved, fold, keep)
        _settle(fold)
        _settle(keep)
        arriving.look_again([fold.pk, keep.pk])

    def follow(self, fold: Customer, keep: Customer) -> None:
        super().follow(fold, keep)
        arriving.look_again([fold.pk, keep.pk])


def _settle(*records: Customer) -> None:
    """Of what these records of one person joined, the first of each campaign counts. The boards of days on which that is
    another one than before are counted anew."""
    rows = Participation.everyone.filter(customer__in=[record.pk for record in records]).order_by("at", "pk")
    first: set[int] = set()
    changed: dict[bool, list[Participation]] = {True: [], False: []}
    for row in rows.only("campaign", "day", "arrived_on", "doubled"):
        doubled = row.campaign_id in first
        first.add(row.campaign_id)
        if row.doubled != doubled:
            changed[doubled].append(row)
    # Those first that count no more: two that do would not be let in.
    for doubled, some in changed.items():
        Participation.everyone.filter(pk__in=[row.pk for row in some]).update(doubled=doubled)
        boarding.changed((row.campaign_id, day) for row in some for day in (row.day, row.arrived_on) if day is not None)
