"""From a link to money, through the real steps: touches, an order, the crediting job, refunds, an undone import."""

from datetime import timedelta
from typing import Any

from campaigns.models import CommissionEntry, Conversion, Link, OrderWork
from campaigns.queries.commission.auditing import audit
from customers.choices import OrderState
from customers.models import Customer, Order, Refund
from customers.services.importing import undoing as importing
from customers.services.ordering import listeners, refunding, undoing
from scrm.kit import clock
from tests.campaigns.services.crediting.crediting import run
from tests.campaigns.services.paying.books import told
from tests.factories.campaigns import make_link, make_reading, make_visitor
from tests.factories.commission import make_rule
from tests.factories.customers import make_batch
from tests.factories.orders import credit, make_order
from tests.factories.staff import make_employee


def test_a_touch_an_order_a_refund(link: Link, buyer: Customer, owner: Any, campaign: Any) -> None:
    now = clock.now()
    make_reading(link, make_visitor(buyer), at=now - timedelta(hours=2))
    order = make_order(buyer, paid_fen=128_000, source="hand", ordered_at=now - timedelta(hours=1))
    listeners.tell([order.pk])
    run()
    assert told() == [("accrual", 6_400)]
    refunding.refund(order, amount_fen=51_200, by=owner)
    run()
    assert told() == [("accrual", 6_400), ("reversal", -2_560)]
    # A later touch on her other device becomes known: the last touch is somebody else's now.
    other = make_link(campaign, employee=make_employee())
    visitor = make_visitor()
    make_reading(other, visitor, at=now - timedelta(minutes=90))
    visitor.customer = buyer
    visitor.save(update_fields=["customer"])
    listeners.tell([order.pk])
    run()
    assert told()[2:] == [("accrual", 6_400), ("reversal", -3_840), ("reversal", -2_560)]
    assert audit() == []


def test_an_import_undone_leaves_no_pay_and_keeps_the_books(buyer: Customer, employee: Any) -> None:
    make_rule(rate_bp=100)
    batch = make_batch(path="x", kind="orders")
    paid, unpaid = (
        make_order(buyer, paid_fen=10_000, source="sheet", ordered_at=clock.now() - timedelta(days=1), batch=batch)
        for _nth in range(2)
    )
    credit(paid, employee)
    listeners.tell([paid.pk, unpaid.pk])
    run()
    assert told() == [("accrual", 100)]
    plan = undoing.plan(batch)
    assert (plan.orders_removed, plan.orders_kept) == (1, 1)
    importing.ask(batch, by=None)
    while not undoing.step(batch):
        pass
    run()
    stays = Order.objects.get()
    assert (stays.pk, stays.state, stays.batch) == (paid.pk, OrderState.CANCELLED, None)
    assert told() == [("accrual", 100), ("reversal", -100)]
    assert (batch.counters["undo"]["orders_removed"], batch.counters["undo"]["orders_kept"]) == (1, 1)
    assert audit() == []


def test_credits_go_with_an_order_that_an_undo_removes(buyer: Customer, link: Link) -> None:
    """A campaign that pays nobody for it: the order is in no book."""
    link.campaign.pay_rules.all().delete()
    now, batch = clock.now(), make_batch(path="x", kind="orders")
    make_reading(link, make_visitor(buyer), at=now - timedelta(hours=2))
    order = make_order(buyer, source="sheet", ordered_at=now - timedelta(hours=1), batch=batch)
    listeners.tell([order.pk])
    run()
    assert Conversion.objects.count() == 1
    importing.ask(batch, by=None)
    while not undoing.step(batch):
        pass
    assert [rows.count() for rows in (Order.objects, Conversion.objects, CommissionEntry.objects)] == [0, 0, 0]
    run()
    assert (OrderWork.objects.count(), Refund.objects.count()) == (0, 0)
