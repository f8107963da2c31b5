"""Two at the same time, on connections of their own; and a worker killed in the middle of a hand-over."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from customers.models import Customer, OwnerChange
from customers.services import owning
from customers.services.owning import acts, handing_over
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.staff import make_department, make_employee
from tests.kit import processes

pytestmark = pytest.mark.django_db(transaction=True)
Way = handing_over.Way


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Starts all at once; what each returned, or the refusal's code."""
    gate = Barrier(len(calls))

    def attempt(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=10)
            return call()
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(attempt, calls))


@pytest.fixture
def staff() -> list[Any]:
    store = make_department("滨江店")
    return [make_employee(name, Role.EMPLOYEE, department=store) for name in ("小许", "王蕾", "何莹")]


@pytest.fixture
def boss() -> Any:
    return make_employee("老板", Role.OWNER)


@pytest.mark.parametrize("run", range(5))
def test_two_claimers_never_both_get_one(staff: list[Any], run: int) -> None:
    people = [make_customer(f"客{number}").pk for number in range(20)]
    first, second, _third = staff
    said = together(
        lambda: acts.claim_these(people, by=first), lambda: acts.claim_these(list(reversed(people)), by=second)
    )
    got = [claimed.got if isinstance(claimed, acts.Claimed) else [] for claimed in said]
    assert sorted(got[0] + got[1]) == people
    assert dict(OwnerChange.objects.values_list("customer", "after")) == {
        pk: who.pk for who, pks in zip((first, second), got, strict=True) for pk in pks
    }
    assert OwnerChange.objects.count() == 20
    assert said.count("pool.taken") == 1


def test_claimed_while_it_is_assigned(staff: list[Any], boss: Any) -> None:
    one = make_customer("客")
    first, second, _third = staff
    together(
        lambda: owning.claim(Customer.objects.filter(pk=one.pk), by=first),
        lambda: owning.assign(Customer.objects.filter(pk=one.pk), to=second, by=boss, free=True),
    )
    [row] = OwnerChange.objects.all()
    one.refresh_from_db()
    assert (row.before_id, row.after_id) == (None, one.owner_id)


def test_two_hand_overs_at_once_are_one(staff: list[Any], boss: Any) -> None:
    first, second, leaver = staff
    for number in range(10):
        make_customer(f"客{number}", owner=leaver)
    plan = handing_over.plan(leaver, by=boss)

    def begin(to: Any) -> Any:
        return handing_over.carry_out(plan, Way(even=[to.pk]), by=boss, stamp=plan.stamp).state

    said = together(lambda: begin(first), lambda: begin(second))
    assert sorted(map(str, said))[0] == "done"
    assert sorted(map(str, said))[1] in {"handover.running", "handover.done"}
    assert (OwnerChange.objects.count(), Customer.objects.filter(owner=leaver).count()) == (10, 0)
    assert len(set(OwnerChange.objects.values_list("after", flat=True))) == 1


def test_a_worker_killed_in_the_middle_of_a_hand_over(staff: list[Any], boss: Any) -> None:
    first, second, leaver = staff
    Customer.objects.bulk_create([Customer(name=f"客{number}", owner=leaver) for number in range(12_000)])
    plan = handing_over.plan(leaver, by=boss)
    job = handing_over.carry_out(plan, Way(even=[first.pk, second.pk]), by=boss, stamp=plan.stamp, deactivate=True)
    assert job.state == JobRun.State.QUEUED
    with processes.manage("qcluster") as worker:
        processes.until(lambda: OwnerChange.objects.exists())
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
    processes.until(processes.server_is_quiet)
    moved = OwnerChange.objects.count()
    assert (0 < moved < 12_000, AuditEntry.objects.filter(action=handing_over.DONE).count()) == (True, 0)
    assert Customer.objects.filter(owner=leaver).count() == 12_000 - moved
    with processes.manage("qcluster"):
        processes.until(lambda: JobRun.objects.get(pk=job.pk).state == JobRun.State.DONE)
    assert [Customer.objects.filter(owner=who).count() for who in (first, second, leaver)] == [6_000, 6_000, 0]
    assert OwnerChange.objects.count() == OwnerChange.objects.values("customer").distinct().count() == 12_000
    entry = AuditEntry.objects.get(action=handing_over.DONE)
    leaver.refresh_from_db()
    assert (entry.count, leaver.is_active) == (12_000, False)
