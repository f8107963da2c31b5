"""Leads who came: by an appointment kept after joining, within the window, or by a coupon of the campaign."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from campaigns.choices import CampaignKind
from campaigns.models import ArrivalWork, BoardDay, Campaign, Participation
from campaigns.services import arriving, boarding
from customers.choices import AppointmentState
from customers.models import Customer
from customers.services import visits
from customers.services.merging import joining
from loyalty.choices import GrantState
from loyalty.models import Coupon, CouponGrant
from scrm.kit import clock
from scrm.staff.models import Employee
from tests.factories.campaigns import join, make_campaign, make_link
from tests.factories.contacts import make_appointment
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
ARRIVED = AppointmentState.ARRIVED


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel("2026-11-21T04:00:00Z", tick=False):
        yield


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(scan_days=30, referral_days=90)


@pytest.fixture
def her() -> Customer:
    return make_customer("王丽娟")


def before(days: int, hours: int = 0) -> datetime:
    return clock.now() - timedelta(days=days, hours=hours)


def came(lead: Participation) -> date | None:
    arriving.look_again([lead.customer_id])
    arriving.settle()
    lead.refresh_from_db()
    return lead.arrived_on


def test_an_appointment_kept_after_joining(campaign: Campaign, her: Customer) -> None:
    lead = join(campaign, her, at=before(10))
    make_appointment(her, starts_at=before(11), state=ARRIVED)  # she was here before
    make_appointment(her, starts_at=before(8), state=AppointmentState.NO_SHOW)
    assert came(lead) is None
    make_appointment(her, starts_at=before(5), state=ARRIVED)
    make_appointment(her, starts_at=before(3), state=ARRIVED)
    assert came(lead) == clock.days_ago(5)


@pytest.mark.parametrize(("kind", "window"), [(CampaignKind.LINK, 30), (CampaignKind.REFERRAL, 90)])
def test_the_exact_edge_of_the_window(campaign: Campaign, her: Customer, kind: str, window: int) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(kind=kind)
    lead = join(campaign, her, at=before(100))
    late = make_appointment(her, starts_at=lead.at + timedelta(days=window, seconds=1), state=ARRIVED)
    assert came(lead) is None
    late.starts_at = lead.at + timedelta(days=window)
    late.save(update_fields=["starts_at"])
    assert came(lead) == timezone.localdate(late.starts_at)


def grant(her: Customer, origin: str, **fields: Any) -> CouponGrant:
    coupon, _made = Coupon.objects.get_or_create(name="体验券", defaults={"value_fen": 100})
    numbers = CouponGrant.objects.count()
    return CouponGrant.objects.create(coupon=coupon, customer=her, origin=origin, code=f"c{numbers}", short_code=f"{numbers}", **fields)


def test_a_coupon_of_the_campaign_taken_at_the_counter(campaign: Campaign, her: Customer) -> None:
    link, elsewhere = make_link(campaign), make_link()
    lead = join(campaign, her, link=link, at=before(60))
    grant(her, f"campaigns.link:{link.pk}")
    grant(her, f"campaigns.link:{elsewhere.pk}", state=GrantState.USED, used_at=before(50))
    grant(her, "", state=GrantState.USED, used_at=before(50))
    assert came(lead) is None
    # Whenever: it is of this campaign.
    grant(her, f"campaigns.link:{link.pk}", state=GrantState.USED, used_at=before(2))
    assert came(lead) == clock.days_ago(2)


def test_who_says_that_she_came_is_heard(campaign: Campaign, her: Customer, owner: Employee) -> None:
    lead = join(campaign, her, at=before(1))
    visit = visits.arrive(make_appointment(her, starts_at=before(0, hours=1)), by=owner)
    stranger = make_appointment(make_customer("路人"), starts_at=before(0, hours=1))
    visits.arrive(stranger, by=owner)
    assert list(ArrivalWork.objects.values_list("customer", flat=True)) == [her.pk]
    arriving.settle()
    boarding.refresh()
    assert BoardDay.objects.get(campaign=campaign, day=clock.today()).arrivals == 1
    # It was somebody else.
    visits.miss(visit, by=owner)
    arriving.settle()
    boarding.refresh()
    lead.refresh_from_db()
    assert lead.arrived_on is None
    assert not BoardDay.objects.filter(campaign=campaign, arrivals__gt=0).exists()


def test_visits_move_along_when_two_records_become_one(campaign: Campaign, her: Customer, owner: Employee) -> None:
    other = make_customer("王丽娟")
    lead = join(campaign, her, at=before(3))
    make_appointment(other, starts_at=before(1), state=ARRIVED)
    assert came(lead) is None
    merge = joining.carry_out(joining.plan(keep=her, fold=other), by=owner)
    arriving.settle()
    lead.refresh_from_db()
    assert lead.arrived_on == clock.days_ago(1)
    joining.undo(merge, by=owner)
    arriving.settle()
    lead.refresh_from_db()
    assert lead.arrived_on is None


def test_a_slice_asks_as_often_for_three_as_for_one(campaign: Campaign, django_assert_num_queries: Any) -> None:
    for many in (1, 3):
        people = [make_customer() for _n in range(many)]
        for person in people:
            join(campaign, person, at=before(3))
            make_appointment(person, starts_at=before(1), state=ARRIVED)
        arriving.look_again([person.pk for person in people])
        # The savepoint's two among them.
        with django_assert_num_queries(9):
            assert arriving.step()
    assert not arriving.step()
