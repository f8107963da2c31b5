"""Months: what is paid out when one is closed, and what comes too late for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from campaigns.choices import HoldDecision
from campaigns.models import ClosedMonth, CommissionEntry, CommissionHold, Link, Rules
from campaigns.queries.commission.auditing import audit
from campaigns.queries.commission.statement import statement
from campaigns.services.paying import adjusting, closing, holding
from campaigns.services.paying.settling import settle
from customers.choices import OrderState
from customers.models import Order
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.campaigns.services.paying.books import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    back,
    close,
    line,
    on,
    told,
)
from tests.factories.campaigns import make_link
from tests.factories.commission import credit_links, give_back
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

Buy = Callable[..., Order]
def test_a_month_is_paid_out(sold: Any, owner: Any) -> None:
    sold(on(10, 3))
    closed = close(OCTOBER, owner, on(11, 2))
    assert (closed.closed_by, closed.entries, closed.sum_fen) == (owner, 2, 0)
    payout = CommissionEntry.objects.get(kind="payout")
    assert (payout.amount_fen, payout.month, payout.day, payout.by) == (-500, OCTOBER, date(2026, 11, 2), owner)
    assert line(OCTOBER, owner, on(11, 2)) == {"earned": 500, "paid": -500}
    line_in_log = AuditEntry.objects.get(action="commission.month_closed")
    assert line_in_log.detail == {"month": "2026-10", "amount_fen": 500}


def test_a_refund_after_the_payout_is_carried_over(sold: Any, owner: Any) -> None:
    order = sold(on(10, 3))
    close(OCTOBER, owner, on(11, 2))
    back(order, 6_000, on(11, 5))
    assert line(OCTOBER, owner, on(11, 6)) == {"earned": 500, "paid": -500}
    assert line(NOVEMBER, owner, on(11, 6)) == {"taken_back": -300, "closing": -300, "payable": -300}
    sold(on(11, 7), 4_000)
    assert line(NOVEMBER, owner, on(11, 8)) == {"earned": 200, "taken_back": -300, "closing": -100, "payable": -100}
    # Nobody pays back: it stands until it is earned.
    close(NOVEMBER, owner, on(12, 1))
    assert CommissionEntry.objects.filter(kind="payout").count() == 1
    sold(on(12, 2))
    assert line(date(2026, 12, 1), owner, on(12, 3)) == {"opening": -100, "earned": 500, "closing": 400, "payable": 400}
    assert audit() == []


def test_what_comes_late_stands_in_the_first_open_month(sold: Any, owner: Any, buy: Buy, link: Link) -> None:
    order = sold(on(9, 20))
    close(SEPTEMBER, owner, on(10, 2))
    with clock.staged(on(10, 9)):
        late = buy(20_000, at=on(9, 25))
        give_back(order, 5_000, at=on(9, 28))
        credit_links(late, {link: 1})
        settle([late.pk, order.pk])
    rows = CommissionEntry.objects.exclude(kind="payout").order_by("pk")
    assert [(entry.kind, entry.day, entry.month) for entry in rows] == [
        ("accrual", date(2026, 9, 20), SEPTEMBER),
        ("accrual", date(2026, 9, 25), OCTOBER),
        ("reversal", date(2026, 9, 28), OCTOBER),
    ]
    assert audit() == []


def test_an_order_of_the_last_evening_stands_in_its_own_month(sold: Any) -> None:
    """23:30 on the shop's 30 September is 15:30 UTC."""
    sold(datetime(2026, 9, 30, 15, 30, tzinfo=UTC))
    sold(datetime(2026, 9, 30, 16, 30, tzinfo=UTC))
    assert [entry.month for entry in CommissionEntry.objects.order_by("pk")] == [SEPTEMBER, OCTOBER]


def test_what_is_pending_or_held_waits_for_a_later_month(sold: Any, owner: Any, employee: Any) -> None:
    Rules.objects.create(online_days=7)
    sold(on(10, 3))
    online = sold(on(10, 28), source="有赞")
    own = sold(on(10, 29), customer=make_customer("", employee.phone))
    assert line(OCTOBER, owner, on(11, 6)) == {"earned": 1_500, "closing": 1_500, "held": 500, "pending": 500, "payable": 500}
    close(OCTOBER, owner, on(11, 6))
    then = {"earned": 1_500, "paid": -500, "closing": 1_000, "held": 500, "pending": 500}
    assert line(OCTOBER, owner, on(11, 7)) == then
    with clock.staged(on(11, 8)):
        holding.decide(CommissionHold.objects.get(), decision=HoldDecision.RELEASED, by=owner)
    assert line(OCTOBER, owner, on(11, 9)) == then  # told as it was closed
    assert line(NOVEMBER, owner, on(11, 9)) == {"opening": 1_000, "closing": 1_000, "payable": 1_000}
    close(NOVEMBER, owner, on(12, 1))
    assert line(NOVEMBER, owner, on(12, 1)) == {"opening": 1_000, "paid": -1_000}
    assert {online.commission.count(), own.commission.count()} == {1}
    assert audit() == []


