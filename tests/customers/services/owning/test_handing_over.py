"""One employee's customers and open work to others: plan, confirm, do; in slices that may die."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.choices import AppointmentState, RelationHow, Side, TaskReason, TaskState
from customers.models import Appointment, Customer, OwnerChange, Relation, Task
from customers.services.owning import handing_over, moving, telling
from scrm.kit import clock, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.orders import credit, make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
Way = handing_over.Way


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def he(shop):
    """Who leaves."""
    return make_employee("何莹", Role.EMPLOYEE, department=shop.binjiang)


@pytest.fixture
def wang(shop):
    return make_employee("王蕾", Role.EMPLOYEE, department=shop.binjiang)


@pytest.fixture
def zhao(shop):
    return make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)


def task(customer, employee, reason=TaskReason.FOLLOW_UP, **fields):
    return Task.objects.create(customer=customer, employee=employee, reason=reason, due_at=clock.now(), **fields)


def booked(customer, employee, days=1, **fields):
    return Appointment.objects.create(
        customer=customer, employee=employee, starts_at=clock.now() + timedelta(days=days), **fields
    )


@pytest.fixture
def work(he, wang, shop):
    """Five customers (one archived), of two stores and of none; agreed work of hers and for a colleague's customer."""
    hers = [
        make_customer("甲", owner=he, store=shop.binjiang),
        make_customer("乙", owner=he, store=shop.binjiang),
        make_customer("丙", owner=he, store=shop.xihu),
        make_customer("丁", owner=he),
        make_customer("旧", owner=he, store=shop.binjiang, archived_at=clock.now()),
    ]
    foreign = make_customer("王的", owner=wang, store=shop.binjiang)
    task(hers[0], he)
    task(hers[1], he, TaskReason.BAD_FEELING)
    task(hers[2], he, TaskReason.ASSIGNED)
    task(hers[2], he, state=TaskState.DONE, done_at=clock.now())
    task(foreign, he, TaskReason.OTHER)
    booked(hers[0], he)
    booked(hers[1], he, days=-1)
    booked(hers[2], he, state=AppointmentState.CANCELLED)
    booked(foreign, he, days=3)
    booked(hers[3], wang)
    Relation.objects.create(employee=he, customer=hers[0], remark="小甲", how=RelationHow.SCANNED)
    Relation.objects.create(employee=he, customer=hers[1], deleted_by=Side.CUSTOMER, deleted_at=clock.now())
    return hers


def owners_now():
    return dict(Customer.everyone.order_by("pk").values_list("name", "owner__name"))


def begin(leaver, way, by, **more):
    plan = handing_over.plan(leaver, by=by)
    return handing_over.carry_out(plan, way, by=by, **{"stamp": plan.stamp, **more})


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as no:
        call(*args, **kwargs)
    assert str(no.value) != no.value.code
    return no.value.code


def test_the_plan_counts_what_hangs_on_her(owner, he, work, shop):
    plan = handing_over.plan(he, by=owner)
    stores = {name: count for _pk, name, count in plan.stores}
    assert (plan.customers, plan.archived, stores) == (5, 1, {"滨江店": 3, "西湖店": 1, "": 1})
    # Newly assigned is no work of its own; a booking of yesterday and a cancelled one need nobody.
    assert (plan.tasks, plan.agreed, plan.appointments, plan.contacts) == (3, 1, 2, 1)


def test_evenly_with_all_open_work(owner, he, wang, employee, work):
    job = begin(he, Way(even=[wang.pk, employee.pk]), owner, note="离职交接")
    assert (job.state, Customer.everyone.filter(owner=he).count()) == ("done", 0)
    # Of 小许 and 王蕾, by id: in turns.
    first, second = sorted([wang, employee], key=lambda who: who.pk)
    names = [first.name, second.name, first.name, second.name, first.name]
    assert owners_now() == dict(zip("甲乙丙丁旧", names, strict=True)) | {"王的": "王蕾"}
    rows = OwnerChange.objects.order_by("pk")
    assert {(row.before, row.how, row.note, row.by) for row in rows} == {(he, "handed_over", "离职交接", owner)}
    assert len({row.at for row in rows}) == 1
    assert Task.objects.open().filter(employee=he).count() == 0
    assert Task.objects.get(customer__name="甲", reason=TaskReason.FOLLOW_UP).employee == first
    assert Task.objects.get(customer__name="乙", reason=TaskReason.BAD_FEELING).employee == second
    assert Task.objects.get(customer__name="丙", employee=he, reason=TaskReason.ASSIGNED).state == TaskState.DROPPED
    assert Task.objects.get(customer__name="丙", state=TaskState.DONE).employee == he
    # Newly assigned for the four who are not archived.
    assert Task.objects.filter(key__startswith="assigned:").count() == 4
    assert Appointment.objects.get(customer__name="甲").employee == first
    assert Appointment.objects.get(customer__name="乙").employee == he
    assert Appointment.objects.get(customer__name="丁").employee == wang
    assert Appointment.objects.filter(customer__name="王的", employee=he).count() == 0
    entry = AuditEntry.objects.get(action=handing_over.DONE)
    assert (entry.actor, entry.object_id, entry.count) == (owner, str(he.pk), 5)
    assert (entry.detail["tasks"], entry.detail["appointments"]) == (3, 2)
    assert entry.detail["to"] == [f"{first.name} 3", f"{second.name} 2"]
    assert [sum(column) for column in list(zip(*entry.detail["_got"], strict=True))[1:4]] == [5, 3, 2]


