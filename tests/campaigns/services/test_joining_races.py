"""The same form sent twice at once; two strangers with one number."""

from uuid import uuid4

import pytest

from campaigns.models import Link, Participation
from campaigns.services import joining, referring
from customers.models import Customer
from loyalty.models import Coupon, CouponGrant
from tests.factories.campaigns import make_campaign, make_link, make_page
from tests.factories.customers import make_customer
from tests.factories.loyalty import make_coupon
from tests.staff.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_sent_four_times_at_once_is_one_lead_and_one_coupon() -> None:
    campaign = make_campaign()
    make_page(campaign, coupon=make_coupon())
    link = Link.objects.get(pk=make_link(campaign).pk)
    key = uuid4()
    said = together(*[lambda: joining.join(link=link, visitor_key=key, name="王小娟", phone="13800000021")] * 4)
    assert said == ["done"] * 4
    assert (Customer.objects.count(), Participation.objects.count(), CouponGrant.objects.count()) == (1, 1, 1)
    assert Coupon.objects.get().granted == 1


def test_two_who_bring_each_other_at_once_make_no_ring() -> None:
    campaign = make_campaign()
    one, two = make_customer("甲"), make_customer("乙")
    made: list[referring.Referred] = []
    together(
        lambda: made.append(referring.refer(campaign=campaign, inviter=one, invitee=two)),
        lambda: made.append(referring.refer(campaign=campaign, inviter=two, invitee=one)),
    )
    assert sorted(said.reason for said in made) == ["", "loop"]
