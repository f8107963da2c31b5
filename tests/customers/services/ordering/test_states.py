"""Placed, paid, handed over, cancelled: the table, who may, twice, two at once."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from customers.choices import Approval, OrderState
from customers.models import Customer, Order
from customers.services.ordering import listeners, refunding, states
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
PLACED, PAID, FULFILLED, CANCELLED = OrderState


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def juan(shop: Any, employee: Employee) -> Customer:
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


@pytest.fixture
def heard() -> Iterator[list[list[int]]]:
    told: list[list[int]] = []
    listeners.order_listeners.register("test", lambda ids: told.append(list(ids)))
    yield told
    del listeners.order_listeners._entries["test"]


def placed(customer: Customer, **more: Any) -> Order:
    values = {"goods_fen": 10_000, "discount_fen": 500, "freight_fen": 800, **more}
    return make_order(customer, paid_fen=0, state=PLACED, paid_at=None, **values)


def refused(order: Order, to: OrderState, by: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as no:
        states.move(order, to=to, by=by)
    return no.value.code, str(no.value)


def test_from_placed_to_handed_over(juan: Customer, manager: Employee, employee: Employee, heard: list[list[int]]) -> None:
    order, before = placed(juan), clock.now()
    assert not Order.objects.counting().exists()
    states.move(order, to=PAID, by=manager)
    assert (order.state, order.paid_fen, order.fulfilled_at) == (PAID, 10_300, None)
    assert order.paid_at is not None and before <= order.paid_at <= clock.now()
    assert Order.objects.counting().get() == order
    paid_at = order.paid_at
    states.move(order, to=FULFILLED, by=employee)
    assert (order.state, order.paid_fen, order.paid_at) == (FULFILLED, 10_300, paid_at)
    assert order.fulfilled_at is not None and order.fulfilled_at >= paid_at
    assert heard == [[order.pk], [order.pk]]
    acts = AuditEntry.objects.filter(object_id=str(order.pk)).order_by("pk").values_list("action", "actor")
    assert list(acts) == [("order.paid", manager.pk), ("order.fulfilled", employee.pk)]


def test_every_pair_of_states_is_as_the_table_says(juan: Customer, manager: Employee) -> None:
    allowed = {(PLACED, PAID), (PLACED, CANCELLED), (PAID, FULFILLED)}
    for before in OrderState:
        for to in (PAID, FULFILLED, CANCELLED):
            paid = 10_300 if before in (PAID, FULFILLED) else 0
            order = make_order(juan, state=before, paid_fen=paid)
            assert (to in states.doors(order, manager)) == ((before, to) in allowed), (before, to)
            if (before, to) in allowed:
                assert states.move(order, to=to, by=manager).state == to
            else:
                assert refused(order, to, manager)[0] == "order.state", (before, to)
                assert Order.objects.get(pk=order.pk).state == before


def test_a_paid_one_is_cancelled_once_all_of_it_is_given_back(juan: Customer, manager: Employee) -> None:
    order = make_order(juan, state=PAID, paid_fen=10_000)
    refunding.refund(order, amount_fen=9_999, by=manager)
    assert refused(order, CANCELLED, manager)[0] == "order.state"
    refunding.refund(order, amount_fen=1, by=manager)
    assert states.doors(order, manager) == {FULFILLED, CANCELLED}
    assert states.move(order, to=CANCELLED, by=manager).state == CANCELLED


@pytest.mark.parametrize("approval", [Approval.PENDING, Approval.REJECTED])
def test_what_nobody_agreed_to_is_not_paid(juan: Customer, manager: Employee, approval: str) -> None:
    order = placed(juan, approval=approval)
    assert states.doors(order, manager) == {CANCELLED}
    assert refused(order, PAID, manager) == ("order.state", "This order waits for approval, or is not approved. Decide on that first.")
    assert Order.objects.get().paid_fen == 0


def test_who_may(juan: Customer, manager: Employee, employee: Employee, shop: Any) -> None:
    order = placed(juan)
    assert states.doors(order, employee) == set()
    assert refused(order, PAID, employee)[0] == "order.not_yours_to_move"
    assert refused(order, CANCELLED, employee)[0] == "order.not_yours_to_move"
    foreign = placed(make_customer("李", "13900000022", store=shop.xihu))
    assert refused(foreign, PAID, manager)[0] == "order.not_yours_to_move"
    states.move(order, to=PAID, by=manager)
    assert states.doors(order, employee) == {FULFILLED}


def test_the_second_time_is_told_and_does_nothing(juan: Customer, manager: Employee, heard: list[list[int]]) -> None:
    order = placed(juan)
    twin = Order.objects.get(pk=order.pk)
    states.move(order, to=PAID, by=manager)
    assert refused(twin, PAID, manager) == ("order.state", "This order is paid already.")
    assert (Order.objects.get().paid_at, heard) == (order.paid_at, [[order.pk]])
    assert AuditEntry.objects.filter(action="order.paid").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_is_paid_while_another_cancels(juan: Customer, manager: Employee, shop: Any) -> None:
    order = placed(juan)
    other = make_employee("另一位店长", "manager", department=shop.binjiang)
    start, ends = threading.Barrier(2), []

    def act(to: OrderState, who: Employee) -> None:
        try:
            start.wait()
            states.move(Order.objects.get(pk=order.pk), to=to, by=who)
            ends.append((str(to), "done"))
        except Refused as no:
            ends.append((str(to), no.code))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in ((PAID, manager), (CANCELLED, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(code for _to, code in ends) == ["done", "order.state"]
    winner = next(to for to, code in ends if code == "done")
    assert (Order.objects.get().state, AuditEntry.objects.filter(action__startswith="order.").count()) == (winner, 1)
