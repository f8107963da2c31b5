"""Whether an order that a sheet tells in other words is the one that is here: a customer known by another number, a
product by its code, a name that was matched, an export of our own."""

from collections.abc import Mapping, Sequence

from customers.choices import CreditRole
from customers.models import Order, OrderCredit, OrderLine
from customers.naming import fold_name
from customers.services.importing.names import Names
from customers.services.ordering.lines import Line
from customers.services.ordering.purchases import Purchase


def figures(purchase: Purchase) -> tuple[int, int, int]:
    """(goods, discount, freight) in fen. Lines below zero are discounts; what was paid beyond the goods came for
    freight."""
    goods = sum(amount for amount in purchase.amounts if amount > 0)
    over = purchase.total_fen - sum(purchase.amounts)
    return goods, goods - sum(purchase.amounts) + max(-over, 0), max(over, 0)


def equal(
    purchases: Sequence[Purchase], differing: Mapping[str, int], owners: Mapping[str, int], names: Names
) -> set[str]:
    """Numbers of the `differing` orders ({number: id}) that are here exactly as the sheet tells them. Three queries."""
    if not differing:
        return set()
    orders = Order.objects.select_related("channel").in_bulk(list(differing.values()))
    lines: dict[int, list[OrderLine]] = {pk: [] for pk in orders}
    for line in OrderLine.objects.filter(order__in=orders).select_related("product").order_by("pk"):
        lines[line.order_id].append(line)
    served: dict[int, list[tuple[int, int]]] = {pk: [] for pk in orders}
    for credit in OrderCredit.objects.filter(order__in=orders).exclude(role=CreditRole.PROMOTER).order_by("pk"):
        served[credit.order_id].append((credit.employee_id, credit.share_bp))
    found = set()
    for purchase in purchases:
        order = orders.get(differing.get(purchase.number, 0))
        if (
            order is not None
            and owners.get(purchase.who) == order.customer_id
            and purchase.at == order.ordered_at
            and (*figures(purchase), purchase.total_fen)
            == (order.goods_fen, order.discount_fen, order.freight_fen, order.paid_fen)
            and fold_name(purchase.channel) == fold_name(order.channel.name if order.channel else "")
            and len(lines[order.pk]) == len(purchase.kept)
            and all(map(_same_line, purchase.kept, purchase.amounts, lines[order.pk]))
            and (not purchase.served or _served(purchase, names) == served[order.pk])
        ):
            found.add(purchase.number)
    return found


def _same_line(said: Line, amount: int, line: OrderLine) -> bool:
    if (said.quantity, said.price, amount) != (line.quantity, line.unit_price, line.amount_fen):
        return False
    if line.product is None:
        return not said.code and not said.product
    return said.code == line.product.code if said.code or line.product.code else said.product == line.product.name


def _served(purchase: Purchase, names: Names) -> list[tuple[int | None, int]]:
    return [(names.resolve("owner", name), share) for name, share in purchase.served]
