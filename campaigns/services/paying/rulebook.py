"""Which version of which rule was in force at a moment. How a version is made stands in `rules`."""

from collections.abc import Iterable
from datetime import datetime

from campaigns.models import PayRule
from campaigns.services.paying.sold import Sold

# (campaign, product, basis)
Scope = tuple[int | None, int | None, str]


class Rulebook:
    """Every version of every rule, read once: there are a handful for each campaign."""

    def __init__(self, rules: Iterable[PayRule] | None = None) -> None:
        self.by_id: dict[int, PayRule] = {}
        self._versions: dict[Scope, list[PayRule]] = {}
        self._pinned: dict[tuple[int, Scope], PayRule] = {}
        found = PayRule.objects.order_by() if rules is None else rules
        for rule in sorted(found, key=lambda rule: (rule.valid_from, rule.version, rule.pk)):
            self.by_id[rule.pk] = rule
            self._versions.setdefault(_scope(rule), []).append(rule)

    def at(self, moment: datetime, *, basis: str, campaign: int | None = None, product: int | None = None) -> PayRule | None:
        """The newest version that had begun by then. One that another followed was in force until that one began; one
        that was switched off without a successor earns nothing new."""
        versions = self._versions.get((campaign, product, basis), [])
        begun = [rule for rule in versions if rule.valid_from <= moment]
        if not begun or (begun[-1] is versions[-1] and not begun[-1].is_active):
            return None
        return begun[-1]

    def pin(self, order: int, rule: int | None) -> None:
        """What an order has earned by once it goes on earning by."""
        if rule in self.by_id:
            self._pinned.setdefault((order, _scope(self.by_id[rule])), self.by_id[rule])

    def of(self, sold: Sold, *, basis: str, campaign: int | None = None, product: int | None = None) -> PayRule | None:
        """The rule that pays for an order: the one it was paid by before, else the one in force when it was placed."""
        pinned = self._pinned.get((sold.order, (campaign, product, basis)))
        if pinned is not None or sold.ordered_at is None:
            return pinned
        return self.at(sold.ordered_at, basis=basis, campaign=campaign, product=product)

    def has(self, basis: str) -> bool:
        """Whether anybody was ever paid by it."""
        return any(own == basis for _campaign, _product, own in self._versions)

    def campaigns(self, basis: str) -> set[int]:
        return {campaign for campaign, _product, own in self._versions if campaign is not None and own == basis}

    def products(self) -> set[int]:
        return {product for _campaign, product, _basis in self._versions if product is not None}


def _scope(rule: PayRule) -> Scope:
    return rule.campaign_id, rule.product_id, rule.basis