def test_by_store(owner, he, wang, zhao, employee, work, shop):
    way = Way(stores={shop.binjiang.pk: wang.pk, shop.xihu.pk: zhao.pk, 0: employee.pk})
    plan = handing_over.plan(he, by=owner)
    assert {who.name: count for who, count in handing_over.shares(plan, way, by=owner)} == {"王蕾": 3, "赵倩": 1, "小许": 1}
    begin(he, way, owner)
    assert owners_now() == {"甲": "王蕾", "乙": "王蕾", "丙": "赵倩", "丁": "小许", "旧": "王蕾", "王的": "王蕾"}
    assert Customer.objects.get(name="丁").store == shop.binjiang
    assert Task.objects.get(customer__name="王的").employee == wang


def test_what_each_would_get(owner, he, wang, employee, work):
    plan = handing_over.plan(he, by=owner)
    told = handing_over.shares(plan, Way(even=[wang.pk, employee.pk]), by=owner)
    assert [count for _who, count in told] == [3, 2]


def test_credits_and_contacts_stay_with_her(owner, he, wang, work):
    order = make_order(work[0])
    credit(order, he)
    begin(he, Way(even=[wang.pk]), owner)
    assert [row.employee for row in order.credits.all()] == [he]
    assert set(Relation.objects.values_list("employee", flat=True)) == {he.pk}


class TestRefused:
    def test_to_herself_to_who_left_to_an_agency_to_another_department(self, owner, manager, he, wang, zhao, agency, work):
        gone = make_employee("走了", Role.EMPLOYEE, department=wang.department, is_active=False)
        codes = {
            name: code_of(begin, he, Way(even=[wang.pk, who.pk]), by)
            for name, who, by in [
                ("self", he, owner), ("left", gone, owner), ("agency", agency, owner), ("foreign", zhao, manager),
            ]
        }  # fmt: skip
        assert codes == {
            "self": "handover.self", "left": "owner.left", "agency": "owner.agency", "foreign": "owner.not_yours",
        }  # fmt: skip
        assert code_of(begin, he, Way(), owner) == "owner.nobody"
        assert (JobRun.objects.count(), OwnerChange.objects.count()) == (0, 0)

    def test_whom_one_may_hand_over(self, owner, operator, manager, employee, agency, he, zhao, work):
        make_customer("赵的", owner=zhao)
        may = {who.name: handing_over.may_hand_over(who, he) for who in (owner, operator, manager, employee, agency)}
        assert may == {"钱总": True, "孙运营": True, "李店长": True, "小许": False, "外包阿强": False}
        assert code_of(handing_over.plan, zhao, by=manager) == "handover.not_yours"
        assert code_of(handing_over.plan, he, by=employee) == "handover.not_yours"

    def test_a_plan_that_went_stale(self, owner, he, wang, work):
        plan = handing_over.plan(he, by=owner)
        for change in (
            lambda: make_customer("新来", owner=he),
            lambda: task(work[0], he, TaskReason.OTHER),
            lambda: booked(work[0], he),
            lambda: Customer.objects.filter(pk=work[0].pk).update(owner=wang),
        ):
            plan = handing_over.plan(he, by=owner)
            change()
            assert code_of(handing_over.carry_out, plan, Way(even=[wang.pk]), by=owner, stamp=plan.stamp) == "handover.stale"
        assert JobRun.objects.count() == 0

    def test_nothing_to_hand_over(self, owner, he, wang):
        assert code_of(begin, he, Way(even=[wang.pk]), owner) == "handover.nothing"

    def test_a_store_that_nobody_takes(self, owner, he, wang, work, shop):
        assert code_of(begin, he, Way(stores={shop.binjiang.pk: wang.pk}), owner) == "handover.store"

    def test_a_second_one_while_it_runs(self, owner, operator, he, wang, work, monkeypatch):
        monkeypatch.setattr(handing_over, "IN_REQUEST", 0)
        job = begin(he, Way(even=[wang.pk]), owner)
        assert job.state == JobRun.State.QUEUED
        assert code_of(begin, he, Way(even=[wang.pk]), operator) == "handover.running"
        jobs.drain()
        assert code_of(begin, he, Way(even=[wang.pk]), operator) == "handover.done"


