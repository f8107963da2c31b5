"""More people than a request takes: by the worker, in slices that may die."""

from datetime import datetime

import pytest

from customers.models import Customer, OwnerChange, Task
from customers.services.owning import acts, mass, moving
from scrm.kit import jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_slices(monkeypatch, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path / "private"
    monkeypatch.setattr(acts, "IN_REQUEST", 2)
    monkeypatch.setattr(moving, "SLICE", 2)
    monkeypatch.setattr(mass, "SECONDS", -1)


@pytest.fixture
def wang(shop):
    return make_employee("王蕾", Role.EMPLOYEE, department=shop.binjiang)


@pytest.fixture
def crowd(shop):
    return [make_customer(f"客{number}", store=shop.binjiang) for number in range(5)]


def kept(settings):
    return [path for path in settings.PRIVATE_DIR.rglob("*") if path.is_file()]


def got(*who):
    return [Customer.objects.filter(owner=employee).count() for employee in who]


def test_shared_out_evenly_over_all_slices(owner, employee, wang, crowd, settings):
    job, people = mass.order(Customer.objects.filter(owner=None), [wang, employee], act=acts.SHARED, by=owner, note="新店")
    make_customer("后来")
    assert (people, jobs.drain()) == (5, 4)
    first, second = sorted([employee, wang], key=lambda who: who.pk)
    assert got(first, second) == [3, 2]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.count) == ("owner.shared_out", owner, 5)
    assert entry.detail["to"] == [f"{first.name} 3", f"{second.name} 2"]
    assert {(row.how, row.note) for row in OwnerChange.objects.all()} == {("shared_out", "新店")}
    job.refresh_from_db()
    assert (job.state, kept(settings), Task.objects.count()) == ("done", [], 5)


def test_assigned_to_one(owner, employee, wang, crowd):
    Customer.objects.filter(pk=crowd[0].pk).update(owner=employee)
    mass.order(Customer.objects.all(), [wang], act=acts.ASSIGNED, by=owner)
    jobs.drain()
    entry = AuditEntry.objects.get()
    assert (got(wang), entry.count, entry.object_id) == ([5], 5, str(wang.pk))


def test_given_back_to_the_pool(owner, employee, crowd, settings):
    Customer.objects.filter(pk__in=[one.pk for one in crowd[:3]]).update(owner=employee)
    mass.order(Customer.objects.all(), [], act=acts.RELEASED, by=owner, note="离职")
    jobs.drain()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.count, entry.object_id) == ("owner.released", owner, 3, "")
    assert (got(employee), kept(settings)) == ([0], [])
    assert {(row.before, row.after, row.how, row.note) for row in OwnerChange.objects.all()} == {(employee, None, "released", "离职")}


def test_from_the_pool_whoever_was_taken_meanwhile_stays(owner, employee, wang, crowd):
    mass.order(Customer.objects.filter(owner=None), [wang], act=acts.ASSIGNED, by=owner, free=True)
    Customer.objects.filter(pk=crowd[3].pk).update(owner=employee)
    jobs.drain()
    assert (got(wang, employee), OwnerChange.objects.count()) == ([4, 1], 4)


def test_a_slice_done_twice_counts_once(owner, employee, wang, crowd):
    job, _people = mass.order(Customer.objects.all(), [wang, employee], act=acts.SHARED, by=owner)
    onward = mass.step(*job.args)
    assert onward is not None and onward[2] == 2
    # Written, and the worker died before it said so.
    assert mass.step(*job.args) == onward
    jobs.drain()
    assert (sorted(got(wang, employee)), OwnerChange.objects.count(), AuditEntry.objects.get().count) == ([2, 3], 5, 5)


def test_the_end_done_twice_is_told_once(owner, wang, crowd):
    job, _people = mass.order(Customer.objects.all(), [wang], act=acts.ASSIGNED, by=owner)
    by, what = owner, job.args[1]
    jobs.drain()
    mass._end(what, by=by, at=datetime.fromisoformat(what["at"]))
    assert (AuditEntry.objects.count(), Task.objects.count()) == (1, 5)


def test_who_lost_the_right_meanwhile_moves_nobody_more(manager, wang, crowd, settings):
    job, _people = mass.order(Customer.objects.all(), [wang], act=acts.ASSIGNED, by=manager)
    jobs.run(job.pk)
    manager.role = Role.EMPLOYEE
    manager.save(update_fields=["role"])
    jobs.drain()
    entry = AuditEntry.objects.get()
    assert (got(wang), entry.count, entry.detail) == ([2], 2, {"broken_off": True})
    assert (JobRun.objects.get().error, kept(settings)) == ("Refused: owner.assign_not_allowed", [])


def test_refused_before_anything_is_queued(owner, agency, crowd, settings):
    with pytest.raises(Refused) as no:
        mass.order(Customer.objects.all(), [agency], act=acts.ASSIGNED, by=owner)
    assert (no.value.code, JobRun.objects.count(), kept(settings)) == ("owner.agency", 0, [])
