"""The job: from orders and touches to conversions and credits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.choices import Basis, Model, TouchKind
from campaigns.models import BoardWork, Conversion, Credit, OrderWork, PayRule, TouchReading
from campaigns.services.crediting import facts, running, work, writing
from campaigns.services.crediting.listeners import credited_listeners
from customers.choices import Approval, OrderState
from customers.models import Customer
from customers.services.ordering import listeners, refunding, states
from scrm.kit import claims
from scrm.staff.models import Employee
from tests.campaigns.services.crediting.crediting import NOON, bought, counted, days, run, shares_of
from tests.factories.campaigns import make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import credit, make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
# SQLite reserves ids by looking and setting; PostgreSQL's COPY is not counted.
STATEMENTS = {"postgresql": 9, "sqlite": 12}


@pytest.fixture
def customer() -> Customer:
    return make_customer("王娟")


def test_the_five_models(customer: Customer) -> None:
    campaign = make_campaign()
    first, second = make_link(campaign, employee=make_employee(), channel=make_channel()), make_link(campaign)
    visitor = make_visitor(customer)
    for link, before in ((first, 7), (second, 0)):
        make_reading(link, visitor, at=NOON - days(before))
    order = bought(customer, 10_001)
    run()
    assert {model: shares_of(order, model) for model in Model} == {
        Model.LAST: {second.pk: 10_001},
        Model.FIRST: {first.pk: 10_001},
        Model.LINEAR: {first.pk: 5_001, second.pk: 5_000},
        Model.POSITION: {first.pk: 5_001, second.pk: 5_000},
        Model.DECAY: {first.pk: 3_334, second.pk: 6_667},
    }
    assert counted(order) == [(campaign.pk, 10_001, 1)]
    hers = Credit.objects.get(link=first, model=Model.FIRST)
    assert (hers.campaign, hers.employee, hers.channel, hers.order) == (campaign, first.employee, first.channel, order)
    assert (hers.conversion, hers.day) == (Conversion.objects.get(), timezone.localdate(NOON))


@pytest.mark.parametrize(
    ("kind", "window"),
    [(TouchKind.VIEW, 7), (TouchKind.SCAN, 30), (TouchKind.FRIEND, 30), (TouchKind.REFERRAL, 90)],
)
def test_a_window_and_its_edge(customer: Customer, kind: str, window: int) -> None:
    link = make_link()
    make_reading(link, make_visitor(customer), at=NOON - days(window), kind=kind)
    inside = bought(customer, 100, at=NOON)
    outside = bought(customer, 100, at=NOON + SECOND)
    run()
    assert (shares_of(inside), shares_of(outside)) == ({link.pk: 100}, {})


def test_the_windows_are_the_campaigns_own(customer: Customer) -> None:
    short, long = make_link(make_campaign(view_days=1)), make_link(make_campaign(view_days=200))
    visitor = make_visitor(customer)
    make_reading(short, visitor, at=NOON - days(2))
    make_reading(long, visitor, at=NOON - days(200))
    order = bought(customer, 100)
    run()
    assert shares_of(order) == {long.pk: 100}
    assert counted(order) == [(long.campaign_id, 100, 1)]


def test_a_touch_at_the_very_moment_counts_and_a_later_one_does_not(customer: Customer) -> None:
    now, later = make_link(), make_link()
    visitor = make_visitor(customer)
    make_reading(now, visitor, at=NOON)
    make_reading(later, visitor, at=NOON + SECOND)
    order = bought(customer, 100)
    run()
    assert shares_of(order) == {now.pk: 100}


def test_touches_that_are_not_unique_do_not_count(customer: Customer) -> None:
    link = make_link()
    make_reading(link, make_visitor(customer), at=NOON - days(1), unique=False)
    order = bought(customer)
    run()
    assert (shares_of(order), counted(order)) == ({}, [])


def test_ties_in_time_go_to_the_later_touch(customer: Customer) -> None:
    one, other = make_link(), make_link()
    visitor = make_visitor(customer)
    make_reading(other, visitor, at=NOON - days(1))
    make_reading(one, visitor, at=NOON - days(1))
    order = bought(customer, 100)
    run()
    assert (shares_of(order, Model.FIRST), shares_of(order, Model.LAST)) == ({other.pk: 100}, {one.pk: 100})


def test_two_devices_are_one_person(customer: Customer) -> None:
    phone, desk = make_link(), make_link()
    make_reading(phone, make_visitor(customer), at=NOON - days(2))
    make_reading(desk, make_visitor(customer), at=NOON - days(1))
    order = bought(customer, 100)
    run()
    assert shares_of(order, Model.LINEAR) == {phone.pk: 50, desk.pk: 50}


def test_an_order_of_two_campaigns_is_one_of_each_and_its_money_is_shared(customer: Customer) -> None:
    one, other = make_link(), make_link()
    visitor = make_visitor(customer)
    make_reading(one, visitor, at=NOON - days(2))
    make_reading(other, visitor, at=NOON - days(1))
    order = bought(customer, 101)
    run()
    assert counted(order) == [(one.campaign_id, 101, 1), (other.campaign_id, 101, 1)]
    assert shares_of(order, Model.LINEAR) == {one.pk: 51, other.pk: 50}


def test_an_order_before_its_customer_existed(customer: Customer) -> None:
    """A sheet may say so: the touches before it count all the same, and the customer's own date says nothing."""
    link = make_link()
    make_reading(link, make_visitor(customer), at=NOON - days(1))
    order = bought(customer, 100)
    Customer.everyone.filter(pk=customer.pk).update(created_at=NOON + days(30), known_since=(NOON + days(30)).date())
    run()
    assert shares_of(order) == {link.pk: 100}


