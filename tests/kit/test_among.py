"""A column among many ids, as `__in` finds it."""

import pytest
from django.db.models import Q

from customers.models import Customer, CustomerTag, Identity
from scrm.kit.among import Among
from tests.factories.customers import make_customer, make_tag, tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    return [make_customer(f"客{n}", f"1380000000{n}") for n in range(3)]


def test_it_finds_what_in_finds(three):
    pks = [three[2].pk, three[0].pk, three[0].pk, 10**12]
    assert list(Customer.objects.filter(Among("pk", pks)).order_by("pk")) == [three[0], three[2]]
    hers = Identity.objects.filter(Among("customer", pks)).order_by("pk")
    assert [own.customer_id for own in hers] == [three[0].pk, three[2].pk]


def test_nobody_is_among_nobody(three):
    assert list(Customer.objects.filter(Among("pk", []))) == []
    assert Customer.objects.filter(~Q(Among("pk", []))).count() == 3


def test_in_an_or_and_behind_another_table(three):
    tag(three[1], make_tag("VIP"))
    found = Customer.objects.filter(Q(Among("tag_links__customer", [pk.pk for pk in three])) | Q(name="客0")).order_by("pk")
    assert (list(found), CustomerTag.objects.count()) == ([three[0], three[1]], 1)


@pytest.mark.parametrize("many", [40_000])
def test_more_than_a_statement_takes_one_by_one(three, many, django_assert_num_queries):
    """SQLite gives a statement 32,766 or 250,000 parameters, PostgreSQL's protocol 65,535."""
    with django_assert_num_queries(1):
        found = Customer.objects.filter(*[Among("pk", range(1, three[-1].pk + many)) for _ in range(8)])
        assert len(found) == 3
