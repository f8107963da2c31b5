"""核销台: found, shown as far as the clerk may read, taken once, tied to the purchase."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse

from customers.choices import AppointmentState
from customers.models import Appointment, Customer
from loyalty.choices import GrantState
from loyalty.models import CouponGrant
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.contacts import make_appointment
from tests.factories.customers import make_customer
from tests.factories.loyalty import give, make_coupon
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
COUNTER = "/admin/counter/"


@pytest.fixture
def desk(client: Client, employee: Any) -> Client:
    client.force_login(employee)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def mine(employee: Any) -> Customer:
    return make_customer("王小娟", "13800000021", owner=employee, store=employee.department)


@pytest.fixture
def foreign(shop: Any) -> Customer:
    return make_customer("李小明", "13900000022", store=shop.xihu)


def text_of(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def one(grant: CouponGrant) -> str:
    return reverse("admin:loyalty_counter_one", args=[grant.code])


class TestFinding:
    @pytest.mark.parametrize("what", ["code", "short_code"])
    def test_a_code_opens_it_at_once(self, desk: Client, mine: Customer, what: str) -> None:
        grant = give(mine)
        response = desk.get(COUNTER, {"q": getattr(grant, what)})
        assert (response.status_code, response.headers["Location"]) == (302, one(grant))

    def test_the_end_of_a_number_lists_people_masked_as_far_as_need_be(self, desk: Client, mine: Customer) -> None:
        other = make_customer("张三丰", "13911110021")
        for her in (mine, other):
            give(her)
        text = text_of(desk, f"{COUNTER}?q=0021")
        assert "138****0021" in text and "139****0021" in text and "王小娟" in text and "张*丰" in text
        assert "张三丰" not in text and "13800000021" not in text

    def test_nothing(self, desk: Client) -> None:
        assert "Nothing is found for “9999”." in text_of(desk, f"{COUNTER}?q=9999")
        assert "&lt;b&gt;" in text_of(desk, f"{COUNTER}?q=<b>")

    def test_queries_at_one_and_at_three(self, desk: Client, django_assert_num_queries: Any) -> None:
        coupon = make_coupon(per_person=9)
        give(make_customer("甲", "13800000021"), coupon)
        give(make_customer("乙", "13811110021"), coupon)
        desk.get(f"{COUNTER}?q=0021")
        with django_assert_num_queries(4):
            desk.get(f"{COUNTER}?q=0021")
        for n in range(2):
            give(make_customer("丙", f"1382222{n}021"), coupon)
            give(make_customer("丁", f"138333{n}0021"), coupon)
        with django_assert_num_queries(4):
            desk.get(f"{COUNTER}?q=0021")


class TestShown:
    def test_own_people_by_name_with_a_way_to_them(self, desk: Client, mine: Customer) -> None:
        text = text_of(desk, one(give(mine)))
        assert f'href="/admin/customers/customer/{mine.pk}/change/"' in text
        assert "王小娟" in text and "138****0021" in text and "¥30 off" in text and "Take this coupon" in text

    def test_of_a_stranger_a_mask_and_no_way(self, desk: Client, foreign: Customer) -> None:
        text = text_of(desk, one(give(foreign)))
        assert "李*明" in text and "139****0022" in text and "Take this coupon" in text
        for hidden in ("李小明", "13900000022", f"/customer/{foreign.pk}/"):
            assert hidden not in text

    @pytest.mark.parametrize("code", ["abcdefghijkm", "x", "1", "../..", "😀", "000000000000"])
    def test_a_code_nobody_has(self, desk: Client, code: str) -> None:
        assert desk.get(f"{COUNTER}{code}/").status_code == 404
        assert desk.post(f"{COUNTER}{code}/use/").status_code == 404


class TestTaking:
    def test_once(self, desk: Client, mine: Customer, employee: Any, shop: Any) -> None:
        grant = give(mine)
        response = desk.post(f"{one(grant)}use/", follow=True)
        assert "Taken: ¥30 off." in response.content.decode()
        grant.refresh_from_db()
        assert (grant.state, grant.used_by, grant.store) == (GrantState.USED, employee, shop.binjiang)
        again = desk.post(f"{one(grant)}use/", follow=True).content.decode()
        assert "This coupon was used already" in again and "小许" in again
        assert "Take this coupon" not in again

    def test_by_a_look_nothing_is_taken(self, desk: Client, mine: Customer) -> None:
        grant = give(mine)
        assert desk.get(f"{one(grant)}use/").status_code == 405
        desk.get(one(grant))
        assert CouponGrant.objects.get().state == GrantState.GRANTED

    def test_a_lapsed_one(self, desk: Client, mine: Customer) -> None:
        grant = give(mine)
        CouponGrant.objects.update(expires_at=clock.now() - timedelta(seconds=1))
        assert "its last day has passed" in text_of(desk, one(grant))
        assert "This coupon was valid until" in desk.post(f"{one(grant)}use/", follow=True).content.decode()

    def test_of_a_stranger_too_but_her_order_is_her_consultants(self, desk: Client, foreign: Customer) -> None:
        Customer.objects.filter(pk=foreign.pk).update(owner=make_employee("小林"))
        grant = give(foreign)
        text = desk.post(f"{one(grant)}use/", follow=True).content.decode()
        assert CouponGrant.objects.get().state == GrantState.USED
        assert "小林 looks after her and can enter her order." in text
        assert "/enter/" not in text


class TestAppointment:
    def test_said_in_the_same_step(self, desk: Client, mine: Customer, employee: Any) -> None:
        visit = make_appointment(mine, starts_at=clock.now(), employee=employee, store=employee.department)
        grant = give(mine)
        assert f'name="visit" value="{visit.pk}" checked' in text_of(desk, one(grant))
        text = desk.post(f"{one(grant)}use/", {"visit": visit.pk}, follow=True).content.decode()
        assert "she came to her appointment" in text
        assert Appointment.objects.get().state == AppointmentState.ARRIVED

    def test_not_ticked_not_said(self, desk: Client, mine: Customer, employee: Any) -> None:
        make_appointment(mine, starts_at=clock.now(), employee=employee)
        desk.post(f"{one(give(mine))}use/")
        assert Appointment.objects.get().state == AppointmentState.BOOKED

    def test_only_hers_of_today(self, desk: Client, mine: Customer, foreign: Customer, employee: Any, shop: Any) -> None:
        tomorrow = make_appointment(mine, starts_at=clock.now() + timedelta(days=1), employee=employee)
        his = make_appointment(foreign, starts_at=clock.now(), employee=employee)
        there = make_appointment(mine, starts_at=clock.now() + timedelta(minutes=1), store=shop.xihu, employee=None)
        grant = give(mine)
        for other in (tomorrow, his):
            desk.post(f"{one(grant)}use/", {"visit": other.pk})
        assert CouponGrant.objects.get().state == GrantState.USED
        assert {row.state for row in Appointment.objects.exclude(pk=there.pk)} == {AppointmentState.BOOKED}


class TestOrder:
    def test_entered_next_and_tied_then(self, desk: Client, mine: Customer) -> None:
        grant = give(mine)
        text = desk.post(f"{one(grant)}use/", follow=True).content.decode()
        assert f'href="/admin/customers/order/enter/{mine.pk}/"' in text
        order = make_order(mine, number="H123", ordered_at=clock.now())
        old = make_order(mine, number="H1")
        text = text_of(desk, one(grant))
        assert "Order H123 of" in text and "Order H1 of" not in text
        assert desk.post(f"{one(grant)}order/", {"order": old.pk}).status_code == 404
        desk.post(f"{one(grant)}order/", {"order": order.pk})
        grant.refresh_from_db()
        assert grant.order == order
        assert desk.post(f"{one(grant)}order/", {"order": order.pk}).status_code == 404

    def test_not_to_an_order_out_of_sight(self, desk: Client, foreign: Customer) -> None:
        grant = give(foreign)
        desk.post(f"{one(grant)}use/")
        order = make_order(foreign, ordered_at=clock.now())
        assert desk.post(f"{one(grant)}order/", {"order": order.pk}).status_code == 404

    def test_what_i_took_today_stands_below(self, desk: Client, mine: Customer) -> None:
        grant = give(mine, make_coupon("新客券"))
        desk.post(f"{one(grant)}use/")
        text = text_of(desk, COUNTER)
        assert one(grant) in text and "no order yet" in text


DOORS = [("get", ""), ("get", "{code}/"), ("post", "{code}/use/"), ("post", "{code}/order/")]


@pytest.mark.parametrize(("method", "door"), DOORS)
def test_who_gets_in(client: Client, everyone: dict[Role, Any], mine: Customer, method: str, door: str) -> None:
    order = make_order(mine, ordered_at=clock.now())
    said = {}
    for role, person in everyone.items():
        grant = give(mine, make_coupon())
        if "order" in door:
            CouponGrant.objects.filter(pk=grant.pk).update(state="used", used_at=clock.now(), order=None)
            CouponGrant.objects.exclude(pk=grant.pk).update(order=None)
        client.force_login(person)
        response = getattr(client, method)(COUNTER + door.format(code=grant.code), {"order": order.pk})
        said[role] = response.status_code
    done = 200 if method == "get" else 302
    assert said == {Role.OWNER: done, Role.OPERATOR: done, Role.MANAGER: done, Role.EMPLOYEE: done, Role.AGENCY: 403}


def test_nobody_gets_in_without_logging_in(client: Client, mine: Customer) -> None:
    grant = give(mine)
    for method, door in DOORS:
        response = getattr(client, method)(COUNTER + door.format(code=grant.code))
        assert response.headers["Location"].startswith("/admin/login/")
    assert CouponGrant.objects.get().state == GrantState.GRANTED