def test_two_employees_with_one_name(customer: Customer) -> None:
    campaign = make_campaign()
    one, other = (make_link(campaign, employee=make_employee("张伟")) for _n in range(2))
    visitor = make_visitor(customer)
    make_reading(one, visitor, at=NOON - days(2))
    make_reading(other, visitor, at=NOON - days(1))
    bought(customer, 100)
    run()
    rows = Credit.objects.by(Model.LINEAR).order_by("employee").values_list("employee", "share_fen")
    assert list(rows) == [(one.employee_id, 50), (other.employee_id, 50)]


def test_refunds_move_the_figures(customer: Customer, owner: Employee) -> None:
    one, other = make_link(), make_link()
    visitor = make_visitor(customer)
    make_reading(one, visitor, at=NOON - days(2))
    make_reading(other, visitor, at=NOON - days(1))
    order = bought(customer, 100)
    run()
    kept = set(Conversion.objects.values_list("pk", flat=True))
    refunding.refund(order, amount_fen=39, by=owner)
    run()
    assert (shares_of(order, Model.LINEAR), counted(order)[0][1]) == ({one.pk: 31, other.pk: 30}, 61)
    refunding.refund(order, amount_fen=61, by=owner)
    run()
    assert (shares_of(order, Model.LINEAR), counted(order)[0]) == (
        {one.pk: 0, other.pk: 0},
        (one.campaign_id, 0, 1),
    )
    assert set(Conversion.objects.values_list("pk", flat=True)) == kept


