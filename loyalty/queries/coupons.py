"""Coupons at the counter: by code, by what can be typed, by the end of a phone number."""

import unicodedata
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from customers.choices import IdentityKind
from customers.models import Customer, Identity, Order
from loyalty.choices import GrantState
from loyalty.models import Coupon, CouponGrant
from loyalty.models.coupons import CODE_LENGTH
from scrm.kit import clock, codes, phones

FOUND = 20
TAIL = 4
SHORT = 8
# Longer than any code or number with the blanks people put into it.
LONGEST = 40


def typed(text: str) -> str:
    """What was meant: full-width signs are plain ones, gaps, dashes and a country's code nothing."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    said = "".join(sign for sign in plain if not sign.isspace() and sign not in "-‐–—·")
    return phones.normalise(said) or said


def find(text: str) -> list[CouponGrant]:
    """What a code names: that one, in whatever state. What a phone, or its last four digits or more, names: those that
    can be used now, at most FOUND, the ones that lapse first. Of every customer of the shop: whoever stands at the
    counter is served there. Pages show no more of her than a masked name and the end of her number."""
    said = typed(text)
    rows = CouponGrant.objects.select_related("coupon__product", "customer__owner", "used_by", "store", "order")
    if codes.is_code(said, CODE_LENGTH) and (named := list(rows.filter(code=said))):
        return named
    if not said.isascii() or not said.isdecimal():
        return []
    if len(said) == SHORT and (named := list(rows.filter(short_code=said))):
        return named
    if not TAIL <= len(said) <= 13:
        return []
    open_ones = rows.filter(usable(), customer__in=_whose(said)).order_by("expires_at", "pk")
    return list(open_ones[:FOUND])


def matching(rows: QuerySet[CouponGrant], text: str) -> QuerySet[CouponGrant]:
    """`rows` (scoped by the caller) cut down to a code, or to the end of a phone number, in whatever state."""
    said = typed(text)
    if not said:
        return rows
    named = Q(code=said) if codes.is_code(said, CODE_LENGTH) else Q(pk__in=[])
    if said.isascii() and said.isdecimal():
        named |= Q(short_code=said)
        if TAIL <= len(said) <= 13:
            named |= Q(customer__in=_whose(said))
    return rows.filter(named)


def counts(coupons: list[int], viewer: Any) -> dict[int, tuple[int, int]]:
    """{coupon: (given out, used)} among the people whom the viewer sees."""
    rows = CouponGrant.objects.visible_to(viewer).filter(coupon__in=coupons).order_by().values("coupon")
    counted = rows.annotate(given=Count("pk"), used=Count("pk", filter=Q(state=GrantState.USED)))
    return {row["coupon"]: (row["given"], row["used"]) for row in counted}


def usable() -> Q:
    """Granted and not lapsed."""
    return Q(state=GrantState.GRANTED) & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))


def is_left(coupon: Coupon) -> bool:
    """Whether one more can be given to somebody."""
    if not coupon.is_active or (coupon.ends_on is not None and coupon.ends_on < clock.today()):
        return False
    return coupon.stock is None or coupon.granted < coupon.stock


def _whose(digits: str) -> QuerySet[Identity, Any]:
    """Customers whose number it is, or ends with it: an index holds the last four digits."""
    number = phones.normalise(digits)
    if number is not None:
        return Identity.objects.filter(kind=IdentityKind.PHONE, value=number).order_by().values("customer")
    # The index on the last four holds phones only and says so in its condition; SQLite wants to read it again.
    ending = Identity.objects.exclude(tail="").filter(tail=digits[-TAIL:])
    return ending.filter(value__endswith=digits).order_by().values("customer")


def of_code(code: str) -> CouponGrant | None:
    rows = CouponGrant.objects.select_related("coupon__product", "customer__owner", "used_by", "store", "order")
    return rows.filter(code=code).first() if codes.is_code(code, CODE_LENGTH) else None


def taken_today(employee: Any) -> QuerySet[CouponGrant]:
    """What she took at the counter today, the last one first."""
    rows = CouponGrant.objects.filter(used_by=employee, used_at__gte=clock.start_of(clock.today()))
    return rows.select_related("coupon__product", "customer__owner", "order").order_by("-used_at", "-pk")[:FOUND]


def of_customer(customer: Customer) -> QuerySet[CouponGrant]:
    rows = CouponGrant.objects.filter(customer=customer)
    return rows.select_related("coupon__product", "used_by", "order").order_by("-granted_at", "-pk")


def orders_to_tie(grant: CouponGrant, employee: Any) -> QuerySet[Order]:
    """Her orders since the day it was used, that have no coupon yet and that the employee may see."""
    if grant.used_at is None or not employee.has_perm("customers.view_order"):
        return Order.objects.none()
    rows = Order.objects.visible_to(employee).filter(customer=grant.customer_id, coupons=None)
    return rows.filter(ordered_at__gte=clock.start_of(localdate(grant.used_at))).order_by("-ordered_at", "-pk")[:5]

