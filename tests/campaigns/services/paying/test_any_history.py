"""Random orders, refunds, cancellations, claims that move, rules that change, months that close: the ledger says what plain
arithmetic says, statements add up to it, closed ones stay as they were, and the audit finds nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.models import ClosedMonth, CommissionEntry, Link, PayRule
from campaigns.queries.commission.auditing import audit
from campaigns.queries.commission.months import months
from campaigns.queries.commission.statement import Line, statement
from campaigns.services.paying import closing
from campaigns.services.paying.settling import settle
from customers.choices import OrderState
from customers.models import Order
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.campaigns.services.paying.books import on
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.commission import credit_links, give_back, make_rule
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

NOBODY = 2
# Whose the order is: one of two employees, nobody, or half each of two of these.
CLAIM = st.sampled_from([(0,), (1,), (NOBODY,), (0, 1), (1, NOBODY)])
MONEY = st.integers(2, 5_000).map(lambda n: 4 * n)
NTH = st.integers(0, 5)
ACT = st.one_of(
    st.tuples(st.just("sell"), MONEY, CLAIM),
    st.tuples(st.just("refund"), NTH, st.integers(1, 100)),
    st.tuples(st.just("cancel"), NTH, st.none()),
    st.tuples(st.just("unrefund"), NTH, st.none()),
    st.tuples(st.just("move"), NTH, CLAIM),
    st.tuples(st.just("rule"), st.sampled_from([0, 1, 333, 500, 10_000]), st.none()),
    st.tuples(st.just("close"), st.none(), st.none()),
)
# After so many days comes the next.
STORY = st.lists(st.tuples(st.integers(0, 40), ACT), min_size=1, max_size=14)


@dataclass
class Known:
    """An order as plain arithmetic knows it."""

    order: Order
    paid: int
    claim: tuple[int, ...]
    rate: int
    refunded: int = 0
    cancelled: bool = False

    def earned(self, who: int) -> int:
        if self.cancelled or who not in self.claim or self.refunded == self.paid:
            return 0
        full = (self.paid // len(self.claim) * self.rate * 2 + 10_000) // 20_000
        return full - (full * self.refunded * 2 + self.paid) // (2 * self.paid)


class TestAnyHistory(TestCase):
    def setUp(self) -> None:
        self.owner = make_employee("沈禾", Role.OWNER)
        self.people = [make_employee("许静"), make_employee("王蕾")]
        self.buyer = make_customer("冯洁")
        self.campaign = make_campaign()
        self.links: list[Link] = [make_link(self.campaign, employee=who) for who in (*self.people, None)]
        make_rule(self.campaign, valid_from=on(1, 1))
        self.at = on(8, 1)
        self.rate = 500
        self.known: list[Known] = []
        self.paid_out: dict[int, int] = defaultdict(int)
        self.closed: dict[date, list[Line]] = {}

    @given(story=STORY)
    @settings(max_examples=40, deadline=None)
    def test_any_history(self, story: list[tuple[int, Any]]) -> None:
        self.setUp_story()
        for days, (act, first, second) in story:
            self.at += timedelta(days=days, hours=1)
            with clock.staged(self.at):
                getattr(self, f"_{act}")(first, second)
        with clock.staged(self.at):
            self._all_is_right()

    def setUp_story(self) -> None:
        self.at, self.rate = on(8, 1), 500
        self.known, self.closed = [], {}
        self.paid_out = defaultdict(int)

    # --- acts

    def _sell(self, paid: int, claim: tuple[int, ...]) -> None:
        order = make_order(
            self.buyer, paid_fen=paid, source="hand", ordered_at=self.at, paid_at=self.at, fulfilled_at=self.at
        )
        self.known.append(Known(order, paid, claim, self.rate))
        self._credit(self.known[-1])

    def _refund(self, nth: int, percent: int) -> None:
        if (one := self._pick(nth)) is not None and one.refunded < one.paid and not one.cancelled:
            fen = max(4, (one.paid - one.refunded) * percent // 100 // 4 * 4)
            give_back(one.order, fen)
            one.refunded += fen
            self._credit(one)

    def _cancel(self, nth: int, _none: None) -> None:
        if (one := self._pick(nth)) is not None:
            one.cancelled = not one.cancelled
            state = OrderState.CANCELLED if one.cancelled else OrderState.FULFILLED
            Order.objects.filter(pk=one.order.pk).update(state=state)
            self._credit(one)

    def _unrefund(self, nth: int, _none: None) -> None:
        if (one := self._pick(nth)) is not None:
            one.order.refunds.all().delete()
            Order.objects.filter(pk=one.order.pk).update(refunded_fen=0)
            one.refunded = 0
            self._credit(one)

    def _move(self, nth: int, claim: tuple[int, ...]) -> None:
        if (one := self._pick(nth)) is not None:
            one.claim = claim
            self._credit(one)

    def _rule(self, rate: int, _none: None) -> None:
        PayRule.objects.update(is_active=False)
        make_rule(self.campaign, rate_bp=rate, version=PayRule.objects.count() + 1, valid_from=self.at)
        self.rate = rate

    def _close(self, _first: None, _second: None) -> None:
        month = months().to_close
        if month is None:
            return
        stands = {
            who: sum(CommissionEntry.objects.filter(employee=employee, month__lte=month).values_list("amount_fen", flat=True))
            for who, employee in enumerate(self.people)
        }
        closing.close_month(month, by=self.owner)
        for who, fen in stands.items():
            self.paid_out[who] += max(fen, 0)
        self.closed[month] = statement(month, visible_to=self.owner)

    # --- what plain arithmetic says

    def _pick(self, nth: int) -> Known | None:
        return self.known[nth % len(self.known)] if self.known else None

    def _credit(self, one: Known) -> None:
        credit_links(one.order, {self.links[who]: 1 for who in one.claim})
        settle([one.order.pk])

    def _all_is_right(self) -> None:
        assert audit() == []
        for who, employee in enumerate(self.people):
            rows = CommissionEntry.objects.filter(employee=employee)
            earned = sum(entry.amount_fen for entry in rows.exclude(kind="payout"))
            assert earned == sum(one.earned(who) for one in self.known)
            assert -sum(entry.amount_fen for entry in rows.filter(kind="payout")) == self.paid_out[who]
        assert settle([one.order.pk for one in self.known]) == 0
        for month, lines in self.closed.items():
            assert statement(month, visible_to=self.owner) == lines
        lines = [line for month in months().listed() for line in statement(month, visible_to=self.owner)]
        moved = sum(line.earned + line.taken_back + line.adjusted + line.paid for line in lines)
        assert moved == sum(CommissionEntry.objects.values_list("amount_fen", flat=True))
        assert ClosedMonth.objects.count() == len(self.closed)
