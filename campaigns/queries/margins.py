"""What is left of an order: from the products that a campaign sells, else the shop's usual margin, else nobody knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from campaigns.models import Campaign, Rules
from customers.models import Product

WHOLE = 10_000


@dataclass(frozen=True)
class Margin:
    """`bp` of what is paid, in 1/10,000; None where it is not known. `source`: "products", "rules" or "". `price_fen`: the
    mean price of what it sells, None without any."""

    bp: int | None
    source: str
    price_fen: int | None


def part(amount: int, bp: int) -> int:
    """`bp` of an amount, half up, away from zero."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) * bp * 2 + WHOLE) // (2 * WHOLE))


def of(campaigns: Iterable[Campaign]) -> dict[int, Margin]:
    """{campaign: its margin}. Of the products those whose price and cost are both known. Two queries."""
    pks = [one.pk for one in campaigns]
    usual = Rules.objects.filter(pk=1).values_list("margin_bp", flat=True).first()
    known = Q(product__price_fen__gt=0, product__cost_fen__isnull=False)
    sold = (
        Campaign.products.through.objects.filter(campaign__in=pks)
        .order_by()
        .values_list("campaign")
        .annotate(
            prices=Sum("product__price_fen"),
            priced=Count("product__price_fen"),
            price=Sum("product__price_fen", filter=known),
            cost=Sum("product__cost_fen", filter=known),
        )
    )
    found = dict.fromkeys(pks, Margin(usual, "rules" if usual is not None else "", None))
    for pk, prices, priced, price, cost in sold:
        mean = (2 * prices + priced) // (2 * priced) if priced else None
        if price:
            found[pk] = Margin(max((price - cost) * WHOLE // price, 0), "products", mean)
        else:
            found[pk] = Margin(usual, found[pk].source, mean)
    return found


def of_one(campaign: Campaign) -> Margin:
    return of([campaign])[campaign.pk]


def unpriced(campaign: Campaign) -> int:
    """How many of its products have no price, or no cost."""
    return Product.objects.filter(
        Q(price_fen=None) | Q(cost_fen=None), pk__in=campaign.products.order_by().values("pk")
    ).count()
