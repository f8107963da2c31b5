"""Orders, their lines, who served. What is not said is nothing out of the way: paid, done, a month ago."""

from datetime import timedelta
from itertools import count
from typing import Any

from customers.choices import CreditRole, OrderState
from customers.models import Customer, Order, OrderCredit, OrderLine, Product
from scrm.kit import clock
from scrm.staff.models import Employee

_numbers = count(1)


def make_product(name: str = "", **fields: Any) -> Product:
    return Product.objects.create(name=name or f"商品{next(_numbers)}", **fields)


def make_order(customer: Customer, *, paid_fen: int = 10_000, **fields: Any) -> Order:
    fields.setdefault("source", "test")
    fields.setdefault("number", f"N{next(_numbers)}")
    fields.setdefault("state", OrderState.FULFILLED)
    fields.setdefault("ordered_at", clock.now() - timedelta(days=30))
    fields.setdefault("goods_fen", paid_fen)
    return Order.objects.create(customer=customer, paid_fen=paid_fen, **fields)


def make_line(order: Order, product: Product | None = None, **fields: Any) -> OrderLine:
    return OrderLine.objects.create(order=order, product=product, **fields)


def credit(order: Order, employee: Employee, share_bp: int = 10_000, role: str = CreditRole.OPENER) -> OrderCredit:
    return OrderCredit.objects.create(order=order, employee=employee, role=role, share_bp=share_bp)
