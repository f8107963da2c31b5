"""Found at the counter: by code, by 8 digits, by the end of a phone."""

from datetime import date

import pytest
from django.utils import translation

from loyalty.choices import CouponKind
from loyalty.queries import coupons, words
from loyalty.services import coupons as doing
from tests.factories.customers import make_customer
from tests.factories.loyalty import give, make_coupon
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db


def test_by_either_code_in_whatever_state(employee: object) -> None:
    grant = give(make_customer("王小娟", "13800000021"))
    give(make_customer("李小明", "13900000022"))
    doing.use(grant=grant, by=employee)
    short = grant.short_code
    for text in (grant.code, short, f" {short[:4]} {short[4:]} ", f"{short[:4]}-{short[4:]}", f"\u3000{grant.code}\n"):
        assert [row.pk for row in coupons.find(text)] == [grant.pk]
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in short)
    assert [row.pk for row in coupons.find(full_width)] == [grant.pk]


def test_the_end_of_a_number_finds_what_can_be_used_now(owner: object, employee: object) -> None:
    coupon = make_coupon(per_person=9)
    juan, other = make_customer("王小娟", "13800000021"), make_customer("张三", "13911110021")
    open_one, used, void, lapsed = (give(juan, coupon) for _n in range(4))
    his = give(other, coupon)
    doing.use(grant=used, by=employee)
    doing.void(grant=void, by=owner)
    type(lapsed).objects.filter(pk=lapsed.pk).update(expires_at=lapsed.granted_at)
    assert {row.pk for row in coupons.find("0021")} == {open_one.pk, his.pk}
    assert [row.pk for row in coupons.find("000021")] == [open_one.pk]
    assert [row.pk for row in coupons.find("138 0000 0021")] == [open_one.pk]
    assert [row.pk for row in coupons.find("+86 13911110021")] == [his.pk]


@pytest.mark.parametrize("text", ["", "021", "王小娟", "😀" * 50, "1" * 4_000, "\x00", "'; DROP TABLE", "lIl0lIl0lIl0", "99999999"])
def test_what_finds_nothing(text: str) -> None:
    give(make_customer("王小娟", "13800000021"))
    assert coupons.find(text) == []


def test_at_most_twenty() -> None:
    coupon = make_coupon(per_person=99)
    juan = make_customer("王小娟", "13800000021")
    for _n in range(22):
        give(juan, coupon)
    assert len(coupons.find("0021")) == 20


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"value_fen": 3_000, "min_spend_fen": 20_000}, "¥30 off purchases of ¥200 or more, valid for 30 days"),
        ({"value_fen": 2_990, "valid_days": None}, "¥29.90 off"),
        ({"kind": CouponKind.PERCENT, "percent_off": 20, "valid_days": 1}, "20% off (pay 8/10), valid for 1 day"),
        (
            {"kind": CouponKind.PERCENT, "percent_off": 15, "min_spend_fen": 10_000, "valid_days": None, "ends_on": date(2026, 5, 1)},
            "15% off (pay 8.5/10) on purchases of ¥100 or more, until 2026-05-01 at the latest",
        ),
    ],
)  # fmt: skip
def test_what_it_is_worth(fields: dict[str, object], told: str) -> None:
    with translation.override("en"):
        assert words.told(make_coupon(**fields)) == told


def test_a_gift_called_what_it_is_is_said_once() -> None:
    product = make_product("夏日补水礼")
    twice, other = (make_coupon(name, kind=CouponKind.GIFT, value_fen=None, product=product) for name in ("夏日补水礼", "到店礼"))
    with translation.override("en"):
        assert [words.beside_name(one) for one in (twice, other)] == ["", "夏日补水礼"]
        assert [words.told_beside_name(one) for one in (twice, other)] == ["valid for 30 days", "夏日补水礼, valid for 30 days"]


def test_worth_of_a_gift_and_for_a_product() -> None:
    care = make_product("补水护理")
    with translation.override("en"):
        assert words.worth(make_coupon(kind=CouponKind.GIFT, value_fen=None, product=care)) == "补水护理"
        assert words.worth(make_coupon("到店礼", kind=CouponKind.GIFT, value_fen=None)) == "到店礼"
        assert words.worth(make_coupon(product=care)) == "¥30 off (for 补水护理)"