def test_goods_that_arrive_after_the_closing_change_no_closed_statement(sold: Any, owner: Any) -> None:
    order = sold(on(10, 3), source="有赞", state=OrderState.PAID, fulfilled_at=None)
    close(OCTOBER, owner, on(11, 2))
    with clock.staged(on(11, 3)):
        Order.objects.filter(pk=order.pk).update(state=OrderState.FULFILLED, fulfilled_at=on(10, 5))
        settle([order.pk])
    assert line(OCTOBER, owner, on(11, 4)) == {"earned": 500, "closing": 500, "pending": 500}
    assert line(NOVEMBER, owner, on(11, 4)) == {"opening": 500, "closing": 500, "payable": 500}


def test_an_order_that_goes_back_while_pending_leaves_nothing(sold: Any, owner: Any) -> None:
    order = sold(on(10, 28), source="有赞")
    back(order, 10_000, on(10, 30))
    assert line(OCTOBER, owner, on(10, 31)) == {"earned": 500, "taken_back": -500}


def test_months_are_closed_one_after_another_and_when_they_are_over(sold: Any, owner: Any) -> None:
    sold(on(9, 3))
    for month, at, code in (
        (OCTOBER, on(11, 2), "month.earlier"),
        (SEPTEMBER, on(9, 30), "month.not_over"),
        (OCTOBER, on(9, 30), "month.not_over"),
    ):
        with pytest.raises(Refused) as no:
            close(month, owner, at)
        assert no.value.code == code
    close(SEPTEMBER, owner, on(11, 2))
    with pytest.raises(Refused) as no:
        close(SEPTEMBER, owner, on(11, 2))
    assert no.value.code == "month.closed"
    close(OCTOBER, owner, on(11, 2))
    assert ClosedMonth.objects.count() == 2


def test_a_plan_that_is_no_longer_true_is_not_carried_out(sold: Any, owner: Any) -> None:
    order = sold(on(10, 3))
    with clock.staged(on(11, 2)):
        plan = closing.plan(OCTOBER)
    back(order, 100, on(10, 30))
    with pytest.raises(Refused) as no, clock.staged(on(11, 2)):
        closing.close_month(OCTOBER, by=owner, seen=plan.stamp)
    assert (no.value.code, ClosedMonth.objects.count()) == ("month.stale", 0)


@pytest.mark.parametrize("who", ["operator", "manager", "employee", "agency"])
def test_the_owner_alone_closes(who: str, sold: Any, request: pytest.FixtureRequest) -> None:
    sold(on(10, 3))
    with pytest.raises(Refused) as no:
        close(OCTOBER, request.getfixturevalue(who), on(11, 2))
    assert (no.value.code, ClosedMonth.objects.count()) == ("month.not_allowed", 0)


def test_an_adjustment_stands_in_the_open_month_once(sold: Any, owner: Any, employee: Any) -> None:
    sold(on(10, 3))
    close(OCTOBER, owner, on(11, 2))
    key = adjusting.new_key()
    with clock.staged(on(11, 3)):
        made = [adjusting.adjust(employee=employee, amount_fen=-200, words="收银差错", by=owner, key=key) for _nth in range(2)]
    assert made[0] == made[1]
    assert line(NOVEMBER, owner, on(11, 3)) == {"adjusted": -200, "closing": -200, "payable": -200}
    assert [kind for kind, _amount in told()] == ["accrual", "payout", "adjustment"]
    for fields, code in (
        ({"by": employee}, "adjust.not_allowed"),
        ({"employee": owner}, "adjust.own"),
        ({"amount_fen": 0}, "adjust.amount"),
        ({"words": " "}, "adjust.words"),
    ):
        with pytest.raises(Refused) as no:
            adjusting.adjust(**{"employee": employee, "amount_fen": 1, "words": "因为", "by": owner, **fields})
        assert no.value.code == code


def test_a_hold_on_what_is_settled_is_refused(sold: Any, owner: Any) -> None:
    order = sold(on(10, 3))
    close(OCTOBER, owner, on(11, 2))
    with pytest.raises(Refused) as no:
        holding.hold(order.commission.get(), by=owner, words="看看")
    assert no.value.code == "hold.paid"


def test_what_is_refused_before_the_closing_is_not_paid_first(sold: Any, owner: Any, employee: Any) -> None:
    sold(on(10, 29), customer=make_customer("", employee.phone))
    with clock.staged(on(11, 2)):
        holding.decide(CommissionHold.objects.get(), decision=HoldDecision.REFUSED, by=owner, words="自己买的")
    close(OCTOBER, owner, on(11, 3))
    assert line(OCTOBER, owner, on(11, 4)) == {"earned": 500, "adjusted": -500}
    assert CommissionEntry.objects.filter(kind="payout").count() == 0
    assert audit() == []


def test_an_order_that_is_found_to_be_anothers_moves_within_its_month(sold: Any, owner: Any, campaign: Any) -> None:
    order = sold(on(10, 20))
    with clock.staged(on(11, 2)):
        credit_links(order, {make_link(campaign, employee=make_employee("王蕾")): 1})
        settle([order.pk])
        lines = {one.name: (one.earned, one.taken_back) for one in statement(OCTOBER, visible_to=owner)}
    assert lines == {"小许": (500, -500), "王蕾": (500, 0)}
    close(OCTOBER, owner, on(11, 3))
    assert [entry.amount_fen for entry in CommissionEntry.objects.filter(kind="payout")] == [-500]
    assert audit() == []
