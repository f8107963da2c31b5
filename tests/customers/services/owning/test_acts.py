"""Who looks after whom: assigned, shared out, claimed, given back; and what goes with it."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.choices import OwnerHow, TaskReason, TaskState
from customers.models import Customer, OwnerChange, Task
from customers.queries import owners
from customers.services import owning, people
from customers.services.owning import acts, telling
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def wang(shop):
    return make_employee("王蕾", Role.EMPLOYEE, department=shop.binjiang)


@pytest.fixture
def zhao(shop):
    return make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)


def crowd(count, **fields):
    return [make_customer(f"客{number}", **fields) for number in range(count)]


def owners_now():
    return dict(Customer.objects.order_by("pk").values_list("name", "owner__name"))


def changes():
    return list(OwnerChange.objects.order_by("pk").values_list("customer__name", "before__name", "after__name", "how", "note"))


def told():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "object_type", "object_id", "count", "detail"))


def make_task(customer, employee, reason=TaskReason.FOLLOW_UP, **fields):
    return Task.objects.create(
        customer=customer, employee=employee, reason=reason, due_at=clock.now() + timedelta(hours=3), **fields
    )


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as no:
        call(*args, **kwargs)
    assert str(no.value) != no.value.code
    return no.value.code


EVERYONE = Customer.objects.order_by("pk")


class TestAssign:
    def test_it_writes_owner_row_task_and_one_line(self, owner, wang, employee, shop):
        _a, b, c = crowd(3, store=shop.binjiang)
        Customer.objects.filter(pk=b.pk).update(owner=employee)
        Customer.objects.filter(pk=c.pk).update(owner=wang)
        assert owning.assign(EVERYONE.all(), to=wang, by=owner, note=" 小许\n休产假 ") == 2
        assert owners_now() == {"客0": "王蕾", "客1": "王蕾", "客2": "王蕾"}
        assert changes() == [
            ("客0", None, "王蕾", "assigned", "小许 休产假"),
            ("客1", "小许", "王蕾", "assigned", "小许 休产假"),
        ]
        assert told() == [("owner.assigned", "staff.employee", str(wang.pk), 2, {"to": ["王蕾 2"]})]
        rows = OwnerChange.objects.order_by("pk")
        assert list(Task.objects.order_by("pk").values_list("customer", "employee", "reason", "key", "about", "state")) == [
            (row.customer_id, wang.pk, "assigned", f"assigned:{row.pk}", "小许 休产假", "open") for row in rows
        ]
        assert {task.due_at for task in Task.objects.all()} == {clock.end_of(clock.today()) - timedelta(seconds=1)}
        assert {row.by_id for row in rows} == {owner.pk}

    def test_nobody_moves_twice(self, owner, wang):
        crowd(2)
        assert owning.assign(EVERYONE.all(), to=wang, by=owner) == 2
        assert owning.assign(EVERYONE.all(), to=wang, by=owner) == 0
        assert (OwnerChange.objects.count(), AuditEntry.objects.count(), Task.objects.count()) == (2, 1, 2)

    def test_one_person_is_told_as_an_edit_too(self, owner, wang):
        [a] = crowd(1)
        owning.assign(EVERYONE.all(), to=wang, by=owner)
        assert list(a.history.order_by("history_id").values_list("owner", "history_user", "history_change_reason")) == [
            (None, None, None),
            (wang.pk, owner.pk, ""),
        ]
        assert told() == [("owner.assigned", "customers.customer", str(a.pk), 1, {"to": ["王蕾 1"]})]

    def test_many_write_no_history(self, owner, wang):
        crowd(2)
        owning.assign(EVERYONE.all(), to=wang, by=owner)
        assert Customer.history.filter(owner=wang).count() == 0

    def test_a_task_each_for_twenty_and_none_for_more(self, owner, wang, employee):
        assert telling.TASKS_AT_ONCE == 20
        crowd(20)
        owning.assign(EVERYONE.all(), to=wang, by=owner)
        assert Task.objects.filter(employee=wang, reason=TaskReason.ASSIGNED).count() == 20
        crowd(1)
        owning.assign(EVERYONE.all(), to=employee, by=owner)
        assert Task.objects.filter(employee=employee).count() == 0
        assert owners.newly(Customer.objects.all(), employee).count() == 21

    def test_to_oneself_makes_no_task(self, manager, shop):
        crowd(2, store=shop.binjiang)
        owning.assign(EVERYONE.all(), to=manager, by=manager)
        assert (Task.objects.count(), OwnerChange.objects.count()) == (0, 2)

    def test_archived_merged_and_erased_people_stay(self, owner, wang):
        a, b, c, d = crowd(4)
        Customer.objects.filter(pk=b.pk).update(archived_at=clock.now())
        Customer.objects.filter(pk=c.pk).update(merged_into=a)
        Customer.objects.filter(pk=d.pk).update(erased_at=clock.now())
        assert owning.assign(Customer.everyone.all(), to=wang, by=owner) == 1
        assert list(Customer.everyone.exclude(owner=None)) == [a]

    def test_free_leaves_who_has_somebody(self, owner, wang, employee):
        crowd(2)
        make_customer("有人", owner=employee)
        assert owning.assign(EVERYONE.all(), to=wang, by=owner, free=True) == 2
        assert owners_now()["有人"] == "小许"

    def test_more_than_a_request_takes(self, owner, wang, monkeypatch):
        monkeypatch.setattr(acts, "IN_REQUEST", 2)
        crowd(3)
        assert code_of(owning.assign, EVERYONE.all(), to=wang, by=owner) == "owner.too_many"
        assert OwnerChange.objects.count() == 0


class TestStore:
    def test_who_has_none_takes_that_of_the_new_owner(self, owner, wang, zhao, shop):
        nowhere, there = make_customer("无店"), make_customer("有店", store=shop.xihu)
        owning.assign(EVERYONE.all(), to=wang, by=owner)
        nowhere.refresh_from_db()
        there.refresh_from_db()
        assert (nowhere.store, there.store) == (shop.binjiang, shop.xihu)

    def test_head_office_is_no_store(self, owner, operator):
        [a] = crowd(1)
        owning.assign(EVERYONE.all(), to=owner, by=operator)
        a.refresh_from_db()
        assert (a.owner, a.store) == (owner, None)


class TestTargets:
    @pytest.mark.parametrize("act", ["assign", "share_out"])
    def test_who_is_refused(self, owner, manager, employee, agency, wang, zhao, act, shop):
        crowd(2, store=shop.binjiang)

        def give(to, by):
            if act == "assign":
                return owning.assign(EVERYONE.all(), to=to, by=by)
            return owning.share_out(EVERYONE.all(), among=[wang, to], by=by)

        gone = make_employee("何莹", Role.EMPLOYEE, department=shop.binjiang, is_active=False)
        assert code_of(give, gone, owner) == "owner.left"
        assert code_of(give, agency, owner) == "owner.agency"
        assert code_of(give, zhao, manager) == "owner.not_yours"
        assert code_of(give, wang, employee) == "owner.assign_not_allowed"
        assert code_of(give, wang, agency) == "owner.assign_not_allowed"
        assert (OwnerChange.objects.count(), AuditEntry.objects.count(), Task.objects.count()) == (0, 0, 0)

    def test_nobody_chosen(self, owner):
        assert code_of(owning.share_out, EVERYONE.all(), among=[], by=owner) == "owner.nobody"

    def test_a_manager_moves_whom_she_sees_and_the_pool_near_her(self, manager, wang, zhao, shop):
        make_customer("本店", store=shop.binjiang)
        make_customer("无店")
        make_customer("她店", store=shop.xihu)
        make_customer("她店有主", store=shop.xihu, owner=zhao)
        make_customer("无店有主", owner=zhao)
        make_customer("她店本人", store=shop.xihu, owner=wang)
        assert owning.assign(EVERYONE.all(), to=manager, by=manager) == 3
        assert {name for name, who in owners_now().items() if who == "李店长"} == {"本店", "无店", "她店本人"}

    def test_the_system_itself_needs_no_right(self, wang):
        crowd(1)
        assert owning.assign(EVERYONE.all(), to=wang, by=None) == 1
        assert Task.objects.get().created_by is None


class TestWork:
    def test_open_tasks_of_the_former_owner_go_along(self, owner, employee, manager, wang, shop):
        [a] = crowd(1, owner=employee, store=shop.binjiang)
        agreed, done = make_task(a, employee), make_task(a, employee, state=TaskState.DONE, done_at=clock.now())
        complaint = make_task(a, manager, TaskReason.BAD_FEELING)
        owning.assign(EVERYONE.all(), to=wang, by=owner)
        for task in (agreed, done, complaint):
            task.refresh_from_db()
        assert (agreed.employee, done.employee, complaint.employee) == (wang, employee, manager)

    def test_newly_assigned_of_the_former_owner_is_dropped(self, owner, employee, wang):
        crowd(2)
        owning.assign(EVERYONE.all(), to=employee, by=owner)
        owning.assign(EVERYONE.all(), to=wang, by=owner)
        by_state = list(Task.objects.order_by("pk").values_list("employee__name", "state", "done_by__name"))
        assert by_state == [("小许", "dropped", "钱总")] * 2 + [("王蕾", "open", None)] * 2

    def test_given_back_the_work_falls_to_who_gave_back_and_returns_with_the_next_owner(self, manager, employee, wang, shop):
        [a] = crowd(1, owner=employee, store=shop.binjiang)
        agreed, complaint = make_task(a, employee), make_task(a, employee, TaskReason.BAD_FEELING)
        assert owning.release(EVERYONE.all(), by=manager, note="联系不上") == 1
        for task in (agreed, complaint):
            task.refresh_from_db()
        assert (agreed.employee, complaint.employee) == (manager, manager)
        assert owning.claim(EVERYONE.all(), by=wang) == owning.Claimed([a.pk])
        for task in (agreed, complaint):
            task.refresh_from_db()
        assert (agreed.employee, complaint.employee) == (wang, manager)


class TestRelease:
    def test_back_into_the_pool(self, owner, employee, shop):
        crowd(2, owner=employee, store=shop.binjiang)
        crowd(1)
        assert owning.release(EVERYONE.all(), by=owner, note="离职") == 2
        assert changes() == [("客0", "小许", None, "released", "离职"), ("客1", "小许", None, "released", "离职")]
        assert told() == [("owner.released", "", "", 2, {})]
        assert owners.pool_of(owner).count() == 3

    def test_only_with_the_right(self, employee):
        crowd(1, owner=employee)
        assert code_of(owning.release, EVERYONE.all(), by=employee) == "owner.assign_not_allowed"


class TestShareOut:
    def test_evenly_in_turns_the_first_ones_get_the_rest(self, owner, employee, wang, zhao):
        crowd(5)
        assert owning.share_out(EVERYONE.all(), among=[zhao, employee, wang], by=owner) == {
            employee.pk: 2, wang.pk: 2, zhao.pk: 1,
        }  # fmt: skip
        assert list(owners_now().values()) == ["小许", "王蕾", "赵倩", "小许", "王蕾"]
        assert told() == [("owner.shared_out", "", "", 5, {"to": ["小许 2", "王蕾 2", "赵倩 1"]})]
        assert set(OwnerChange.objects.values_list("how", flat=True)) == {OwnerHow.SHARED_OUT}
        assert Task.objects.filter(reason=TaskReason.ASSIGNED).count() == 5

    def test_who_has_somebody_meanwhile_is_left_out_and_the_rest_is_even(self, owner, employee, wang):
        people = crowd(5)
        Customer.objects.filter(pk__in=[people[0].pk, people[2].pk]).update(owner=owner)
        assert owning.share_out(EVERYONE.all(), among=[employee, wang], by=owner) == {employee.pk: 2, wang.pk: 1}

    def test_nobody_to_share_out_is_told_nowhere(self, owner, wang):
        assert owning.share_out(EVERYONE.all(), among=[wang], by=owner) == {wang.pk: 0}
        assert AuditEntry.objects.count() == 0


class TestClaim:
    def test_from_the_pool_for_oneself(self, employee, shop):
        a, b = crowd(2, store=shop.binjiang)
        assert owning.claim(EVERYONE.all(), by=employee) == owning.Claimed([a.pk, b.pk])
        assert changes() == [("客0", None, "小许", "claimed", ""), ("客1", None, "小许", "claimed", "")]
        assert told() == [("owner.claimed", "", "", 2, {})]
        assert Task.objects.count() == 0

    def test_the_slower_one_is_told_by_name(self, employee, wang, shop):
        a, b = (make_customer(name, store=shop.binjiang) for name in ("王小娟", "李小明"))
        wanted = [a.pk, b.pk]
        owning.claim(Customer.objects.filter(pk=a.pk), by=wang)
        claimed = acts.claim_these(wanted, by=employee)
        assert (claimed.got, claimed.lost) == ([b.pk], [("王*娟", "王蕾")])
        assert claimed.said() == "王*娟 (now with 王蕾)"
        with pytest.raises(Refused) as no:
            acts.claim_these([a.pk], by=employee)
        assert (no.value.code, no.value.detail) == ("pool.taken", {"lost": [("王*娟", "王蕾")]})
        assert "王*娟 (now with 王蕾)" in str(no.value)

    def test_a_foreign_stores_people_are_neither_taken_nor_told(self, employee, zhao, shop):
        free = make_customer("别店", store=shop.xihu)
        taken = make_customer("别店有主", store=shop.xihu, owner=zhao)
        assert code_of(acts.claim_these, [free.pk, taken.pk, 999999], by=employee) == "pool.gone"
        assert OwnerChange.objects.count() == 0

    def test_no_more_than_one_can_call(self, employee, shop, monkeypatch):
        monkeypatch.setattr(acts, "CLAIM_AT_ONCE", 2)
        crowd(3, store=shop.binjiang)
        assert code_of(owning.claim, EVERYONE.all(), by=employee) == "pool.too_many"

    def test_who_may_not(self, agency, employee, shop):
        crowd(1, store=shop.binjiang)
        assert code_of(owning.claim, EVERYONE.all(), by=agency) == "owner.claim_not_allowed"
        employee.is_active = False
        assert code_of(owning.claim, EVERYONE.all(), by=employee) == "owner.claim_not_allowed"


def test_the_pool_of_each_role(everyone, shop):
    for store in ("binjiang", "xihu", "online"):
        make_customer(store, store=getattr(shop, store))
    make_customer("nowhere")
    make_customer("taken", owner=everyone[Role.EMPLOYEE], store=shop.binjiang)
    seen = {role: set(owners.pool_of(user).values_list("name", flat=True)) for role, user in everyone.items()}
    every = {"binjiang", "xihu", "online", "nowhere"}
    near = {"binjiang", "nowhere"}
    assert seen == {
        Role.OWNER: every, Role.OPERATOR: every, Role.MANAGER: near, Role.EMPLOYEE: near, Role.AGENCY: set(),
    }  # fmt: skip


class TestTheForm:
    def test_another_owner_in_the_form_is_told_the_same_way(self, owner, employee, wang):
        [a] = crowd(1, owner=employee)
        agreed = make_task(a, employee)
        people.change(a, by=owner, owner=wang)
        agreed.refresh_from_db()
        assert agreed.employee == wang
        assert changes() == [("客0", "小许", "王蕾", "assigned", "")]
        assert Task.objects.get(reason=TaskReason.ASSIGNED).employee == wang
        people.change(a, by=owner, city="杭州")
        people.change(a, by=owner, owner=None)
        assert changes()[1:] == [("客0", "王蕾", None, "released", "")]

    def test_entered_for_a_colleague_she_learns_of_it(self, owner, employee):
        people.create(phone="13800000021", by=owner, owner=employee)
        people.create(phone="13800000022", by=employee, owner=employee)
        assert changes() == [("", None, "小许", "assigned", "")]
        assert Task.objects.get().employee == employee


@pytest.mark.parametrize("count", [2, 4])
def test_a_constant_number_of_queries(owner, wang, employee, count, django_assert_num_queries):
    """Savepoint, targets and who may be one, ids, lock, update, rows, open tasks; new tasks; the log."""
    crowd(count, owner=employee)
    with django_assert_num_queries(11):
        owning.assign(EVERYONE.all(), to=wang, by=owner)
    assert OwnerChange.objects.count() == count
