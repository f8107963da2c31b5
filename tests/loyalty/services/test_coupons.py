"""Coupons: given at most as often as there are, once an occasion, used once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from loyalty.choices import CouponKind, GrantState
from loyalty.models import Coupon, CouponGrant
from loyalty.services import coupons
from scrm.kit import codes
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_customer
from tests.factories.loyalty import give, make_coupon
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)  # 12:00 in the shop


def granted(coupon: Coupon) -> int:
    return Coupon.objects.get(pk=coupon.pk).granted


class TestGranting:
    def test_codes_and_the_last_moment(self) -> None:
        juan, coupon = make_customer("王小娟"), make_coupon(valid_days=30)
        with time_machine.travel(NOON, tick=False):
            grant = coupons.grant(coupon=coupon, customers={juan.pk: "a"}, origin="test:1")[juan.pk]
        assert codes.is_code(grant.code, 12)
        assert (len(grant.short_code), grant.short_code.isdecimal(), grant.short_code[0] != "0") == (8, True, True)
        assert (grant.state, grant.key, grant.origin, grant.granted_at) == (GrantState.GRANTED, "a", "test:1", NOON)
        # To the end of the thirtieth day after it, in the shop.
        assert grant.expires_at == datetime(2026, 5, 10, 16, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("fields", "ends"),
        [
            ({"valid_days": None}, None),
            ({"valid_days": None, "ends_on": date(2026, 4, 30)}, datetime(2026, 4, 30, 16, 0, tzinfo=UTC)),
            ({"valid_days": 30, "ends_on": date(2026, 4, 30)}, datetime(2026, 4, 30, 16, 0, tzinfo=UTC)),
            ({"valid_days": 3, "ends_on": date(2026, 4, 30)}, datetime(2026, 4, 13, 16, 0, tzinfo=UTC)),
            ({"valid_days": 0}, datetime(2026, 4, 10, 16, 0, tzinfo=UTC)),
        ],
    )
    def test_the_earlier_end_counts(self, fields: dict[str, object], ends: datetime | None) -> None:
        assert coupons.ends_at(make_coupon(**fields), NOON) == ends

    def test_the_same_occasion_gives_the_same_coupon(self) -> None:
        juan, coupon = make_customer("王小娟"), make_coupon(per_person=5)
        first = coupons.grant(coupon=coupon, customers={juan.pk: "campaign:1:1"})[juan.pk]
        again = coupons.grant(coupon=coupon, customers={juan.pk: "campaign:1:1"})[juan.pk]
        assert (again.pk, again.code, granted(coupon)) == (first.pk, first.code, 1)

    def test_no_more_than_there_are_all_or_none(self) -> None:
        coupon = make_coupon(stock=2)
        people = [make_customer(f"客{n}") for n in range(3)]
        with pytest.raises(Refused) as no:
            coupons.grant(coupon=coupon, customers={one.pk: f"k{one.pk}" for one in people})
        assert (no.value.code, no.value.detail, granted(coupon), CouponGrant.objects.count()) == (
            "coupon.none_left", {"left": 2}, 0, 0,
        )  # fmt: skip
        coupons.grant(coupon=coupon, customers={one.pk: f"k{one.pk}" for one in people[:2]})
        with pytest.raises(Refused) as no:
            coupons.grant(coupon=coupon, customers={people[2].pk: "k"})
        assert (no.value.code, granted(coupon)) == ("coupon.none_left", 2)
        # Who has hers gets it again, also when none is left.
        assert len(coupons.grant(coupon=coupon, customers={people[0].pk: f"k{people[0].pk}"})) == 1

    def test_not_more_for_one_person_than_allowed(self) -> None:
        juan, li, coupon = make_customer("王小娟"), make_customer("李小明"), make_coupon(per_person=1)
        give(juan, coupon)
        given = coupons.grant(coupon=coupon, customers={juan.pk: "b", li.pk: "c"})
        assert (set(given), granted(coupon)) == ({li.pk}, 2)

    def test_a_withdrawn_one_counts_for_nobody(self, owner: object) -> None:
        juan, coupon = make_customer("王小娟"), make_coupon(stock=1)
        coupons.void(grant=give(juan, coupon), by=owner)
        assert granted(coupon) == 0
        assert give(juan, coupon).state == GrantState.GRANTED
        assert granted(coupon) == 1

    @pytest.mark.parametrize(
        ("fields", "code"),
        [({"is_active": False}, "coupon.off"), ({"ends_on": date(2026, 4, 9), "valid_days": None}, "coupon.over")],
    )
    def test_what_is_given_out_no_longer(self, fields: dict[str, object], code: str) -> None:
        juan, coupon = make_customer("王小娟"), make_coupon(**fields)
        with time_machine.travel(NOON, tick=False), pytest.raises(Refused) as no:
            give(juan, coupon)
        assert (no.value.code, granted(coupon)) == (code, 0)

    def test_a_thousand_in_a_constant_number_of_queries(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        coupon = make_coupon()
        for many in (1, 3):
            people = {make_customer(f"客{n}").pk: f"k{many}:{n}" for n in range(many)}
            # a savepoint around the lock, keys, the limit, counted down, inserted, who is missing, keys
            with django_assert_num_queries(9):
                coupons.grant(coupon=coupon, customers=people)
        assert granted(coupon) == 4

    def test_a_code_that_is_taken_is_drawn_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        juan, li, coupon = make_customer("王小娟"), make_customer("李小明"), make_coupon()
        taken = give(juan, coupon).short_code
        drawn = iter([taken, "12345678"])
        monkeypatch.setattr(codes, "random_digits", lambda length: next(drawn))
        assert give(li, coupon).short_code == "12345678"


class TestUsing:
    def test_once(self, employee: object, shop: object) -> None:
        juan = make_customer("王小娟")
        grant = give(juan)
        order = make_order(juan)
        used = coupons.use(grant=grant, by=employee, store=shop.binjiang, order=order)  # type: ignore[attr-defined]
        assert (used.state, used.used_by, used.store, used.order) == (
            GrantState.USED, employee, shop.binjiang, order,  # type: ignore[attr-defined]
        )  # fmt: skip
        entry = AuditEntry.objects.get(action="coupon.used")
        assert (entry.actor, entry.object_id, entry.detail) == (employee, str(juan.pk), {"coupon": grant.coupon.name})
        with pytest.raises(Refused) as no:
            coupons.use(grant=grant, by=employee)
        assert (no.value.code, no.value.detail) == ("coupon.used", {"at": used.used_at, "by": employee.pk})  # type: ignore[attr-defined]
        assert "小许" in str(no.value)
        assert AuditEntry.objects.filter(action="coupon.used").count() == 1

    def test_to_the_last_moment_and_not_beyond(self, employee: object) -> None:
        with time_machine.travel(NOON, tick=False):
            first, second = (give(make_customer(f"客{n}"), make_coupon(valid_days=1)) for n in range(2))
        end = first.expires_at
        with time_machine.travel(end - timedelta(microseconds=1), tick=False):
            assert coupons.use(grant=first, by=employee).state == GrantState.USED
        with time_machine.travel(end, tick=False), pytest.raises(Refused) as no:
            coupons.use(grant=second, by=employee)
        assert (no.value.code, CouponGrant.objects.get(pk=second.pk).state) == ("coupon.lapsed", GrantState.GRANTED)

    def test_a_withdrawn_one(self, owner: object, employee: object) -> None:
        grant = give(make_customer("王小娟"))
        coupons.void(grant=grant, by=owner)
        for act in (lambda: coupons.use(grant=grant, by=employee), lambda: coupons.void(grant=grant, by=owner)):
            with pytest.raises(Refused) as no:
                act()
            assert no.value.code == "coupon.void"

    def test_a_used_one_is_not_withdrawn(self, owner: object, employee: object) -> None:
        grant = give(make_customer("王小娟"))
        coupons.use(grant=grant, by=employee)
        with pytest.raises(Refused) as no:
            coupons.void(grant=grant, by=owner)
        assert (no.value.code, granted(grant.coupon)) == ("coupon.used", 1)

    def test_who_may(self, everyone: dict[str, object]) -> None:
        said = {}
        for role, person in everyone.items():
            try:
                coupons.use(grant=give(make_customer("客")), by=person)
            except Refused as no:
                said[str(role)] = no.code
            else:
                said[str(role)] = "used"
        assert said == {
            "owner": "used", "operator": "used", "manager": "used", "employee": "used", "agency": "coupon.not_allowed",
        }  # fmt: skip

    def test_withdrawing_is_for_head_office(self, manager: object, operator: object) -> None:
        grant = give(make_customer("王小娟"))
        with pytest.raises(Refused) as no:
            coupons.void(grant=grant, by=manager)
        assert no.value.code == "coupon.not_allowed"
        assert coupons.void(grant=grant, by=operator).state == GrantState.VOID


class TestTying:
    def test_to_her_own_order_once(self, employee: object) -> None:
        juan, li = make_customer("王小娟"), make_customer("李小明")
        grant, hers, more, his = give(juan), make_order(juan), make_order(juan), make_order(li)
        codes_said = []
        for order in (hers, his):
            with pytest.raises(Refused) as no:
                coupons.tie(grant=grant, order=order, by=employee)
            codes_said.append(no.value.code)
        assert codes_said == ["coupon.not_used", "coupon.order"]
        coupons.use(grant=grant, by=employee)
        assert coupons.tie(grant=grant, order=hers, by=employee).order == hers
        assert coupons.tie(grant=grant, order=hers, by=employee).order == hers
        with pytest.raises(Refused) as no:
            coupons.tie(grant=grant, order=more, by=employee)
        assert no.value.code == "coupon.order"


def test_kinds_without_a_worth_are_refused_by_the_database() -> None:
    for fields in ({"value_fen": None}, {"kind": CouponKind.PERCENT, "value_fen": None}, {"value_fen": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_coupon(**fields)
