"""Coupons in plain words; what each role may do with them; who got which."""

from typing import Any

import pytest
from django.conf import settings as house
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from loyalty.admin.coupons import CouponAdmin, CouponForm
from loyalty.choices import CouponKind, GrantState
from loyalty.models import Coupon, CouponGrant
from loyalty.services import coupons
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.loyalty import give, make_coupon
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/loyalty/coupon/", "/admin/loyalty/coupon/add/"
GRANTS = "/admin/loyalty/coupongrant/"
PLAIN = {"name": "新客券", "kind": "amount", "value_fen": "30", "min_spend_fen": "200", "per_person": "1", "valid_days": "30", "is_active": "on"}


@pytest.fixture
def desk(client: Client, operator: Any) -> Client:
    client.force_login(operator)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client


class TestForm:
    def test_made_in_yuan(self, desk: Client) -> None:
        assert desk.post(ADD, PLAIN).status_code == 302
        made = Coupon.objects.get()
        assert (made.value_fen, made.min_spend_fen, made.percent_off, made.stock) == (3_000, 20_000, None, None)
        assert "¥30 off purchases of ¥200 or more, valid for 30 days" in desk.get(LIST).content.decode()

    def test_what_belongs_to_another_kind_goes(self, desk: Client) -> None:
        desk.post(ADD, PLAIN | {"kind": "percent", "percent_off": "20"})
        made = Coupon.objects.get()
        assert (made.kind, made.value_fen, made.percent_off) == (CouponKind.PERCENT, None, 20)

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"value_fen": ""}, "Write how much she pays less."),
            ({"value_fen": "0"}, "Write how much she pays less."),
            ({"value_fen": "abc"}, "Write an amount in yuan"),
            ({"value_fen": "-3"}, "An amount cannot be below zero."),
            ({"kind": "percent", "percent_off": ""}, "Write how many per cent she pays less."),
            ({"kind": "percent", "percent_off": "101"}, "100"),
            ({"per_person": "0"}, "1"),
        ],
    )  # fmt: skip
    def test_faults(self, desk: Client, said: dict[str, str], fault: str) -> None:
        response = desk.post(ADD, PLAIN | said)
        assert (response.status_code, Coupon.objects.count()) == (200, 0)
        assert fault in response.content.decode()

    def test_fewer_than_were_given_out_cannot_be(self, desk: Client) -> None:
        coupon = make_coupon(stock=5)
        for n in range(2):
            give(make_customer(f"客{n}"), coupon)
        address = reverse("admin:loyalty_coupon_change", args=[coupon.pk])
        response = desk.post(address, PLAIN | {"stock": "1"})
        assert "More than that have been given out already." in response.content.decode()
        assert desk.post(address, PLAIN | {"stock": "2"}).status_code == 302


    def test_what_was_given_out_meanwhile_is_not_forgotten(self, rf: Any, operator: Any) -> None:
        coupon = make_coupon("新客券", stock=5)
        form = CouponForm(PLAIN | {"stock": "9"}, instance=Coupon.objects.get())
        assert form.is_valid()
        give(make_customer("王小娟"), coupon)
        request = rf.post("/")
        request.user = operator
        CouponAdmin(Coupon, admin.site).save_model(request, form.instance, form, True)
        coupon.refresh_from_db()
        assert (coupon.stock, coupon.granted) == (9, 1)


class TestNumbers:
    def test_lead_to_their_rows(self, desk: Client, employee: Any) -> None:
        coupon = make_coupon(stock=10)
        people = [make_customer(f"客{n}") for n in range(3)]
        grants = [give(her, coupon) for her in people]
        give(people[0])
        coupons.use(grant=grants[0], by=employee)
        rows = {row.pk: row for row in desk.get(LIST).context["cl"].result_list}
        assert rows[coupon.pk].counted == (3, 1)
        for query, number in ((f"coupon__id__exact={coupon.pk}", 3), (f"coupon__id__exact={coupon.pk}&state__exact=used", 1)):
            assert query.replace("&", "&amp;") in desk.get(LIST).content.decode()
            assert len(desk.get(f"{GRANTS}?{query}").context["cl"].result_list) == number

    def test_of_the_people_one_sees(self, client: Client, employee: Any) -> None:
        coupon = make_coupon()
        give(make_customer("王小娟", owner=employee), coupon)
        give(make_customer("李小明"), coupon)
        client.force_login(employee)
        assert [row.counted for row in client.get(LIST).context["cl"].result_list] == [(1, 0)]
        assert len(client.get(GRANTS).context["cl"].result_list) == 1

    def test_queries_at_one_and_at_three(self, desk: Client, django_assert_num_queries: Any) -> None:
        def fill() -> None:
            coupon = make_coupon()
            give(make_customer("客", "1380000" + f"{CouponGrant.objects.count():04d}"), coupon)

        fill()
        desk.get(LIST)
        for _n in range(2):
            with django_assert_num_queries(6):
                desk.get(LIST)
            with django_assert_num_queries(5):
                desk.get(GRANTS)
            fill()
            fill()


