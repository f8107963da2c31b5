"""Random people with all kinds of rows, merged, worked with, taken apart: the totals never change, and where nothing
came later the people are again what they were."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.models import Customer, MergeCandidate, Order, Tag
from customers.services.merging import joining
from tests.customers.services.merging.test_merging import standing, totals
from tests.factories.customers import (
    consent,
    identify,
    make_batch,
    make_customer,
    make_opening,
    make_row,
    make_tag,
    tag,
)
from tests.factories.orders import make_order

TEXT = st.sampled_from(["", "甲", "乙", "Lisa 🌙"])
BAG = st.dictionaries(st.sampled_from(["f_1", "f_2", "积分"]), st.sampled_from(["", "1", "油性"]), max_size=3)
PERSON = st.fixed_dictionaries(
    {
        "name": TEXT, "city": TEXT, "note": TEXT, "gender": st.sampled_from(["", "male", "female"]),
        "birth": st.one_of(st.none(), st.tuples(st.sampled_from([None, 1990]), st.sampled_from([501, 815]), st.booleans())),
        "known_since": st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 1, 1))),
        "custom": BAG, "legacy": BAG, "phones": st.integers(0, 2), "wechat": st.booleans(), "verified": st.booleans(),
        "tags": st.sets(st.sampled_from("红黄蓝"), max_size=3), "orders": st.lists(st.integers(0, 99_999), max_size=4),
        "openings": st.dictionaries(
            st.sampled_from(["老", "新"]),
            st.tuples(st.one_of(st.none(), st.integers(0, 9_999)), st.one_of(st.none(), st.integers(0, 9)), st.sampled_from(["", "金"])),
            max_size=2,
        ),
        "consents": st.integers(0, 2), "rows": st.integers(0, 2),
    }
)  # fmt: skip


class TestAnyPeople(TestCase):
    def make(self, said: dict[str, Any], nth: int) -> Customer:
        year, md, lunar = said["birth"] or (None, None, False)
        person = make_customer(
            said["name"], city=said["city"], note=said["note"], gender=said["gender"], birth_year=year, birth_md=md,
            birth_lunar=lunar, known_since=said["known_since"], custom=said["custom"], legacy=said["legacy"],
        )  # fmt: skip
        for n in range(said["phones"]):
            number = f"137{nth:04d}{n:04d}"
            identify(person, "phone", number, verified=said["verified"])
            if not n:
                person.phone = number
                person.save(update_fields=["phone"])
        if said["wechat"]:
            identify(person, "wechat_id", f"wx_{nth}")
        for name in sorted(said["tags"]):
            tag(person, Tag.objects.filter(name=name).first() or make_tag(name))
        for amount in said["orders"]:
            make_order(person, paid_fen=amount)
        for system, (spend, orders, level) in said["openings"].items():
            make_opening(person, system=system, spend_fen=spend, orders=orders, level=level)
        for _n in range(said["consents"]):
            consent(person)
        for n in range(said["rows"]):
            make_row(make_batch(), person, n + 2)
        return person

    @settings(max_examples=60, deadline=None)
    @given(st.lists(PERSON, min_size=3, max_size=3), st.booleans(), st.booleans())
    def test_totals_and_undo(self, said: list[dict[str, Any]], with_pairs: bool, later: bool) -> None:
        keep, fold, third = (self.make(one, n) for n, one in enumerate(said))
        if with_pairs:
            MergeCandidate.objects.create(first=keep, second=fold)
            MergeCandidate.objects.create(first=fold, second=third)
        before, sums = standing(keep, fold, third), totals()
        merge = joining.carry_out(joining.plan(keep=keep, fold=fold), by=None)
        assert totals() == sums
        assert Customer.objects.count() == 2
        if later:
            added = make_order(Customer.objects.get(pk=keep.pk), paid_fen=777)
            joining.undo(merge, by=None)
            assert totals()["paid"] == sums["paid"] + 777
            assert Order.objects.get(pk=added.pk).customer_id == keep.pk
            added.delete()
        else:
            joining.undo(merge, by=None)
        assert totals() == sums
        assert standing(keep, fold, third) == before