def test_what_does_not_count_has_no_credit(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    bought(customer, state=OrderState.PLACED)
    bought(customer, approval=Approval.PENDING)
    bought(customer, approval=Approval.REJECTED)
    bought(customer, at=None)
    run()
    assert Conversion.objects.count() == 0


def test_an_order_that_is_cancelled_loses_its_credits(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    order, second = bought(customer), bought(customer, at=NOON + days(1))
    run()
    assert [counted(one)[0][2] for one in (order, second)] == [1, 2]
    type(order).objects.filter(pk=order.pk).update(state=OrderState.CANCELLED)
    listeners.tell([order.pk])
    BoardWork.objects.all().delete()
    run()
    campaign = counted(second)[0][0]
    days_of = {(campaign, timezone.localdate(NOON)), (campaign, timezone.localdate(NOON + days(1)))}
    assert set(BoardWork.objects.values_list("campaign", "day")) == days_of
    assert (counted(order), shares_of(order), counted(second)[0][2]) == ([], {}, 1)


def test_an_order_that_is_gone_meanwhile(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    bought(customer).delete()
    run()
    assert Conversion.objects.count() == 0


def test_orders_are_numbered_for_each_campaign_by_time(customer: Customer) -> None:
    one, other = make_link(), make_link(make_campaign(view_days=1))
    visitor = make_visitor(customer)
    make_reading(one, visitor, at=NOON - days(6))
    make_reading(other, visitor, at=NOON)
    late, early = bought(customer, at=NOON + days(1)), bought(customer, at=NOON - days(1))
    same = bought(customer, at=NOON - days(1))
    run()
    first, second = one.campaign_id, other.campaign_id
    assert counted(early) == [(first, 10_000, 1)]
    assert counted(same) == [(first, 10_000, 2)]
    assert counted(late) == [(first, 10_000, 3), (second, 10_000, 1)]


def test_only_orders_with_a_part_are_work(customer: Customer) -> None:
    stranger, served = make_order(make_customer()), make_order(make_customer())
    credit(served, make_employee())
    hers = make_order(customer)
    make_visitor(customer)
    orders = [stranger.pk, served.pk, hers.pk]
    listeners.tell(orders)
    assert list(OrderWork.objects.values_list("order", flat=True)) == [hers.pk]
    OrderWork.objects.all().delete()
    PayRule.objects.create(basis=Basis.SERVED, rate_bp=100)
    listeners.tell(orders)
    assert list(OrderWork.objects.values_list("order", flat=True)) == [served.pk, hers.pk]


@pytest.mark.parametrize("orders", [1, 3])
def test_listening_is_two_statements(orders: int, django_assert_num_queries: Any) -> None:
    ids = [make_order(make_customer()).pk for _n in range(orders)]
    with django_assert_num_queries(2):
        work.of_orders(ids)


@pytest.mark.parametrize("people", [1, 3])
def test_credits_of_a_slice_are_so_many_statements(people: int) -> None:
    link = make_link()
    orders = []
    for n in range(people):
        customer = make_customer()
        make_reading(link, make_visitor(customer), at=NOON - days(n))
        orders.append(bought(customer).pk)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        writing.write(orders, facts.gather(orders))
    assert len(queries) == STATEMENTS[connection.vendor]
    assert Conversion.objects.count() == people


def test_slices_go_on_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch, customer: Customer) -> None:
    monkeypatch.setattr(running, "SLICE", 2)
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    orders = [bought(customer) for _n in range(5)]
    run()
    assert [counted(order)[0][2] for order in orders] == [1, 2, 3, 4, 5]


def test_time_is_up_after_a_slice(monkeypatch: pytest.MonkeyPatch, customer: Customer) -> None:
    monkeypatch.setattr(running, "SLICE", 2)
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    for _n in range(3):
        bought(customer)
    assert running.run(seconds=60, progress=lambda: None, stopping=lambda: True) is False
    assert (Conversion.objects.count(), OrderWork.objects.count()) == (2, 1)
    run()
    assert Conversion.objects.count() == 3


def test_what_comes_while_a_slice_is_written_stays(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    order = bought(customer)

    def meanwhile(ids: Any) -> None:
        OrderWork.objects.create(order=order)

    with listening(meanwhile):
        running.step(claims.take(running.CLAIM))
    assert list(OrderWork.objects.values_list("order", flat=True)) == [order.pk]


def test_two_workers_do_not_work_at_once(customer: Customer) -> None:
    token = claims.take(running.CLAIM)
    with pytest.raises(claims.Held):
        running.run(seconds=60, progress=lambda: None, stopping=lambda: False)
    claims.release(running.CLAIM, token)
    run()


def test_whoever_lost_the_claim_writes_nothing(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    bought(customer)
    assert running.step("somebody else's") == 0
    assert (Conversion.objects.count(), OrderWork.objects.count()) == (0, 1)


def test_listeners_hear_of_every_order_of_a_slice(customer: Customer) -> None:
    """Of those without credits too: what was earned by them is to be taken back."""
    make_visitor(customer)
    orders = [bought(customer), bought(customer)]
    heard: list[list[int]] = []
    with listening(lambda ids: heard.append(list(ids))):
        run()
    assert heard == [[order.pk for order in orders]]


def test_a_state_moved_by_hand_is_heard_of(customer: Customer, owner: Employee) -> None:
    link = make_link()
    make_reading(link, make_visitor(customer), at=NOON - days(1))
    order = bought(customer, 100, state=OrderState.PLACED)
    run()
    assert shares_of(order) == {}
    states.move(order, to=OrderState.PAID, by=owner)
    run()
    assert shares_of(order) == {link.pk: 100}


def test_touches_that_are_read_late_are_heard_of(customer: Customer) -> None:
    link = make_link()
    order = bought(customer, 100)
    reading = make_reading(link, make_visitor(customer), at=NOON - days(1))
    before = make_order(customer, ordered_at=NOON - days(2))
    assert work.of_touches([reading.pk]) == 1
    run()
    assert (shares_of(order), shares_of(before)) == ({link.pk: 100}, {})


def test_a_window_that_was_changed_is_heard_of(customer: Customer) -> None:
    link = make_link()
    make_reading(link, make_visitor(customer), at=NOON - days(8))
    order = bought(customer, 100)
    run()
    link.campaign.view_days = 8
    link.campaign.save(update_fields=["view_days"])
    assert work.of_campaign(link.campaign) == 1
    run()
    assert shares_of(order) == {link.pk: 100}


def test_again_writes_nothing(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    bought(customer)
    run()
    before = list(Credit.objects.order_by("pk").values()), list(Conversion.objects.values())
    work.of_people([customer.pk])
    run()
    assert (list(Credit.objects.order_by("pk").values()), list(Conversion.objects.values())) == before


class listening:
    """A listener of credits for a while."""

    def __init__(self, listener: Callable[[Any], None]) -> None:
        self.listener = listener

    def __enter__(self) -> None:
        credited_listeners.register("test", self.listener)

    def __exit__(self, *_error: Any) -> None:
        del credited_listeners._entries["test"]


def test_readings_are_not_touched(customer: Customer) -> None:
    make_reading(make_link(), make_visitor(customer), at=NOON - days(1))
    before = list(TouchReading.objects.values())
    bought(customer)
    run()
    assert list(TouchReading.objects.values()) == before
