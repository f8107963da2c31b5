"""What one success is worth to whoever brings it: from the rule of commission in force, and what its orders brought so far;
before the first one, from the price."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from campaigns.choices import Basis, Model
from campaigns.models import BoardCredit, Campaign, LandingPage, PayRule
from customers.models import Product


class Worth(NamedTuple):
    """About `fen` an order; None where no price is known, then `rate_bp` of it."""

    fen: int | None
    rate_bp: int | None = None


def of_one(campaign: Campaign) -> int | None:
    """About so many fen an order; None where nothing is paid, or no price is known."""
    found = of([campaign]).get(campaign.pk)
    return found.fen if found else None


def of(campaigns: Iterable[Campaign]) -> dict[int, Worth]:
    """By campaign; those that pay nothing are left out. The campaign's own rule comes first, then those of the products it
    sells, then the one for any order. Five queries."""
    paid = {campaign.pk: campaign for campaign in campaigns if not campaign.no_pay}
    if not paid:
        return {}
    rules = _in_force(paid)
    sold = _sold(paid)
    pages = LandingPage.objects.filter(campaign__in=paid, price_fen__isnull=False)
    prices: dict[int, int] = {pk: fen for pk, fen in pages.values_list("campaign_id", "price_fen") if fen is not None}
    prices |= _brought(paid)
    found = {}
    for pk, campaign in paid.items():
        worth = _of(campaign, rules, sold.get(pk, {}), prices.get(pk))
        if worth is not None:
            found[pk] = worth
    return found


# Of a campaign, of a product, or of neither; and on what it is paid.
_Rules = dict[tuple[int | None, int | None, str], PayRule]


def _in_force(campaigns: Iterable[int]) -> _Rules:
    """Of each there is one at most."""
    rows = PayRule.objects.filter(Q(campaign__in=list(campaigns)) | Q(campaign=None), is_active=True)
    return {(rule.campaign_id, rule.product_id, rule.basis): rule for rule in rows}


def _brought(campaigns: Iterable[int]) -> dict[int, int]:
    """{campaign: fen}: what an order brought so far in the mean, by the last touch, after coupons and refunds."""
    rows = BoardCredit.objects.filter(campaign__in=list(campaigns), model=Model.LAST).order_by().values_list("campaign")
    sums = rows.annotate(orders=Sum("orders"), net=Sum("net_fen"))
    return {campaign: _half_up(net, orders) for campaign, orders, net in sums if orders}


def _sold(campaigns: Iterable[int]) -> dict[int, dict[int, int | None]]:
    """{campaign: {product: price}}."""
    through: Any = Campaign.products.through
    rows = through.objects.filter(campaign__in=list(campaigns)).order_by("product")
    pairs = list(rows.values_list("campaign", "product"))
    prices = dict(Product.objects.filter(pk__in={product for _campaign, product in pairs}).values_list("pk", "price_fen"))
    found: dict[int, dict[int, int | None]] = {}
    for campaign, product in pairs:
        found.setdefault(campaign, {})[product] = prices.get(product)
    return found


def _of(campaign: Campaign, rules: _Rules, products: dict[int, int | None], page_price: int | None) -> Worth | None:
    basis = campaign.pay_basis
    own = next((rules[key] for one in (basis, *Basis) if (key := (campaign.pk, None, str(one))) in rules), None)
    known = [price for price in products.values() if price]
    price = page_price or (_mean(known) if known else None)
    if own is not None:
        return _worth(own, price)
    single = [
        _worth(rule, cost)
        for product, cost in products.items()
        if (rule := rules.get((campaign.pk, product, basis)) or rules.get((None, product, basis))) is not None
    ]
    if single:
        fen = [worth.fen for worth in single if worth.fen is not None]
        return Worth(_mean(fen), single[0].rate_bp) if fen else single[0]
    any_order = rules.get((None, None, basis))
    return _worth(any_order, price) if any_order is not None else None


def _worth(rule: PayRule, price: int | None) -> Worth:
    if rule.rate_bp is None:
        return Worth(rule.fixed_fen)
    return Worth(None if price is None else _half_up(price * rule.rate_bp, 10_000), rule.rate_bp)


def _mean(amounts: list[int]) -> int:
    return _half_up(sum(amounts), len(amounts))


def _half_up(total: int, parts: int) -> int:
    return (2 * total + parts) // (2 * parts)
