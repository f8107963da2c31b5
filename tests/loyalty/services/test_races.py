"""Two at the same counter, two for the last coupon: real transactions, real threads."""

import pytest

from loyalty.choices import GrantState
from loyalty.models import Coupon, CouponGrant
from loyalty.services import coupons
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.loyalty import give, make_coupon
from tests.factories.staff import make_employee
from tests.staff.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_coupon_is_taken_by_one_of_six() -> None:
    grant, clerks = give(make_customer("王小娟")), [make_employee(role=Role.EMPLOYEE) for _n in range(6)]
    said = together(*[lambda who=who: coupons.use(grant=CouponGrant.objects.get(pk=grant.pk), by=who) for who in clerks])
    assert sorted(said) == ["coupon.used"] * 5 + ["done"]
    assert AuditEntry.objects.filter(action="coupon.used").count() == 1
    winner = CouponGrant.objects.get()
    assert (winner.state, winner.used_by) == (GrantState.USED, clerks[said.index("done")])


def test_used_or_withdrawn_never_both() -> None:
    grant, owner, clerk = give(make_customer("王小娟")), make_employee(role=Role.OWNER), make_employee(role=Role.EMPLOYEE)
    said = together(
        lambda: coupons.use(grant=CouponGrant.objects.get(pk=grant.pk), by=clerk),
        lambda: coupons.void(grant=CouponGrant.objects.get(pk=grant.pk), by=owner),
    )
    state = CouponGrant.objects.get().state
    assert said == (["done", "coupon.used"] if state == GrantState.USED else ["coupon.void", "done"])
    assert Coupon.objects.get().granted == (1 if state == GrantState.USED else 0)


def test_the_last_two_go_to_two_of_six() -> None:
    coupon, people = make_coupon(stock=2), [make_customer(f"客{n}") for n in range(6)]
    said = together(*[lambda who=who: coupons.grant(coupon=coupon, customers={who.pk: f"k{who.pk}"}) for who in people])
    assert sorted(said) == ["coupon.none_left"] * 4 + ["done"] * 2
    assert (Coupon.objects.get().granted, CouponGrant.objects.count()) == (2, 2)


def test_one_occasion_at_the_same_time_is_one_coupon() -> None:
    coupon, juan = make_coupon(per_person=9), make_customer("王小娟")
    said = together(*[lambda: coupons.grant(coupon=coupon, customers={juan.pk: "campaign:1:1"})] * 4)
    assert said == ["done"] * 4
    assert (Coupon.objects.get().granted, CouponGrant.objects.count()) == (1, 1)


def test_two_occasions_at_the_same_time_keep_the_limit_of_a_person() -> None:
    coupon, juan = make_coupon(per_person=1), make_customer("王小娟")
    together(*[lambda n=n: coupons.grant(coupon=coupon, customers={juan.pk: f"k{n}"}) for n in range(4)])
    assert (Coupon.objects.get().granted, CouponGrant.objects.count()) == (1, 1)
