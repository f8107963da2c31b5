"""An order entered by hand: one customer, what she bought, who served her."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.choices import HAND, Approval, CreditRole, OrderState
from customers.models import Customer, Order, OrderCredit, OrderLine, Product
from customers.queries import colleagues
from customers.services.ordering import approving, listeners, proofs
from customers.services.ordering.products import Products
from scrm.kit import audit, clock, files, money
from scrm.kit.errors import Refused

ENTER = "customers.add_order"
WHOLE = 10_000
MOST_LINES, MOST_SERVED = 50, 10
# The clock of a counter may run ahead.
AHEAD = timedelta(minutes=10)
_KEY = re.compile(r"[0-9]{10}\Z")


@dataclass(frozen=True)
class Item:
    """One line: a `product` that was chosen, or as it was typed; a code or a name nobody knows is a new product."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    product: int | None = None

    @property
    def amount_fen(self) -> int:
        return money.to_fen(self.quantity * self.unit_price)


def new_key() -> str:
    """Of one form: sent twice it makes one order."""
    return f"{secrets.randbelow(10**10):010d}"


def enter(
    customer: Customer,
    *,
    by: Any,
    items: Sequence[Item],
    served: Sequence[tuple[Any, int]],
    key: str = "",
    discount_fen: int = 0,
    freight_fen: int = 0,
    stored_value_fen: int = 0,
    paid_fen: int | None = None,
    ordered_at: datetime | None = None,
    store: Any = None,
    proof: File | None = None,
    note: str = "",
) -> Order:
    """A paid order, done at once; with `paid_fen` 0 one that is only placed. `served` are employees with their shares
    in basis points, the first opened it. Waits for approval unless `by` may approve herself, and then needs `proof`.
    None for `paid_fen` is all that is due.

    Raises Refused: "customer.…", "items.…", "discount.…", "stored_value.…", "paid.…", "ordered_at.…", "store.…",
    "served.…", "proof.…": the part before the dot is the field.
    """
    if not by.has_perm(ENTER) or not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise Refused("customer.not_yours", _("You may enter orders of your own customers only."))
    goods = _goods(items)
    due = _due(goods, discount_fen, freight_fen)
    paid = due if paid_fen is None else paid_fen
    _must_add_up(due, paid, stored_value_fen)
    at = ordered_at or clock.now()
    if at > clock.now() + AHEAD:
        raise Refused("ordered_at.future", _("This moment has not come yet."))
    if store is not None and store.pk != customer.store_id and not colleagues.may_choose_store(by, store):
        raise Refused("store.not_yours", _("You may not choose this store."))
    _must_have_served(by, served)
    waits = not approving.needs_nobody(by)
    if waits and proof is None:
        raise Refused("proof.missing", _("Add a picture of the receipt or the payment: a colleague has to approve it."))
    number = f"H{key if _KEY.match(key) else new_key()}"
    if (twin := _twin(number, customer, by)) is not None:
        return twin
    if Order.objects.filter(source=HAND, number=number).exists():
        number = f"H{new_key()}"
    picture = proofs.save(proof) if proof is not None else ""
    order = Order(
        source=HAND, number=number, customer=customer, state=OrderState.FULFILLED if paid else OrderState.PLACED,
        ordered_at=at, paid_at=at if paid else None, fulfilled_at=at if paid else None, goods_fen=goods,
        discount_fen=discount_fen, freight_fen=freight_fen, stored_value_fen=stored_value_fen, paid_fen=paid,
        store=store, approval=Approval.PENDING if waits else Approval.NONE, proof=picture, note=note.strip()[:500],
        entered_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            order.save(force_insert=True)
            _add_lines(order, items)
            OrderCredit.objects.bulk_create(
                OrderCredit(
                    order=order, employee=who, share_bp=share,
                    role=CreditRole.HELPER if nth else CreditRole.OPENER,
                )
                for nth, (who, share) in enumerate(served)
            )  # fmt: skip
            audit.record("order.entered", by=by, on=order, paid_fen=paid)
            listeners.tell([order.pk])
    except BaseException as error:
        files.remove(picture)
        if isinstance(error, IntegrityError) and (twin := _twin(number, customer, by)) is not None:
            return twin
        raise
    return order


def _goods(items: Sequence[Item]) -> int:
    if not items:
        raise Refused("items.none", _("Write what was bought."))
    if len(items) > MOST_LINES:
        raise Refused("items.too_many", _("At most %(most)d lines fit into one order.") % {"most": MOST_LINES})
    for item in items:
        if not item.name.strip() and item.product is None:
            raise Refused("items.no_name", _("A line has no product."))
        if item.quantity <= 0:
            raise Refused("items.quantity", _("A quantity has to be above zero."))
        if item.unit_price < 0:
            raise Refused("items.price", _("A price cannot be below zero."))
    return sum(item.amount_fen for item in items)


def _due(goods: int, discount: int, freight: int) -> int:
    if discount < 0 or freight < 0:
        raise Refused("discount.below_zero", _("An amount cannot be below zero."))
    if discount > goods:
        raise Refused("discount.above_goods", _("The discount is more than the goods cost (%(goods)s).") % {
            "goods": money.show(goods)
        })
    if goods - discount + freight == 0:
        raise Refused("paid.nothing_due", _("Nothing is to be paid: something that costs nothing is no order."))
    return goods - discount + freight


def _must_add_up(due: int, paid: int, stored: int) -> None:
    if paid not in (0, due):
        sentence = _(
            "%(due)s is due, %(paid)s was paid. Write the difference as a discount; 0 means that nothing is paid yet."
        )
        raise Refused("paid.differs", sentence % {"due": money.show(due), "paid": money.show(paid)})
    if stored < 0 or stored > paid:
        sentence = _("The part from stored value cannot be more than what was paid (%(paid)s).")
        raise Refused("stored_value.above_paid", sentence % {"paid": money.show(paid)})


def _must_have_served(by: Any, served: Sequence[tuple[Any, int]]) -> None:
    people = [who.pk for who, _share in served]
    if not served:
        raise Refused("served.nobody", _("Say who served her."))
    if len(served) > MOST_SERVED or len(set(people)) != len(people):
        raise Refused("served.twice", _("Name each colleague once, at most ten."))
    if any(share <= 0 or share > WHOLE for _who, share in served):
        raise Refused("served.share", _("Each share has to be above zero, and at most 100 percent."))
    total = sum(share for _who, share in served)
    if total != WHOLE:
        sentence = _("The shares make %(total)s percent; they have to make 100.")
        raise Refused("served.sum", sentence % {"total": f"{total / 100:g}"})
    if colleagues.may_have_served(by).filter(pk__in=people).count() != len(people):
        raise Refused("served.not_yours", _("You may not name this colleague."))


def _twin(number: str, customer: Customer, by: Any) -> Order | None:
    """The order that the same form has made before."""
    return Order.objects.filter(source=HAND, number=number, customer=customer, entered_by=by).first()


def _add_lines(order: Order, items: Sequence[Item]) -> None:
    names = {item.name.strip()[:200] for item in items}
    chosen = set(Product.objects.filter(pk__in=[item.product for item in items]).values_list("pk", flat=True))
    coded = dict(Product.objects.filter(code__in=names - {""}).values_list("code", "pk"))
    typed = {
        item.name.strip()[:200] for item in items if item.product not in chosen and item.name.strip() not in coded
    }
    named = Products().ids(("", name) for name in typed if name)
    lines = []
    for item in items:
        name = item.name.strip()[:200]
        product = item.product if item.product in chosen else coded.get(name) or named.get(("", name))
        lines.append(
            OrderLine(
                order=order, product_id=product, quantity=item.quantity, unit_price=item.unit_price,
                amount_fen=item.amount_fen,
            )
        )  # fmt: skip
    OrderLine.objects.bulk_create(lines)
