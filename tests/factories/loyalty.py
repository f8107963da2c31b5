"""Coupons. What is not said is ¥30 off, for as many as want one, for 30 days."""

from itertools import count
from typing import Any

from customers.models import Customer
from loyalty.models import Coupon, CouponGrant
from loyalty.services import coupons

_numbers = count(1)


def make_coupon(name: str = "", **fields: Any) -> Coupon:
    fields.setdefault("value_fen", 3_000)
    return Coupon.objects.create(name=name or f"券{next(_numbers)}", **fields)


def give(customer: Customer, coupon: Coupon | None = None, *, key: str = "", **fields: Any) -> CouponGrant:
    coupon = coupon or make_coupon()
    key = key or f"test:{next(_numbers)}"
    return coupons.grant(coupon=coupon, customers={customer.pk: key}, **fields)[customer.pk]
