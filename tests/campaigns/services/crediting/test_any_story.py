"""Whatever happens, in whatever order: the job says what a recomputation from the raw rows says, under each model credits
and what is unattributed are the net amount to the fen, and day by day comes to the same as all at once."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.choices import Model, TouchKind
from campaigns.models import Conversion, Credit, OrderWork
from campaigns.queries import crediting as figures
from campaigns.queries import recomputing
from campaigns.services import recognising
from campaigns.services.crediting import running, work
from customers.choices import OrderState
from customers.models import Customer, Order
from customers.services.merging import joining
from customers.services.ordering import listeners, refunding
from scrm.kit.errors import Refused
from scrm.staff.choices import Role
from tests.campaigns.services.crediting.crediting import NOON, bought
from tests.factories.campaigns import make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

PEOPLE, DEVICES, LINKS = 3, 4, 4
# Ages that meet: a week, to the second; the same moment; far off.
MOMENTS = st.sampled_from([0, 1, 3, 6, 7, 8, 29, 30, 89, 90]).flatmap(
    lambda days: st.sampled_from([-1, 0, 1]).map(lambda seconds: NOON + timedelta(days=days, seconds=seconds))
)
WHO, DEVICE, LINK, NTH = (st.integers(0, most - 1) for most in (PEOPLE, DEVICES, LINKS, 6))
ACTS = st.one_of(
    st.tuples(st.just("touch"), DEVICE, LINK, MOMENTS, st.sampled_from(TouchKind.values)),
    st.tuples(st.just("touch"), DEVICE, LINK, MOMENTS, st.sampled_from(TouchKind.values)),
    st.tuples(st.just("order"), WHO, MOMENTS, st.sampled_from([0, 1, 2, 99, 10_001, 123_457])),
    st.tuples(st.just("order"), WHO, MOMENTS, st.sampled_from([0, 1, 2, 99, 10_001, 123_457])),
    st.tuples(st.just("known"), DEVICE, WHO),
    st.tuples(st.just("refund"), NTH, st.integers(1, 100)),
    st.tuples(st.just("cancel"), NTH),
    st.tuples(st.just("merge"), WHO, WHO),
    st.tuples(st.just("undo")),
    st.tuples(st.just("job")),
)


class TestAnyStory(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.boss = make_employee("老板", Role.OWNER)
        staff = [make_employee("张伟"), make_employee("张伟"), None]
        campaigns = [make_campaign(), make_campaign(view_days=30, scan_days=90)]
        cls.links = [make_link(campaigns[n % 2], employee=staff[n % 3]) for n in range(LINKS)]

    def begin(self) -> None:
        self.people = [make_customer(f"客{n}") for n in range(PEOPLE)]
        self.devices = [make_visitor() for _n in range(DEVICES)]
        self.orders: list[Order] = []
        self.merges: list[Any] = []

    def touch(self, device: int, link: int, at: Any, kind: str) -> None:
        reading = make_reading(self.links[link], self.devices[device], at=at, kind=kind)
        work.of_touches([reading.pk])

    def order(self, who: int, at: Any, paid_fen: int) -> None:
        self.orders.append(bought(recognising.living(self.people[who].pk), paid_fen, at=at))

    def known(self, device: int, who: int) -> None:
        recognising.recognise(visitor_key=self.devices[device].key, customer=self.people[who])

    def refund(self, nth: int, percent: int) -> None:
        if nth < len(self.orders):
            order = Order.objects.get(pk=self.orders[nth].pk)
            amount = order.net_fen * percent // 100
            if amount and order.state != OrderState.CANCELLED:
                refunding.refund(order, amount_fen=amount, by=self.boss)

    def cancel(self, nth: int) -> None:
        if nth < len(self.orders):
            Order.objects.filter(pk=self.orders[nth].pk).update(state=OrderState.CANCELLED)
            listeners.tell([self.orders[nth].pk])

    def merge(self, one: int, other: int) -> None:
        keep, fold = (Customer.everyone.get(pk=self.people[n].pk) for n in (one, other))
        with suppress(Refused):  # one of them is somebody else's already
            self.merges.append(joining.carry_out(joining.plan(keep=keep, fold=fold), by=self.boss))

    def undo(self) -> None:
        if self.merges:
            joining.undo(self.merges.pop(), by=self.boss)

    def job(self) -> None:
        assert running.run(seconds=60, progress=lambda: None, stopping=lambda: False)
        assert recomputing.differences() == []

    @settings(max_examples=25, deadline=None)
    @given(st.lists(ACTS, max_size=30))
    def test_job_is_recomputation_and_sums_are_exact(self, acts: list[tuple[Any, ...]]) -> None:
        self.begin()
        for name, *what in acts:
            act: Callable[..., None] = getattr(self, name)
            act(*what)
        self.job()
        first, last = NOON.date() - timedelta(days=1), NOON.date() + timedelta(days=100)
        net = figures.net_of(figures.orders_within(first, last))
        assert net == sum(o.net_fen for o in Order.objects.exclude(state=OrderState.CANCELLED))
        nobodys = figures.net_of(figures.unattributed_orders(first, last))
        for model in Model:
            for by in ("link", "employee", "channel", "campaign"):
                found = figures.net_by(model, by=by, first=first, last=last)
                assert (sum(found.values()), found[None]) == (net, nobodys)
        before = stored()
        Credit.objects.all().delete()
        Conversion.objects.all().delete()
        OrderWork.objects.bulk_create([OrderWork(order=order) for order in Order.objects.all()])
        self.job()
        assert stored() == before


def stored() -> tuple[list[Any], list[Any]]:
    credits = Credit.objects.order_by("order", "link", "model")
    conversions = Conversion.objects.order_by("order", "campaign")
    return (
        list(credits.values_list("order", "link", "model", "share_fen", "campaign", "employee", "channel", "day")),
        list(conversions.values_list("order", "campaign", "customer", "net_fen", "at", "day", "number")),
    )
