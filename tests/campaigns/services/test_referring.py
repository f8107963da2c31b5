"""Who brought whom: chains, and what makes none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.models import Campaign, Referral
from campaigns.services import referring
from customers.models import Customer
from scrm.kit import clock
from tests.factories.campaigns import make_campaign
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


def refer(campaign: Campaign, inviter: Customer, invitee: Customer) -> str:
    return referring.refer(campaign=campaign, inviter=inviter, invitee=invitee).reason


def chain() -> list[tuple[str, str, str | None, str, int]]:
    rows = Referral.objects.select_related("inviter", "invitee", "root", "parent__invitee").order_by("pk")
    return [
        (row.inviter.name, row.invitee.name, row.parent.invitee.name if row.parent else None, row.root.name, row.depth)
        for row in rows
    ]


@pytest.fixture
def people() -> list[Customer]:
    return [make_customer(name) for name in "甲乙丙丁"]


def test_a_chain(people: list[Customer]) -> None:
    campaign, (a, b, c, _d) = make_campaign(), people
    assert [refer(campaign, a, b), refer(campaign, b, c)] == ["", ""]
    assert chain() == [("甲", "乙", None, "甲", 1), ("乙", "丙", "乙", "甲", 2)]


def test_what_makes_none(people: list[Customer]) -> None:
    campaign, (a, b, c, d) = make_campaign(), people
    refer(campaign, a, b)
    refer(campaign, b, c)
    assert [refer(campaign, a, a), refer(campaign, c, a), refer(campaign, d, b), refer(campaign, c, b)] == [
        "self", "loop", "twice", "twice",
    ]  # fmt: skip
    # In another campaign it begins anew.
    assert refer(make_campaign(), c, a) == ""


def test_the_head_of_a_chain_is_brought_herself(people: list[Customer]) -> None:
    campaign, (a, b, c, d) = make_campaign(), people
    refer(campaign, c, d)
    refer(campaign, a, b)
    refer(campaign, b, c)
    assert chain() == [
        ("丙", "丁", "丙", "甲", 3), ("甲", "乙", None, "甲", 1), ("乙", "丙", "乙", "甲", 2),
    ]  # fmt: skip
    assert refer(campaign, d, a) == "loop"


def test_whoever_was_folded_or_is_gone(people: list[Customer]) -> None:
    campaign, (a, b, c, d) = make_campaign(), people
    Customer.everyone.filter(pk=a.pk).update(merged_into=b)
    a.refresh_from_db()
    assert refer(campaign, a, c) == ""
    assert chain() == [("乙", "丙", None, "乙", 1)]
    assert refer(campaign, a, b) == "self"
    Customer.everyone.filter(pk=d.pk).update(archived_at=clock.now())
    d.refresh_from_db()
    assert refer(campaign, d, a) == "gone"


class TestAnyOrder(TestCase):
    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=25))
    def test_never_a_ring_and_roots_are_true(self, pairs: list[tuple[int, int]]) -> None:
        campaign = make_campaign(f"任意{Campaign.objects.count()}")
        people = [make_customer(f"客{n}") for n in range(6)]
        above: dict[int, int] = {}
        for one, other in pairs:
            made = referring.refer(campaign=campaign, inviter=people[one], invitee=people[other]).referral is not None
            up, seen = one, {other}
            while up in above and up not in seen:
                seen.add(up)
                up = above[up]
            assert made == (one != other and other not in above and up != other)
            if made:
                above[other] = one
        for row in Referral.objects.filter(campaign=campaign):
            at, depth = people.index(row.invitee), 0
            while at in above:
                at, depth = above[at], depth + 1
            assert (row.root, row.depth) == (people[at], depth)
            assert row.parent == Referral.objects.filter(campaign=campaign, invitee=row.inviter).first()
