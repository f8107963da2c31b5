"""Two records side by side: the facts, the sums, the sentences, masked and constant in queries."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from customers.birthdays import Birthday
from customers.models import Customer
from customers.queries import comparing
from customers.queries.comparing import Row, Total
from customers.services.merging import joining
from customers.services.merging.movers import movers
from tests.factories.customers import make_customer, make_opening, make_tag, tag
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def pair(shop, employee):
    """She has three orders, one of them cancelled, and opening figures; the other one has a refunded one."""
    keep = make_customer(
        "陈佳怡", "13800000022", owner=employee, store=shop.binjiang, birthday=Birthday(1992, 6, 18),
        known_since=date(2024, 5, 1), last_contact_at=NOON,
    )  # fmt: skip
    fold = make_customer("陈佳怡", "13800000023", birthday=Birthday(1992, 6, 18), created_at=NOON)
    for fields in ({"paid_fen": 29_800}, {"paid_fen": 1_000}, {"paid_fen": 500, "state": "cancelled"}):
        make_order(keep, ordered_at=NOON, **fields)
    make_opening(keep, spend_fen=345_670, orders=12, last_order_on=date(2026, 3, 20))
    make_order(fold, paid_fen=9_900, refunded_fen=900, ordered_at=NOON)
    return keep, fold


class TestFacts:
    def test_what_one_decides_by(self, pair):
        rows = comparing.facts(*pair, *comparing.bought(*pair))
        assert {row.key: (row.keep, row.fold) for row in rows} == {
            "phone": ("138****0022", "138****0023"), "birthday": ("1992-06-18", "1992-06-18"),
            "known_since": ("2024-05-01", "2026-03-10"), "orders": ("14", "1"), "net": ("¥3,764.70", "¥90.00"),
            "last_order": ("2026-03-20", "2026-03-10"), "last_contact": ("2026-03-10 12:00", ""), "owner": ("小许", ""),
            "store": ("滨江店", ""),
        }  # fmt: skip
        assert [row.key for row in rows if row.same] == ["birthday"]

    def test_two_of_whom_nothing_is_known(self):
        one, other = make_customer("甲", created_at=NOON), make_customer("乙", created_at=NOON)
        rows = comparing.facts(one, other, *comparing.bought(one, other))
        known = {row.key: row.keep for row in rows if row.keep}
        assert known == {"known_since": "2026-03-10", "orders": "0", "net": "¥0.00"}
        assert [row.key for row in rows if row.same] == ["known_since", "net"]

    def test_three_queries_for_any_number_of_rows(self, pair, django_assert_num_queries):
        keep, fold = (Customer.objects.select_related("owner", "store").get(pk=one.pk) for one in pair)
        for n in range(3):
            make_order(fold)
            make_opening(fold, system=f"旧{n}", spend_fen=1)
        with django_assert_num_queries(3):
            comparing.facts(keep, fold, *comparing.bought(keep, fold))


class TestSum:
    def test_it_is_told_how_it_comes_about(self, pair):
        said = "Orders 14 + 1 = 15, net spend ¥3,764.70 + ¥90.00 = ¥3,854.70: the same sum before the merge and after it."
        assert comparing.together(*comparing.bought(*pair)) == said

    def test_the_merge_keeps_the_promise(self, pair, owner):
        keep, fold = pair
        make_opening(fold, spend_fen=100, orders=1)  # of the same system: figures are added up
        before = [one.total for one in comparing.bought(keep, fold)]
        joining.carry_out(joining.plan(keep=keep, fold=fold), by=owner)
        hers = comparing.bought(keep, make_customer("别人"))[0].total
        assert hers == before[0] + before[1] == Total(16, 385_570)


class TestMoves:
    def test_sentences_with_verb_and_direction(self, pair):
        keep, fold = pair
        tag(fold, make_tag("敏感肌"))
        tag(fold, make_tag("周末"))
        said = comparing.sentences({n: movers[n].label for n in movers.names()}, joining.plan(keep=keep, fold=fold).counts, keep)
        assert said == [
            ("identities", 1, "1 number or card leads to 陈佳怡 (ending in 0022) then."),
            ("tags", 2, "2 tags are put on 陈佳怡 (ending in 0022), as far as she does not have them yet."),
            ("orders", 1, "1 order is moved to 陈佳怡 (ending in 0022)."),
        ]

    def test_one_of_another_app_is_told_in_general(self, pair):
        said = comparing.sentences({"points": "points"}, {"points": 3}, pair[0])
        assert said == [("points", 3, "Points: 3 moved to 陈佳怡 (ending in 0022).")]

    @pytest.mark.parametrize(("count", "found"), [(1, 0), (3, 2)])
    def test_the_pair_itself_moves_nowhere(self, pair, count, found):
        said = comparing.sentences({"candidates": "possible duplicates"}, {"candidates": count}, pair[0])
        assert [n for _name, n, _words in said] == [found] * bool(found)

    def test_every_sentence_belongs_to_a_mover(self):
        assert comparing.MOVES.keys() - set(movers.names()) == set()

    def test_kinds_that_neither_has_are_left_out(self):
        labels = {"orders": "orders", "tags": "tags", "tasks": "tasks"}
        assert comparing.counts(labels, {"orders": 1_200}, {"tasks": 2}) == [
            Row("orders", "Orders", "1,200", "0"), Row("tasks", "Tasks", "0", "2"),
        ]  # fmt: skip


class TestEvidence:
    def test_with_its_value(self, pair):
        assert comparing.same_evidence(*pair) == ["the same name 陈佳怡", "the same birthday 1992-06-18"]

    def test_a_number_in_the_name_is_masked(self):
        one, other = (make_customer("王姐13800000021") for _n in range(2))
        assert comparing.same_evidence(one, other) == ["the same name 王姐138****0021"]

    def test_nothing_of_strangers(self):
        one, other = make_customer("", "13800000021"), make_customer("", "13800000022", birthday=Birthday(None, 5, 1))
        assert comparing.same_evidence(one, other) == []


@pytest.mark.parametrize(
    ("name", "phone", "shown"),
    [
        ("陈佳怡", "13800000022", "陈佳怡 (ending in 0022)"), ("陈佳怡", "", "陈佳怡"), ("", "13800000022", "138****0022"),
        ("", "", "(no name)"), ("王13800000021", "13800000022", "王138****0021 (ending in 0022)"),
    ],
)  # fmt: skip
def test_the_tail_tells_two_of_one_name_apart(name, phone, shown):
    assert Customer(name=name, phone=phone).name_and_tail == shown
