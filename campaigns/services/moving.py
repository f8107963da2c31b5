"""What becomes of rows of campaigns when a customer is folded into another (`customers.services.merging`)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Binding, Conversion, Link, Participation, Referral, Visitor
from campaigns.services.crediting import work
from campaigns.services.joined import Joined
from customers.models import Customer
from customers.services.merging.movers import Repoint, Stays, movers


@dataclass(frozen=True)
class Credited(Repoint):
    """Rows on which credits hang. When some come or go, every order of both is credited anew: what one has less, the
    other has more."""

    def move(self, fold: Customer, keep: Customer) -> Any:
        return self._credited(super().move(fold, keep), fold, keep)

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        super().back(moved, fold, keep)
        self._credited(moved, fold, keep)

    def follow(self, fold: Customer, keep: Customer) -> None:
        if self.by_identity:
            before = self._ids(keep), self._ids(fold)
            super().follow(fold, keep)
            self._credited(before != (self._ids(keep), self._ids(fold)), fold, keep)

    def _ids(self, person: Customer) -> set[int]:
        return set(self._rows(person).values_list("pk", flat=True))

    def _credited(self, moved: Any, fold: Customer, keep: Customer) -> Any:
        if moved:
            work.of_people((fold.pk, keep.pk))
        return moved


class Links:
    """A promoter's links become the winner's; of two for the same campaign, channel and material both stay, each with
    its own code: the folded one's goes on counting for her record, which names whom she was folded into."""

    relations = ("campaigns.link.customer",)
    label: str | Promise = _("links of somebody who recommends")

    def _rows(self, fold: Customer) -> QuerySet[Link]:
        return Link.objects.filter(customer=fold.pk).order_by("pk")

    def count(self, fold: Customer) -> int:
        return self._rows(fold).count()

    def mark(self, fold: Customer) -> Any:
        return list(self._rows(fold).values_list("pk", flat=True))

    def move(self, fold: Customer, keep: Customer) -> Any:
        which = ("campaign", "channel", "material")
        hers = set(self._rows(keep).values_list(*which))
        moved = [pk for pk, *what in self._rows(fold).values_list("pk", *which) if tuple(what) not in hers]
        Link.objects.filter(pk__in=moved).update(customer=keep.pk)
        return moved

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        Link.objects.filter(pk__in=moved, customer=keep.pk).update(customer=fold.pk)

    def follow(self, fold: Customer, keep: Customer) -> None:
        return None


class Referrals:
    """Who brought whom. What would make somebody bring herself, or be brought twice, stays with the folded record."""

    relations = ("campaigns.referral.inviter", "campaigns.referral.invitee", "campaigns.referral.root")
    label: str | Promise = _("recommendations")
    sides = ("inviter", "invitee", "root")

    def _rows(self, fold: Customer) -> QuerySet[Referral]:
        return Referral.objects.filter(Q(inviter=fold.pk) | Q(invitee=fold.pk) | Q(root=fold.pk)).order_by("pk")

    def count(self, fold: Customer) -> int:
        return self._rows(fold).count()

    def mark(self, fold: Customer) -> Any:
        return [list(row) for row in self._rows(fold).values_list("pk", "inviter", "invitee", "root")]

    def move(self, fold: Customer, keep: Customer) -> Any:
        brought = set(Referral.objects.filter(invitee=keep.pk).values_list("campaign", flat=True))
        moved: list[list[Any]] = []
        for row in self._rows(fold).select_for_update(of=("self",)):
            before = {side: getattr(row, f"{side}_id") for side in self.sides}
            after = {side: keep.pk if pk == fold.pk else pk for side, pk in before.items()}
            if after["inviter"] == after["invitee"] or (before["invitee"] == fold.pk and row.campaign_id in brought):
                continue
            Referral.objects.filter(pk=row.pk).update(**after)
            moved.append([row.pk, before, after])
        return moved

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        for pk, before, after in moved:
            for side in self.sides:
                if before[side] != after[side]:
                    Referral.objects.filter(pk=pk, **{side: after[side]}).update(**{side: before[side]})

    def follow(self, fold: Customer, keep: Customer) -> None:
        return None


def register() -> None:
    movers.register("visitors", Credited(Visitor, _("visits before she was known"), by_identity=True))
    movers.register("links", Links())
    movers.register("participations", Joined(Participation, _("campaigns joined")))
    movers.register("referrals", Referrals())
    movers.register("bindings", Repoint(Binding, _("bindings to employees"), written_once=True))
    # Worked out again when the orders move; until then they stand where the orders stand.
    movers.register("conversions", Credited(Conversion, _("orders counted for campaigns"), touched="at"))
    # Books do not move: what was earned by the folded record is paid to whom it was folded into.
    movers.register("commission", Stays(("campaigns.commissionentry.promoter",)))
    # What has to be looked at again is said anew for whoever gets the campaigns joined.
    movers.register("arrivals", Stays(("campaigns.arrivalwork.customer",)))
