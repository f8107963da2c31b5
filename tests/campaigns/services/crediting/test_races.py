"""Two at the same time, on connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction

from campaigns.models import Conversion, OrderWork, Visitor
from campaigns.queries import recomputing
from campaigns.services.binding import bind
from campaigns.services.crediting import running, work
from campaigns.services.recognising import recognise
from customers.models import Customer, OwnerChange
from customers.services.merging import joining
from scrm.kit import claims
from scrm.kit.errors import Refused
from scrm.staff.choices import Role
from tests.campaigns.services.crediting.crediting import NOON, bought, days, run
from tests.factories.campaigns import make_link, make_reading, make_visitor
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    gate = Barrier(len(calls))

    def attempt(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=10)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(attempt, calls))


def job() -> bool:
    try:
        return running.run(seconds=60, progress=lambda: None, stopping=lambda: False)
    except claims.Held:
        return False


def test_two_workers_credit_each_order_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SLICE", 7)
    link = make_link()
    orders = []
    for n in range(20):
        customer = make_customer()
        make_reading(link, make_visitor(customer), at=NOON - days(1))
        orders += [bought(customer, 100 + n), bought(customer, 100 + n)]
    assert True in together(job, job)
    run()
    assert Conversion.objects.count() == 40


@pytest.mark.parametrize("nth", range(2))
def test_merges_and_their_undo_while_the_job_runs(monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    monkeypatch.setattr(running, "SLICE", 3)
    boss = make_employee("老板", Role.OWNER)
    one, other = make_link(), make_link()
    pairs = []
    for _n in range(6):
        keep, fold = make_customer("甲"), make_customer("乙")
        make_reading(one, make_visitor(keep), at=NOON - days(2))
        make_reading(other, make_visitor(fold), at=NOON - days(1))
        for person in (keep, fold):
            bought(person, 100)
        pairs.append((keep.pk, fold.pk))

    def merge() -> None:
        for number, (keep, fold) in enumerate(pairs):
            people = Customer.objects.in_bulk([keep, fold])
            while True:
                try:
                    done = joining.carry_out(joining.plan(keep=people[keep], fold=people[fold]), by=boss)
                    break
                except Refused as refused:
                    assert refused.code == "merge.stale"  # its conversions came in between plan and deed
            if number % 2:
                joining.undo(done, by=boss)

    def credit() -> None:
        for _n in range(15):
            job()
            work.of_people([pk for pair in pairs for pk in pair])

    together(merge, credit)
    run()
    assert (recomputing.differences(), OrderWork.objects.count()) == ([], 0)


def test_one_browser_two_people_at_once() -> None:
    visitor = make_visitor()
    people = [make_customer("甲"), make_customer("乙")]
    found = together(*(lambda one=one: recognise(visitor_key=visitor.key, customer=one) for one in people))
    assert {row.customer_id for row in found} == {person.pk for person in people}
    assert [row.pk for row in found].count(visitor.pk) == 1
    assert Visitor.objects.count() == 2


def test_two_links_at_once_give_her_to_one() -> None:
    staff = [make_employee(), make_employee()]
    customer = make_customer()
    links = [make_link(employee=employee) for employee in staff]
    said = together(*(lambda link=link: bind(customer=customer, link=link, is_new=True) for link in links))
    assert sorted(row.outcome for row in said) == ["bound", "taken"]
    assert OwnerChange.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_who_was_merged_between_look_and_lock_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the job would hold the folded one and wait for the kept one, and an undo the other way round."""
    keep, fold = make_customer("甲"), make_customer("乙")
    order = bought(keep, 100)
    looks = [{fold.pk}, {keep.pk}, {keep.pk}]
    monkeypatch.setattr(running, "_people_of", lambda order_ids: looks.pop(0))

    def free() -> set[int]:
        with transaction.atomic():
            rows = Customer.objects.select_for_update(skip_locked=True).order_by("pk")
            return set(rows.values_list("pk", flat=True))

    with transaction.atomic():
        running.credit([order.pk])
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: (free(), connections.close_all())[0]).result() == {fold.pk}
    assert looks == []
