"""Whose links a board counts for one viewer: credit is a matter of promoters, whoever looks after the customer now."""

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from campaigns.models import Campaign
from scrm.staff import scope
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Employee

SEE, MONEY = "campaigns.see_board", "campaigns.see_money"


class Sight:
    """What one viewer sees of the boards; whose links, that is asked once. Nobody (None) is a job and sees everything."""

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer

    @property
    def board(self) -> bool:
        return self._may(SEE)

    @property
    def money(self) -> bool:
        """What things cost and what is left of it."""
        return self._may(MONEY)

    @property
    def whole(self) -> bool:
        """Every row there is: what no link brought can be told, too."""
        return bool(self.viewer is None or (self.viewer.is_active and self.viewer.row_scope == Scope.ALL))

    @property
    def is_agency(self) -> bool:
        return bool(self.viewer is not None and self.viewer.role == Role.AGENCY and not self.viewer.is_superuser)

    @property
    def campaigns(self) -> QuerySet[Campaign]:
        return Campaign.objects.all() if self.viewer is None else Campaign.objects.visible_to(self.viewer)

    @cached_property
    def promoters(self) -> list[int] | None:
        """The employees whose links are counted; None for all links, those of nobody too. An agency sees the sums of the
        campaigns that it was given, as a whole."""
        if self.viewer is not None and not self.viewer.is_active:
            return []
        if self.whole or self.is_agency:
            return None
        places = scope.places_of(self.viewer)
        if places is None:
            return [self.viewer.pk]
        people = Employee.objects.filter(department__in=places).order_by().values_list("pk", flat=True)
        return sorted({self.viewer.pk, *people})

    def of(self, *, employee: str = "employee", campaign: str = "campaign") -> Q:
        """`employee` and `campaign` are the ways from a row to them."""
        found = Q() if self.promoters is None else Q(**{f"{employee}__in": self.promoters})
        return found & self._assigned(campaign)

    def mine[Rows: QuerySet[Any]](self, rows: Rows) -> Rows:
        """Of the campaigns that she may see at all."""
        return rows.filter(self._assigned("campaign"))

    def _assigned(self, campaign: str) -> Q:
        return Q(**{f"{campaign}__in": self.campaigns.order_by().values("pk")}) if self.is_agency else Q()

    def _may(self, permission: str) -> bool:
        return bool(self.viewer is None or (self.viewer.is_active and self.viewer.has_perm(permission)))
