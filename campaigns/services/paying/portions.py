"""The parts of an order that rules of products, and of any order, pay for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.choices import Basis
from campaigns.models import PayRule
from campaigns.paying_keys import Slot
from campaigns.services.paying.rulebook import Rulebook
from campaigns.services.paying.sold import Sold
from customers.models import OrderLine
from scrm.kit import money
from scrm.kit.among import Among

# order → (product, amount) of each line
Lines = Mapping[int, Sequence[tuple[int | None, int]]]


@dataclass(frozen=True)
class Portion:
    slot: Slot
    rule: PayRule
    paid_fen: int


def lines_of(order_ids: Sequence[int]) -> Lines:
    found: dict[int, list[tuple[int | None, int]]] = {}
    rows = OrderLine.objects.filter(Among("order", order_ids)).order_by("pk")
    for order, product, amount in rows.values_list("order_id", "product_id", "amount_fen"):
        found.setdefault(order, []).append((product, amount))
    return found


def portions(sold: Sold, lines: Lines, book: Rulebook, basis: str) -> list[Portion]:
    """What was paid is shared out over the lines, discounts, freight and all; a product without a rule of its own falls
    to the rule for any order, which there is for who served alone."""
    served = basis == Basis.SERVED
    rules: dict[int | None, PayRule] = {}
    weights: dict[int | None, int] = {}
    for product, amount in lines.get(sold.order, ()):
        rule = None if product is None else book.of(sold, basis=basis, product=product)
        if rule is not None:
            rules[product] = rule
        name = None if rule is None else product
        weights[name] = weights.get(name, 0) + max(amount, 0)
    if served and (rest := book.of(sold, basis=basis)) is not None:
        rules[None] = rest
    if not sum(weights.values()):
        weights = {None: 1}
    names = sorted(weights, key=lambda product: (product is None, product or 0))
    parts = zip(names, money.split(sold.paid, [weights[name] for name in names]), strict=True)
    return [Portion(Slot(product=name, served=served), rules[name], part) for name, part in parts if part and name in rules]