class TestSearching:
    def test_by_code_and_by_the_end_of_a_number(self, desk: Client) -> None:
        grant = give(make_customer("王小娟", "13800000021"))
        give(make_customer("李小明", "13900000022"))
        for text in (grant.code, grant.short_code, "0021", "13800000021"):
            assert [row.pk for row in desk.get(GRANTS, {"q": text}).context["cl"].result_list] == [grant.pk], text
        assert list(desk.get(GRANTS, {"q": "王"}).context["cl"].result_list) == []

    def test_masked_numbers_are_not_spelled_out(self, desk: Client) -> None:
        give(make_customer("王小娟", "13800000021"))
        assert desk.get(f"{GRANTS}?customer__phone__startswith=138").status_code in (302, 400)
        assert "13800000021" not in desk.get(GRANTS).content.decode()


class TestWithdrawing:
    def test_a_get_asks_a_post_does(self, desk: Client) -> None:
        grant = give(make_customer("王小娟"))
        address = f"{GRANTS}{grant.pk}/withdraw/"
        assert "Withdraw this coupon?" in desk.get(address).content.decode()
        assert CouponGrant.objects.get().state == GrantState.GRANTED
        desk.post(address)
        assert CouponGrant.objects.get().state == GrantState.VOID

    def test_for_head_office_alone(self, client: Client, everyone: dict[Role, Any]) -> None:
        said = {}
        for role, person in everyone.items():
            grant = give(make_customer("王小娟", owner=everyone[Role.EMPLOYEE]))
            client.force_login(person)
            said[role] = (client.post(f"{GRANTS}{grant.pk}/withdraw/").status_code, CouponGrant.objects.get(pk=grant.pk).state)
        assert {role: state for role, (_status, state) in said.items()} == {
            Role.OWNER: "void", Role.OPERATOR: "void", Role.MANAGER: "granted", Role.EMPLOYEE: "granted", Role.AGENCY: "granted",
        }  # fmt: skip
        assert all(status in (403, 404) for role, (status, _state) in said.items() if role not in (Role.OWNER, Role.OPERATOR))


def test_doors(client: Client, everyone: dict[Role, Any]) -> None:
    coupon = make_coupon()
    own = give(make_customer("王小娟", owner=everyone[Role.EMPLOYEE]), coupon)
    foreign = give(make_customer("李小明"), coupon)
    doors = {
        "list": LIST,
        "add": ADD,
        "change": f"{LIST}{coupon.pk}/change/",
        "history": f"{LIST}{coupon.pk}/history/",
        "grants": GRANTS,
        "own": f"{GRANTS}{own.pk}/change/",
        "foreign": f"{GRANTS}{foreign.pk}/change/",
        "give": f"{GRANTS}add/",
    }
    said = {}
    for role, person in everyone.items():
        client.force_login(person)
        said[role] = [client.get(address).status_code for address in doors.values()]
    head = [200, 200, 200, 200, 200, 200, 200, 403]
    shop = [200, 403, 200, 200, 200, 200, 404, 403]
    assert said == {
        Role.OWNER: head, Role.OPERATOR: head, Role.MANAGER: shop, Role.EMPLOYEE: shop, Role.AGENCY: [403] * 8,
    }  # fmt: skip


class TestOnHerPage:
    def test_a_gift_called_as_its_product_is_named_once(self, desk: Client) -> None:
        juan = make_customer("王小娟")
        give(juan, make_coupon("夏日补水礼", kind=CouponKind.GIFT, value_fen=None, product=make_product("夏日补水礼")))
        text = desk.get(reverse("admin:customers_customer_change", args=[juan.pk])).content.decode()
        card = text[text.index('id="coupons"') :]
        assert card[: card.index("</section>")].count("夏日补水礼") == 1

    def test_what_she_holds_and_what_became_of_it(self, desk: Client, employee: Any) -> None:
        juan = make_customer("王小娟", "13800000021")
        used, open_one = give(juan, make_coupon("新客券")), give(juan, make_coupon("生日券"))
        coupons.use(grant=used, by=employee)
        text = desk.get(reverse("admin:customers_customer_change", args=[juan.pk])).content.decode()
        for part in ("新客券", "生日券", "can be used", f"?q={open_one.code}", "Used a coupon: 新客券", "Got a coupon: 生日券"):
            assert part in text, part

    def test_without_one(self, desk: Client) -> None:
        juan = make_customer("王小娟")
        assert "She has no coupons." in desk.get(reverse("admin:customers_customer_change", args=[juan.pk])).content.decode()

    def test_the_number_of_queries_stays(self, desk: Client) -> None:
        def asked(her: Customer) -> int:
            with CaptureQueriesContext(connection) as found:
                desk.get(reverse("admin:customers_customer_change", args=[her.pk]))
            return len(found)

        one, three = make_customer("甲"), make_customer("乙")
        give(one)
        for _n in range(3):
            give(three)
        asked(one)
        assert asked(one) == asked(three)