class TestLeaving:
    def test_she_is_deactivated_at_the_end(self, owner, he, wang, work):
        begin(he, Way(even=[wang.pk]), owner, deactivate=True)
        he.refresh_from_db()
        assert (he.is_active, he.left_on) == (False, clock.today())
        assert set(AuditEntry.objects.values_list("action", flat=True)) == {"staff.deactivate", "owner.handed_over"}

    def test_only_by_who_keeps_the_accounts_and_never_oneself(self, owner, operator, he, wang, work):
        assert code_of(begin, he, Way(even=[wang.pk]), operator, deactivate=True) == "handover.no_account"
        make_customer("老板的", owner=owner)
        assert code_of(begin, owner, Way(even=[wang.pk]), owner, deactivate=True) == "employee.self"
        assert Customer.everyone.filter(owner=he).count() == 5

    def test_somebody_who_left_before_is_handed_over_too(self, owner, he, wang, work):
        he.is_active = False
        he.save(update_fields=["is_active"])
        begin(he, Way(even=[wang.pk]), owner, deactivate=True)
        assert Customer.everyone.filter(owner=he).count() == 0


@pytest.fixture
def slow(monkeypatch):
    """Always by the worker, two people a slice, one slice a task."""
    monkeypatch.setattr(handing_over, "IN_REQUEST", 0)
    monkeypatch.setattr(handing_over, "SECONDS", -1)
    monkeypatch.setattr(moving, "SLICE", 2)


class TestMany:
    def test_in_slices(self, owner, he, wang, employee, shop, slow):
        people = [make_customer(f"客{n}", owner=he, store=shop.binjiang) for n in range(7)]
        begin(he, Way(even=[wang.pk, employee.pk]), owner)
        assert jobs.drain() == 5
        got = sorted(Customer.objects.filter(owner=who).count() for who in (wang, employee))
        assert (got, OwnerChange.objects.count(), len(people)) == ([3, 4], 7, 7)
        assert AuditEntry.objects.filter(action=handing_over.DONE).count() == 1

    def test_repeated_it_doubles_nothing(self, owner, he, wang, employee, shop, slow):
        for number in range(5):
            make_customer(f"客{number}", owner=he, store=shop.binjiang)
        job = begin(he, Way(even=[wang.pk, employee.pk]), owner)
        [what] = job.args
        # The slice is written, the worker dies before it says so: the same slice is asked for again.
        assert (handing_over.step(what), handing_over.step(what), handing_over.step(what)) == (False, False, False)
        assert handing_over.step(what) is True
        assert handing_over.step(what) is True
        jobs.drain()
        assert sorted(Customer.objects.filter(owner=who).count() for who in (wang, employee)) == [2, 3]
        assert (OwnerChange.objects.count(), Task.objects.count()) == (5, 5)
        assert AuditEntry.objects.filter(action=handing_over.DONE).count() == 1

    def test_a_successor_who_leaves_meanwhile_gets_nobody_more(self, owner, operator, he, wang, work, slow):
        job = begin(he, Way(even=[wang.pk]), owner)
        jobs.run(job.pk)
        wang.is_active = False
        wang.save(update_fields=["is_active"])
        jobs.drain()
        job.refresh_from_db()
        assert (job.state, job.error) == ("failed", "Refused: owner.left")
        assert Customer.everyone.filter(owner=he).count() == 3
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.count, entry.object_id) == (handing_over.BROKEN_OFF, 2, str(he.pk))
        # The rest is still hers and goes with a new hand-over.
        begin(he, Way(even=[operator.pk]), owner)
        jobs.drain()
        assert Customer.everyone.filter(owner=he).count() == 0

    def test_more_than_a_list_of_things_to_do(self, owner, he, wang, employee, shop, monkeypatch):
        monkeypatch.setattr(telling, "TASKS_AT_ONCE", 2)
        for number in range(5):
            make_customer(f"客{number}", owner=he, store=shop.binjiang)
        begin(he, Way(even=[wang.pk, employee.pk]), owner)
        first, second = sorted([wang, employee], key=lambda who: who.pk)
        assert [Task.objects.filter(employee=who).count() for who in (first, second)] == [0, 2]
