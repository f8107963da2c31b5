"""The cities of the base, and the filter by them."""

import pytest

from customers.queries import cities
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


def test_each_city_once_and_none_with_a_number_in_it(django_assert_num_queries):
    for city in ("杭州", "杭州", "", "上海", "Ningbo", "打 13911112222"):
        make_customer(city=city)
    with django_assert_num_queries(1):
        assert sorted(cities.known()) == ["Ningbo", "上海", "杭州"]


def test_nobody_lives_anywhere():
    make_customer()
    assert cities.known() == []


def test_the_list_by_city(client, owner):
    client.force_login(owner)
    one, _other = make_customer("王小娟", city="杭州"), make_customer("李小明", city="上海")
    page = client.get("/admin/customers/customer/", {"city": "杭州"})
    assert list(page.context["cl"].result_list) == [one]
    assert list(client.get("/admin/customers/customer/", {"city": "火星"}).context["cl"].result_list) == []
    assert len(client.get("/admin/customers/customer/", {"city": ""}).context["cl"].result_list) == 2
