"""Random people with all kinds of rows, merged, worked with, taken apart: the totals never change, and where nothing
came later the people are again what they were."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.birthdays import Birthday
from customers.choices import CandidateState
from customers.models import Customer, Identity, MergeCandidate, Opening, Tag
from customers.services import contacting, people
from customers.services.merging import joining
from customers.services.ordering import refunding
from scrm.kit import clock
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.customers.services.merging.above import ABOVE, FULL, Shop
from tests.customers.services.merging.standing import relations, standing, totals
from tests.factories.campaigns import join, make_campaign, make_visitor
from tests.factories.contacts import (
    make_appointment,
    make_event,
    make_feedback,
    make_follow_up,
    make_owner_change,
    make_relation,
    make_task,
)
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
from tests.factories.loyalty import give
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

TEXT = st.sampled_from(["", "甲", "乙", "Lisa 🌙"])
BAG = st.dictionaries(st.sampled_from(["f_1", "f_2", "积分"]), st.sampled_from(["", "1", "油性"]), max_size=3)
FEW = st.integers(0, 2)
PERSON = st.fixed_dictionaries(
    {
        "name": TEXT, "city": TEXT, "note": TEXT, "gender": st.sampled_from(["", "male", "female"]),
        "birth": st.one_of(st.none(), st.tuples(st.sampled_from([None, 1990]), st.sampled_from([501, 815]), st.booleans())),
        "known_since": st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 1, 1))),
        "custom": BAG, "legacy": BAG, "owner": st.sampled_from([None, 0, 1]),
        "phones": FEW, "wechat": st.booleans(), "verified": st.booleans(),
        "tags": st.sets(st.sampled_from("红黄蓝"), max_size=3), "friends": st.sets(st.integers(0, 1)),
        "orders": st.lists(st.tuples(st.integers(0, 99_999), st.booleans()), max_size=3),
        "openings": st.dictionaries(
            st.sampled_from(["老", "新"]),
            st.tuples(
                st.one_of(st.none(), st.integers(0, 9_999)), st.one_of(st.none(), st.integers(0, 9)),
                st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 1, 1))), st.sampled_from(["", "金"]),
            ),
            max_size=2,
        ),
        "consents": FEW, "rows": FEW, "follow_ups": FEW, "appointments": FEW, "tasks": FEW, "feedback": FEW,
        "events": FEW, "owner_changes": FEW, **ABOVE,
    }
)  # fmt: skip
# What a later change touched: (model, id) of a row, or (model, id, column). Everything else has to be as it was.
Touched = set[tuple[Any, ...]]
HER = "customers.customer"


def _by_identity(make: Callable[..., Any], **fields: Any) -> Callable[..., Touched]:
    """A row that a sheet wrote by one of the identities; where it belongs is whoever has that identity."""

    def later(test: "TestAnyPeople") -> Touched:
        for known in Identity.objects.filter(customer=test.keep).order_by("pk"):
            test.sheeted.append(make(test.keep, identity=known, **fields))
        contacting.refresh_last_contact([test.keep.pk])
        return {(HER, pk, "last_contact_at") for pk in (test.keep.pk, test.fold.pk)}

    return later


def _by_hand(test: "TestAnyPeople") -> Touched:
    keep = test.keep
    test.by_hand += [
        make_order(keep, paid_fen=777), make_appointment(keep), make_follow_up(keep, "后来"), make_task(keep, test.staff[0]),
        make_feedback(keep), make_event(keep), consent(keep), make_owner_change(keep, test.staff[1]), make_visitor(keep),
        join(make_campaign(), keep), give(keep),
    ]  # fmt: skip
    contacting.refresh_last_contact([keep.pk])
    return {(HER, keep.pk, "last_contact_at")}


def _edited(test: "TestAnyPeople") -> Touched:
    people.change(test.keep, by=test.staff[2], name="改名", city="苏州", birthday=Birthday(1991, 6, 2))
    columns = ("name", "name_key", "city", "birth_year", "birth_md", "birth_lunar")
    return {(HER, test.keep.pk, column) for column in columns}


def _given_back(test: "TestAnyPeople") -> Touched:
    order = test.keep.orders.filter(paid_fen__gt=0).first()
    if order is None:
        return set()
    refunding.refund(order, amount_fen=1, by=test.staff[2])
    return {("customers.order", order.pk)}


def _tags(test: "TestAnyPeople") -> Touched:
    gone = list(test.keep.tag_links.values_list("pk", flat=True)[:1])
    test.keep.tag_links.filter(pk__in=gone).delete()
    test.by_hand.append(tag(test.keep, make_tag("后来")))
    return {("customers.customertag", pk) for pk in gone}


def _friends(test: "TestAnyPeople") -> Touched:
    test.by_hand.append(make_relation(test.keep, test.staff[2]))
    known = test.keep.relations.order_by("pk").first()
    assert known is not None
    known.remark = "改了备注"
    known.save(update_fields=["remark"])
    return {("customers.relation", known.pk), *(("customers.historicalrelation", h.pk) for h in known.history.all())}


def _told_apart(test: "TestAnyPeople") -> Touched:
    pairs = list(MergeCandidate.objects.filter(state=CandidateState.OPEN))
    for pair in pairs:
        joining.reject(pair, by=test.staff[2])
    return {("customers.mergecandidate", pair.pk) for pair in pairs}


def _opening(test: "TestAnyPeople") -> Touched:
    """An import that says something else of the last order; the sums stay."""
    found = list(Opening.objects.filter(customer=test.keep))
    for opening in found:
        Opening.objects.filter(pk=opening.pk).update(last_order_on=date(2026, 2, 2), level="钻")
    return {("customers.opening", opening.pk, column) for opening in found for column in ("last_order_on", "level")}


LATER: dict[str, Callable[["TestAnyPeople"], Touched]] = {
    "by hand": _by_hand, "edited": _edited, "given back": _given_back, "tags": _tags, "friends": _friends,
    "told apart": _told_apart, "opening": _opening, "orders of a sheet": _by_identity(make_order, paid_fen=555),
    "appointments of a sheet": _by_identity(make_appointment), "follow-ups of a sheet": _by_identity(make_follow_up),
    "visits": _by_identity(make_visitor),
}  # fmt: skip


class TestAnyPeople(TestCase):
    shop: Shop
    staff: list[Employee]
    keep: Customer
    fold: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        cls.shop = Shop()
        cls.staff = [make_employee("许静"), make_employee("何莹"), make_employee("老板", Role.OWNER)]

    def make(self, said: dict[str, Any], nth: int) -> Customer:
        year, md, lunar = said["birth"] or (None, None, False)
        person = make_customer(
            said["name"], city=said["city"], note=said["note"], gender=said["gender"], birth_year=year, birth_md=md,
            birth_lunar=lunar, known_since=said["known_since"], custom=said["custom"], legacy=said["legacy"],
            owner=None if said["owner"] is None else self.staff[said["owner"]],
        )  # fmt: skip
        known = []
        for n in range(said["phones"]):
            number = f"137{nth:04d}{n:04d}"
            known.append(identify(person, "phone", number, verified=said["verified"]))
            if not n:
                person.phone = number
                person.save(update_fields=["phone"])
        if said["wechat"]:
            identify(person, "wechat_id", f"wx_{nth}")
        by = known[0] if known else None
        for name in sorted(said["tags"]):
            tag(person, Tag.objects.filter(name=name).first() or make_tag(name))
        for amount, of_sheet in said["orders"]:
            make_order(person, paid_fen=amount, identity=by if of_sheet else None)
        for system, (spend, orders, last, level) in said["openings"].items():
            make_opening(person, system=system, spend_fen=spend, orders=orders, last_order_on=last, level=level)
        for _n in range(said["consents"]):
            consent(person)
        for n in range(said["rows"]):
            make_row(make_batch(), person, n + 2)
        for n in range(said["follow_ups"]):
            make_follow_up(person, at=clock.now() - timedelta(days=nth + n), identity=by)
        for n in range(said["appointments"]):
            make_appointment(person, starts_at=clock.now() + timedelta(days=n), identity=by)
        for n in range(said["tasks"]):
            make_task(person, self.staff[n])
        for n in range(said["feedback"]):
            make_feedback(person, n - 1)
        for _n in range(said["events"]):
            make_event(person)
        for n in range(said["owner_changes"]):
            make_owner_change(person, self.staff[n])
        for n in sorted(said["friends"]):
            make_relation(person, self.staff[n], remark=f"{nth}号")
        self.shop.give(person, said, nth, by)
        contacting.refresh_last_contact([person.pk])
        return Customer.objects.get(pk=person.pk)

    @settings(max_examples=30, deadline=None)
    @given(st.lists(PERSON, min_size=3, max_size=3), st.booleans(), st.lists(st.sampled_from(sorted(LATER)), unique=True))
    def test_totals_and_undo(self, said: list[dict[str, Any]], with_pairs: bool, later: list[str]) -> None:
        self.sheeted: list[Any] = []
        self.by_hand: list[Any] = []
        keep, fold, third = (self.make(one, n) for n, one in enumerate(said))
        if with_pairs:
            MergeCandidate.objects.create(first=keep, second=fold)
            MergeCandidate.objects.create(first=fold, second=third)
        hers = set(Identity.objects.filter(customer=fold).values_list("pk", flat=True))
        before, sums = standing(keep, fold, third), totals()
        merge = joining.carry_out(joining.plan(keep=keep, fold=fold), by=self.staff[2])
        assert totals() == sums
        assert set(Customer.objects.filter(pk__in=[keep.pk, fold.pk, third.pk])) == {keep, third}
        self.keep, self.fold = Customer.objects.get(pk=keep.pk), fold
        touched: Touched = set().union(*(LATER[name](self) for name in later))
        sums = totals()
        joining.undo(merge, by=self.staff[2])
        assert totals() == sums
        after = standing(keep, fold, third)
        changed = {key for key, value in before.items() if after.get(key, ...) != value}
        assert {key for key in changed if key not in touched and key[:2] not in touched} == set()
        new = {key[:2] for key in after.keys() - before.keys()}
        made = {(row._meta.label_lower, row.pk) for row in (*self.sheeted, *self.by_hand)}
        assert {row for row in new if not row[0].startswith("customers.historical")} == made
        for row in self.by_hand:
            row.refresh_from_db()
            assert row.customer_id == keep.pk
        for row in self.sheeted:
            row.refresh_from_db()
            assert row.customer_id == (fold.pk if row.identity_id in hers else keep.pk)

    def test_every_kind_of_row_is_among_them(self) -> None:
        """A relation that is added later has to be added here, or nothing would be known of it."""
        full = {
            "name": "甲", "city": "", "note": "", "gender": "", "birth": None, "known_since": None, "custom": {}, "legacy": {},
            "owner": 0, "phones": 2, "wechat": True, "verified": True, "tags": {"红"}, "friends": {0}, "orders": [(1, True)],
            "openings": {"老": (1, 1, None, "")}, "consents": 1, "rows": 1, "follow_ups": 1, "appointments": 1, "tasks": 1,
            "feedback": 1, "events": 1, "owner_changes": 1, **FULL,
        }  # fmt: skip
        one, other = self.make(full, 0), self.make(full, 1)
        MergeCandidate.objects.create(first=one, second=other)
        joining.carry_out(joining.plan(keep=one, fold=other), by=self.staff[2])
        without = {
            f"{model._meta.label_lower}.{field}"
            for model, field in relations()
            if not model._base_manager.filter(**{f"{field}__in": [one.pk, other.pk]}).exists()
        }
        assert without == {"customers.historicalcustomer.merged_into"}
